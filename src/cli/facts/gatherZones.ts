import type { Clock } from "../../clock";
import type { Facts, Known, MembershipFacts, ZoneFacts } from "../../core/doctor/facts";
import type { ZoneTestFacts } from "../../core/doctor/writeTestFacts";
import { codeNamed } from "../../core/errors/codes";
import { hasCode } from "../../core/errors/errors";
import type { Reading } from "../../core/grants/grantsDocument";
import { decideMembership } from "../../core/membership/decide";
import type { Denial } from "../../core/membership/denials";
import type { Memory } from "../../core/membership/memory";
import type { Rules } from "../../core/membership/rules";
import { SENTINEL } from "../../core/zones/zone";
import type { OktaHttp } from "../../okta/http";
import { httpZones } from "../../okta/zones/httpZones";
import { testWrite } from "../../okta/zones/writeTest";
import { zoneNow } from "../../reconcile";
import type { Announcement, GrantSource } from "../../sources/source";
import type { Asker } from "./asker";

interface ZonesOptions {
    readonly http: OktaHttp;
    readonly zoneIds: readonly string[];
    readonly source: GrantSource | undefined;
    readonly rules: Rules;
    /** Whether the Okta sessions of users without a grant are ended. @default false */
    readonly endsSessions?: boolean;
    /** What an agent or `sync --state` remembers of these zones. @default nothing */
    readonly memory?: Memory | undefined;
    /** What the kill switch of an agent keeps out. @default none */
    readonly denials?: readonly Denial[];
    readonly clock: Clock;
    readonly signal: AbortSignal;
}

interface ReadOptions extends ZonesOptions {
    /** What the source announces by itself. @default not known */
    readonly announcement: Announcement | undefined;
}

/** What the source said, and what its grants would change in the zones. */
export function gatherMembership(
    { zoneIds, rules, endsSessions, memory, denials = [], clock, source, announcement }: ReadOptions,
    reading: Known<Reading> | undefined,
    zones: Facts["zones"],
): Pick<Facts, "source" | "membership"> {
    if (reading === undefined || source === undefined) return { source: undefined, membership: undefined };
    if (reading.unknown !== undefined) return { source: reading, membership: reading };
    const { grants, unusable } = reading.value;
    const said = { value: { name: source.name, grants: grants.length, unusable, announcement } };
    if (zones.unknown !== undefined) return { source: said, membership: zones };
    const actual = fitZones(zoneIds, zones.value);
    if (actual.length < zoneIds.length) {
        const reason = "not all of these zones can hold grants";
        return {
            source: said,
            membership: { unknown: { name: "zone-unfit", reason, remedy: "See to the zones first." } },
        };
    }
    const { plan, active, refused } = decideMembership({
        memory,
        denials,
        reading: reading.value,
        zones: actual.map(zoneNow),
        rules,
        ...(endsSessions !== undefined && { endsSessions }),
        nowMs: clock.now(),
        elapsedMs: clock.elapsedMs(),
    });
    const isSomebody = (range: string) => range !== SENTINEL;
    const membership: MembershipFacts = {
        active,
        granted: plan.zones.flatMap(({ gateways }) => gateways).filter(isSomebody),
        add: plan.zones.flatMap(({ add }) => add).filter(isSomebody),
        remove: plan.zones.flatMap(({ remove }) => remove).filter(isSomebody),
        refused: refused.filter(({ kind }) => kind !== "held"),
        held: refused.filter(({ kind }) => kind === "held"),
    };
    return { source: said, membership: { value: membership } };
}

/** Those that are different now. */
export async function lookAgain(
    options: ZonesOptions,
    ask: Asker,
    { value = [] }: Facts["zones"],
): Promise<Facts["changed"]> {
    const { http, zoneIds, signal } = options;
    const changed: string[] = [];
    for (const zone of fitZones(zoneIds, value)) {
        const now = await ask.okta("/api/v1/zones", () => httpZones(http).read(zone.id, signal));
        if (now.unknown !== undefined) return now;
        if (contentOf(now.value) !== contentOf(zone)) changed.push(zone.id);
    }
    return { value: changed };
}

function contentOf({
    name,
    status,
    gateways,
    proxies,
}: Pick<ZoneFacts, "name" | "status" | "gateways" | "proxies">): string {
    return JSON.stringify([name, status, [...gateways].sort(), [...proxies].sort()]);
}

/**
 * Writes to one zone after the other; a failure of one does not skip the next.
 *
 * @param busy Ids of zones that another writer has just written, which are skipped.
 */
export async function tryWrites(
    { http, zoneIds, clock, signal }: ZonesOptions,
    ask: Asker,
    zones: Facts["zones"],
    busy: readonly string[],
): Promise<Known<readonly ZoneTestFacts[]>> {
    if (zones.unknown !== undefined) return zones;
    const fit = fitZones(zoneIds, zones.value);
    return ask.okta("/api/v1/zones", async () => {
        const tests: ZoneTestFacts[] = [];
        for (const zoneId of zoneIds) {
            const zone = fit.find(({ id }) => id === zoneId);
            if (busy.includes(zoneId)) tests.push({ zoneId, outcome: "left out", detail: BUSY });
            else tests.push(await tryWrite(zoneId, zone, { zones: httpZones(http), sleep: clock.sleep, signal }));
        }
        return tests;
    });
}

const BUSY = "another writer changed it in the last ten minutes";

async function tryWrite(
    zoneId: string,
    zone: ZoneFacts | undefined,
    options: Pick<Parameters<typeof testWrite>[0], "zones" | "sleep" | "signal">,
): Promise<ZoneTestFacts> {
    if (zone === undefined)
        return { zoneId, outcome: "left out", detail: "there is no such zone that can hold grants" };
    try {
        const { leftOut } = await testWrite({ ...options, zoneId, seen: zone.gateways });
        return { zoneId, outcome: leftOut === undefined ? "verified" : "left out", detail: leftOut };
    } catch (error) {
        if (!hasCode(error, ...FAILURES)) throw error;
        return { zoneId, outcome: "failed", detail: error.message, remedy: codeNamed(error.code).remedy };
    }
}

const FAILURES = [
    "okta-unauthorized",
    "okta-forbidden",
    "okta-refused",
    "okta-throttled",
    "okta-unreachable",
    "zone-missing",
    "write-unverified",
] as const;

/** Those of the zones that are there and can hold grants, in the order that was given. */
export function fitZones(zoneIds: readonly string[], zones: readonly ZoneFacts[]) {
    return zoneIds.flatMap((id) => {
        const zone = zones.find((each) => each.id === id);
        if (zone === undefined || zone.type !== "IP" || zone.system) return [];
        return [{ ...zone, usage: zone.usage === "BLOCKLIST" ? ("BLOCKLIST" as const) : ("POLICY" as const) }];
    });
}
