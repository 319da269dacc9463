import { parseSpan } from "../addresses/ip";
import { sameAddresses } from "../addresses/spans";
import { zoneTitles } from "../reasons/zoneTitles";
import { GATEWAY_LIMIT, SENTINEL, type Usage } from "../zones/zone";
import type { Facts, ZoneFacts } from "./facts";
import { bad, counted, judge, listed, ok, type Verdict, warn } from "./verdict";

/** Zones in an org, and entries in all of them. Source: Okta's help, "About network zones" and "Create an IP zone". */
const ORG_ZONES = 100;
const ORG_ENTRIES = 25_000;

/** The share of a limit from which on a zone is reported. */
const NEARLY = 0.9;

/** The facts that the checks of zones need; `why` has no others. */
type ZonesKnown = Pick<Facts, "zoneIds" | "zones" | "orgUrl">;

export function zonesAreThere(facts: ZonesKnown): Verdict | undefined {
    return judgeAsked(facts, (_asked, all) => {
        const missing = facts.zoneIds.filter((id) => !all.some((zone) => zone.id === id));
        if (missing.length > 0) {
            const fit = all.filter(({ type, system }) => type === "IP" && !system).map(titleOf);
            return bad(`${facts.orgUrl} has no zone ${listed(missing)}; there are ${listed(fit) || "none of type IP"}`);
        }
        return ok(listed(facts.zoneIds.map(zoneTitles(all))));
    });
}

export function zonesAreFit(facts: ZonesKnown): Verdict | undefined {
    return judgeEach(
        facts,
        ({ type, system }) => {
            if (type !== "IP") return `is of type ${type}, which has no gateways`;
            return system ? "is one of Okta's own" : undefined;
        },
        "of type IP, made by an administrator",
    );
}

/**
 * Names of zones are unique in an org, so a deployment whose name is taken fails. Zones that were asked for are its
 * own.
 */
export function zoneNamesAreFree({ zoneNames = [], zoneIds, zones }: Facts): Verdict | undefined {
    if (zoneNames.length === 0) return undefined;
    return judge(zones, (all) => {
        const taken = all.filter(({ id, name }) => zoneNames.includes(name) && !zoneIds.includes(id));
        if (taken.length > 0) return bad(`the org has ${listed(taken.map(titleOf))} already`);
        return ok(`${listed(zoneNames.map((name) => `"${name}"`))}: no other zone has it`);
    });
}

export function zonesAreActive(facts: ZonesKnown): Verdict | undefined {
    return judgeEach(facts, ({ status }) => (status === "ACTIVE" ? undefined : `is ${status}`), "active");
}

export function zonesAreForPolicies(facts: ZonesKnown): Verdict | undefined {
    return judgeEach(facts, ({ usage }) => (usage === "POLICY" ? undefined : `is a ${usage}`), "for policies");
}

export function zonesHoldSomething(facts: Facts): Verdict | undefined {
    // A dynamic zone has no gateways; that it is one is said by zonesAreFit.
    const isEmpty = ({ type, gateways }: ZoneFacts) => type === "IP" && gateways.length === 0;
    const empty = judgeEach(facts, (zone) => (isEmpty(zone) ? "has no gateway" : undefined), "");
    if (empty?.status !== "ok") return empty;
    return judgeAsked(facts, (asked) => {
        const contents = asked.filter(({ type }) => type === "IP").map((zone) => `${titleOf(zone)} ${contentOf(zone)}`);
        return contents.length === 0 ? undefined : ok(listed(contents));
    });
}

function contentOf({ gateways }: ZoneFacts): string {
    const inside = gateways.filter((range) => range !== SENTINEL);
    return inside.length === 0
        ? "has the sentinel alone: nobody is inside"
        : `has ${counted(inside.length, "gateway")}`;
}

/**
 * Checks that shards have the same proxies. Okta evaluates each zone alone: without a proxy, a shard does not see the
 * clients behind it.
 */
export function shardsShareProxies(facts: Facts): Verdict | undefined {
    return judgeAsked(facts, (asked) => {
        const [first, ...others] = asked;
        if (first === undefined || others.length === 0) return undefined;
        const different = others.filter(({ proxies }) => !sameProxies(first.proxies, proxies));
        if (different.length === 0) return ok(`the same in all ${asked.length} zones`);
        return bad(`${listed(different.map(titleOf))}, unlike ${titleOf(first)}`);
    });
}

function sameProxies(ours: readonly string[], theirs: readonly string[]): boolean {
    const [a, b] = [ours, theirs].map((texts) => texts.flatMap((text) => parseSpan(text, "clear").span ?? []));
    return sameAddresses(a ?? [], b ?? []);
}

export function zonesHaveRoom(facts: Facts): Verdict | undefined {
    return judgeAsked(facts, (asked) => {
        const room = asked.reduce((sum, { usage }) => sum + (GATEWAY_LIMIT[usage as Usage] ?? GATEWAY_LIMIT.POLICY), 0);
        const used = asked.reduce((sum, { gateways }) => sum + gateways.length, 0);
        const detail = `${used} of ${room} entries are used`;
        if (asked.length === 0) return undefined;
        return used >= room ? bad(detail) : used >= room * NEARLY ? warn(detail) : ok(detail);
    });
}

export function orgHasRoomForZones({ zones }: Facts): Verdict | undefined {
    return judge(zones, ({ length }) => share(length, ORG_ZONES, "zones"));
}

export function orgHasRoomForEntries({ zones }: Facts): Verdict | undefined {
    return judge(zones, (all) => {
        const entries = all.reduce((sum, { gateways, proxies }) => sum + gateways.length + proxies.length, 0);
        return share(entries, ORG_ENTRIES, "entries in all zones");
    });
}

/** Okta may have set another limit for the org, so a number can only give a warning. */
function share(count: number, limit: number, what: string): Verdict {
    const detail = `${count} of ${limit} ${what}`;
    return count >= limit * NEARLY ? warn(detail) : ok(detail);
}

/** Checks the given zones that exist; undefined without any. */
function judgeAsked(
    { zoneIds, zones }: Pick<Facts, "zoneIds" | "zones">,
    verdict: (asked: readonly ZoneFacts[], all: readonly ZoneFacts[]) => Verdict | undefined,
): Verdict | undefined {
    if (zoneIds.length === 0) return undefined;
    return judge(zones, (all) =>
        verdict(
            zoneIds.flatMap((id) => all.find((zone) => zone.id === id) ?? []),
            all,
        ),
    );
}

/** Fails with the problems of all zones. */
function judgeEach(
    facts: Pick<Facts, "zoneIds" | "zones">,
    problemOf: (zone: ZoneFacts) => string | undefined,
    fine: string,
): Verdict | undefined {
    return judgeAsked(facts, (asked) => {
        if (asked.length === 0) return undefined;
        const problems = asked.flatMap((zone) => {
            const problem = problemOf(zone);
            return problem === undefined ? [] : [`${titleOf(zone)} ${problem}`];
        });
        return problems.length > 0 ? bad(listed(problems)) : ok(fine);
    });
}

function titleOf({ id, name }: ZoneFacts): string {
    return `"${name}" (${id})`;
}
