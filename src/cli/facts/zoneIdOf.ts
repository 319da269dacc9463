import { fail } from "../../core/errors/errors";
import { nearest } from "../../core/errors/nearest";
import { quote } from "../../core/errors/quote";
import { titleOf } from "../../core/reasons/reason";
import { sameName } from "../../core/zones/sameName";
import type { ZoneSummary } from "../../okta/zones/zones";

export interface ZonesOfOrg {
    readonly orgUrl: string;
    list(signal: AbortSignal): Promise<readonly Pick<ZoneSummary, "id" | "name">[]>;
}

/**
 * The id of a zone that was given by its id or its name. The zones are listed only for what is no id.
 *
 *   given                        is
 *   nzo1a2b3c4d5e6f7g8h9         that id, whether there is such a zone or not
 *   Staff                        the zone of this name
 *   staff                        the zone "Staff", if only one name differs in nothing but case and blanks
 *   anything else                refused, with the nearest name
 *
 * @throws `bad-input` where several names fit, `zone-missing` where none does
 */
export async function zoneIdOf(given: string, zones: ZonesOfOrg, signal: AbortSignal): Promise<string> {
    if (/^nzo\w*$/.test(given)) return given;
    const all = await zones.list(signal);
    const exact = all.filter(({ id, name }) => id === given || name === given);
    const fit = exact.length > 0 ? exact : all.filter(({ name }) => sameName(name, given));
    const [first, ...others] = fit;
    if (first === undefined) return missing(given, all, zones.orgUrl);
    if (others.length === 0) return first.id;
    return fail("bad-input", `${quote(given)} may be ${fit.map(titleOf).join(" or ")}: give the id`);
}

function missing(given: string, all: readonly Pick<ZoneSummary, "id" | "name">[], orgUrl: string): never {
    const name = nearest(
        given,
        all.map((zone) => zone.name),
    );
    const meant = all.find((zone) => zone.name === name);
    const hint = meant === undefined ? "check the name, or give the id (nzo…)" : `did you mean ${titleOf(meant)}?`;
    return fail("zone-missing", `${orgUrl} has no zone ${quote(given)}; ${hint}`);
}
