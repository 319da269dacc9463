import { subtractSpans } from "../addresses/spans";
import { sourceLines, writerLines } from "./agentLines";
import { grantLines } from "./grantLines";
import { beforeLines, groupLines, personLines, ruleLines, zoneLines } from "./orgLines";
import { chainLines, isChainIn, signInLines } from "./seenLines";
import { type Followed, isIn, ownOf, spansOf } from "./whose";
import type { Line, LineKind, WhyFacts } from "./whyFacts";

/** Why a person or an address is in, or not. */
export interface Answer {
    readonly subject: string;
    /** Undefined where it could not be found out. */
    readonly inside: boolean | undefined;
    /** A sentence without a full stop; it may hold texts of the source and of Okta. */
    readonly because: string;
    /** One step; "" where nothing is to be done. */
    readonly next: string;
    readonly lines: readonly Line[];
    /** Whether the membership has a grant for them, active or not. */
    readonly hasGrant: boolean;
}

/**
 * Follows a person, an address or an event from the grant to the rule, as the lines do, and concludes by the first line
 * of this table that is bad; where none is, by one that says why they are in.
 *
 *   kind                        keeps them out because                      inside is
 *   zone                        nobody is inside such a zone                no
 *   person                      Okta lets in no user with this status       as the zones say
 *   denied, held, full,         their grants are kept out                   no, unless another grant is in
 *   pending, unusable,
 *   not-yet, ended
 *   none                        there is no grant                           no; not known where the grants are not
 *   group                       the rule asks for the group, too            as the zones say
 *   blocked                     a blocklist comes before any policy         no
 *   ipv6-client, proxy,         Okta saw something else than is granted     no
 *   other-address, outside
 *   rule, session-rule,         the policies do not let in from the zone,   as the zones say
 *   other-rule                  or not only from there
 *   catch-all                   everybody is in, whatever is granted        as the zones say
 *   drift                       it is in without a grant, and will go       yes
 *   source                      no new grant comes in                       as the zones say
 */
const CAUSES: readonly LineKind[] = [
    "zone",
    "person",
    "denied",
    "held",
    "full",
    "pending",
    "unusable",
    "not-yet",
    "ended",
    "none",
    "group",
    "blocked",
    "ipv6-client",
    "proxy",
    "other-address",
    "outside",
    "rule",
    "session-rule",
    "other-rule",
    "catch-all",
    "drift",
    "source",
];

/** The kinds of lines that show access, the most specific first. */
const REASONS: readonly LineKind[] = ["grant", "held", "seen"];

/** The order of the lines: the steps from the grant to the sign-in. */
const STEPS = [
    personLines,
    sourceLines,
    zoneLines,
    grantLines,
    groupLines,
    beforeLines,
    signInLines,
    chainLines,
    ruleLines,
    writerLines,
];

export function why(facts: WhyFacts): Answer {
    const followed = { ...facts, own: ownOf(facts) };
    const lines = STEPS.flatMap((step) => step(followed));
    const inside = insideOf(followed, lines);
    const bad = lines.filter(({ status }) => status === "bad");
    const cause = causeOf(bad, inside);
    const fine = REASONS.flatMap((kind) => lines.filter((line) => line.kind === kind && line.status !== "bad"));
    const unknown = lines.find(({ kind, status }) => status === "unknown" && (kind === "none" || kind === "zone"));
    const told =
        inside === undefined ? (bad.find(({ kind }) => kind === "source") ?? unknown ?? cause) : (cause ?? fine[0]);
    return {
        subject: facts.subject,
        inside,
        because: told?.message ?? "a zone has it",
        next: told === undefined || told.status === "ok" ? doubtIn(lines) : (told.next ?? ""),
        lines,
        hasGrant: followed.own.grants.some(({ isOfOther = false }) => !isOfOther),
    };
}

/** The kinds of lines that may keep a person out who is inside, where nothing is known to do so. */
const DOUBTS: readonly LineKind[] = [
    "person",
    "group",
    "dynamic-blocklist",
    "rule",
    "apps",
    "session-rule",
    "other-rule",
];

/** The step for a person who is in, as far as is known, and cannot get in all the same; "" where all is known. */
function doubtIn(lines: readonly Line[]): string {
    const [doubt] = DOUBTS.flatMap((kind) => lines.filter((line) => line.kind === kind && line.status === "unknown"));
    return doubt === undefined ? "" : `If they cannot get in all the same, look at this: ${doubt.message}.`;
}

/** The answer for programs: the shape of `--json`, and of `GET /api/why` of an agent. */
export function whyDocument({ subject, inside, because, next, lines }: Answer) {
    return {
        subject,
        inside: inside ?? null,
        because,
        next,
        lines: lines.map(({ kind, status, subject, message }) => ({ kind, status, subject, message })),
    };
}

/** If the subject is in, a rule that admits everybody is a better reason than one of their grants that is not in. */
function causeOf(bad: readonly Line[], inside: boolean | undefined): Line | undefined {
    const order = inside === true ? [...CAUSES.slice(CAUSES.indexOf("group")), ...CAUSES] : CAUSES;
    return order.flatMap((kind) => bad.filter((line) => line.kind === kind))[0];
}

/** Whether the address that Okta saw last is in, while another address of the same grant is not yet. */
function isPartlyIn({ own, signIns, ...facts }: Followed): boolean {
    const [last] = signIns.value ?? [];
    const isPending = own.grants.some(({ state }) => state === "pending");
    return isPending && last !== undefined && isChainIn(last.chain, { ...facts, signIns }) === true;
}

/** The causes that deny access whatever the zones contain. */
const OUT: readonly LineKind[] = ["zone", "blocked", "ipv6-client", "proxy", "other-address", "outside"];

/** Whether a blocklist holds only a part of what is granted, and Okta has not refused their latest request by it. */
function isPartlyBlocked({ kind, subject }: Line, { chain, own, signIns }: Followed): boolean {
    if (kind !== "blocked" || chain !== undefined || signIns.value?.[0]?.refusal !== undefined) return false;
    const blocked = spansOf([subject]);
    const granted = spansOf(own.grants.filter(isIn).flatMap(({ ip }) => ip));
    return blocked.length > 0 && granted.some((span) => subtractSpans(span, blocked).length > 0);
}

function insideOf(facts: Followed, lines: readonly Line[]): boolean | undefined {
    const keepsOut = lines.filter(({ kind, status }) => status === "bad" && OUT.includes(kind));
    if (keepsOut.some((line) => !isPartlyBlocked(line, facts))) return false;
    if (facts.zones.value === undefined) return undefined;
    if (facts.chain !== undefined) return isChainIn(facts.chain, facts);
    if (facts.own.grants.some(isIn) || isPartlyIn(facts)) return true;
    return lines.some(({ kind, status }) => kind === "none" && status === "unknown") ? undefined : false;
}
