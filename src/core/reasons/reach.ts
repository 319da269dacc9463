import { parseSpan, type Span } from "../addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan } from "../addresses/spans";
import type { ListedZone } from "./blocklists";
import { zoneTitles } from "./zoneTitles";
import { isEveryZone, namesOneOf } from "./zoneWords";

/** How many of the addresses in question a network condition is about. */
export type Reach = "all" | "some" | "none";

/** The network condition of a rule that names only zones of others, from the view of the addresses in question. */
export interface OtherZones {
    /** Undefined where it is not known, such as for a dynamic zone. */
    readonly reach: Reach | undefined;
    /** `"Office" (nzo2)`, more than one with commas. */
    readonly zones: string;
    /** A clause for messages, such as `where their address is`. */
    readonly where: string;
}

interface NetworkCondition {
    /** `ANYWHERE` or `ZONE`. */
    readonly connection: string;
    readonly include: readonly string[];
    readonly exclude: readonly string[];
}

/** The addresses in question. */
export interface InQuestion {
    /** How many of them are in one of the zones; undefined where it is not known. */
    readonly holds: (zoneIds: readonly string[]) => Reach | undefined;
    /** See OtherZones. */
    readonly where: Readonly<Record<"all" | "some", string>>;
}

/**
 * The policies, of which each rule that names zones of others says how many of the addresses in question it is about.
 *
 *   the addresses are          of a condition "in"   of a condition "not in"
 *   in one of its zones        all                   none
 *   partly so                  some                  some
 *   in none of its zones       none                  all
 *   not known                  undefined             undefined
 */
export function withReach<P extends { readonly rules: readonly NetworkCondition[] }>(
    policies: readonly P[],
    zones: readonly ListedZone[],
    zoneIds: readonly string[],
    question: InQuestion,
): P[] {
    const title = zoneTitles(zones);
    const of = <R extends NetworkCondition>(rule: R): R => {
        const { connection, include, exclude } = rule;
        if (connection !== "ZONE" || namesOneOf([...include, ...exclude], zoneIds)) return rule;
        const named = [...include, ...exclude].map(title);
        const reach = reachOf(rule, question);
        const where = question.where[reach === "some" ? "some" : "all"];
        return { ...rule, others: { reach, zones: named.join(", "), where } };
    };
    return policies.map((policy) => ({ ...policy, rules: policy.rules.map(of) }));
}

function reachOf({ include, exclude }: NetworkCondition, { holds }: InQuestion): Reach | undefined {
    const included = include.length === 0 ? "all" : holds(include);
    const excluded = exclude.length === 0 ? "none" : holds(exclude);
    if (included === "none" || excluded === "all") return "none";
    if (included === undefined || excluded === undefined) return undefined;
    return included === "all" && excluded === "none" ? "all" : "some";
}

/**
 * How many of the addresses are in one of the zones. An inactive zone holds none; whom a dynamic zone means, and a zone
 * that is not there, is not known.
 */
export function holdsSpans(zones: readonly ListedZone[], spans: readonly Span[]): InQuestion["holds"] {
    return (ids) => {
        if (ids.some(isEveryZone) || spans.length === 0) return undefined;
        const named = ids.map((id) => zones.find((zone) => zone.id === id));
        const gateways = mergeSpans(named.flatMap((zone) => (zone?.status === "ACTIVE" ? spansIn(zone.gateways) : [])));
        if (spans.every((span) => coversSpan(gateways, span))) return "all";
        if (named.some((zone) => zone === undefined || (zone.status === "ACTIVE" && zone.type !== "IP"))) {
            return undefined;
        }
        return spans.some((span) => overlapsSpan(gateways, span)) ? "some" : "none";
    };
}

function spansIn(ranges: readonly string[]): Span[] {
    return ranges.flatMap((range) => parseSpan(range, "clear").span ?? []);
}
