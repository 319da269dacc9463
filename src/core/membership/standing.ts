import { parseSpan, type Span } from "../addresses/ip";
import { coversSpan, overlapsSpan } from "../addresses/spans";
import { userKey } from "./denials";

/** What is known of a membership, as text. Ranges are canonical, moments RFC 3339 in UTC. */
export interface StandingFacts {
    /** The gateways of the active zones. */
    readonly gateways: readonly string[];
    readonly grants: readonly StandingGrant[];
    /** What waits for a confirmation. */
    readonly holds: readonly { readonly address: string; readonly why: string }[];
    /** Why the removal brake holds a reading; undefined where it does not. */
    readonly heldBecause?: string | undefined;
    readonly staticGateways: readonly string[];
    /** Whether it is remembered what was granted before. @default true */
    readonly isRemembered?: boolean;
}

/**
 *   scheduled   starts later
 *   pending     is active, and not in a zone yet
 *   accepted    Okta has it in a zone, and may not have spread it to all its servers yet
 *   effective   the same for more than a minute
 *   refused     is active, and has no room or is over a limit
 *   waiting     is active, and came with a reading that the removal brake holds
 *   denied      is active, and is denied
 *   leaving     has ended, and is in a zone still
 *   ended       has ended, and is in no zone
 */
export const GRANT_STATES = [
    "scheduled",
    "pending",
    "accepted",
    "effective",
    "refused",
    "waiting",
    "denied",
    "leaving",
    "ended",
] as const;

export type GrantState = (typeof GRANT_STATES)[number];

export interface StandingGrant {
    readonly id: string;
    readonly user?: string;
    readonly ip: readonly string[];
    readonly startsAt?: string;
    readonly expiresAt?: string;
    readonly state: GrantState;
    /** Why it is not inside although it is active, or inside although the source no longer grants it. */
    readonly why?: string;
    /** Its labels say that it is for another membership. */
    readonly isOfOther?: true;
}

/** Whether an address or a person is inside, and why. */
export interface Standing {
    readonly isIn: boolean;
    /** A sentence without a full stop. It may hold texts of the source: escape it. */
    readonly because: string;
    /** The grants that it is about, the ones that count first. */
    readonly grants: readonly StandingGrant[];
}

/**
 * Whether one address is inside, and why.
 *
 *   a zone has it   and                                          because
 *   yes             a hold is on it                              what holds it, and what releases it
 *   yes             an active grant has it                       granted
 *   yes             a grant has it that has ended                its grant has ended, and it goes with the next write
 *   yes             it is a static gateway                       static
 *   yes             none of these                                another writer: it goes with the next round; where
 *                                                                nothing is remembered, perhaps a grant that was removed
 *   no              an active grant has it                       why that grant is kept out, or that it is being written
 *   no              a grant starts later, or has ended           that
 *   no              none of these                                no grant has it
 */
export function standingOfAddress(facts: StandingFacts, address: Span): Standing {
    const has = (ranges: readonly string[]) => ranges.some((range) => covers(range, address));
    const grants = byImportance(facts.grants.filter(({ ip }) => has(ip)));
    const [first] = grants;
    if (!has(facts.gateways)) {
        return { isIn: false, because: first === undefined ? "no grant has it" : whyOut(first), grants };
    }
    const hold = facts.holds.find((held) => covers(held.address, address));
    if (hold !== undefined) return { isIn: true, because: whyHeld(hold.why, facts.heldBecause), grants };
    if (first !== undefined && isInside(first)) return { isIn: true, because: whyIn(first), grants };
    if (has(facts.staticGateways)) return { isIn: true, because: "it is a static gateway", grants };
    // By a grant that is bound to its user, who is not in the group yet.
    if (first?.state === "pending" && first.why !== undefined) return { isIn: true, because: whyOut(first), grants };
    const { isRemembered = true } = facts;
    return { isIn: true, because: isRemembered ? FOREIGN : UNKNOWN, grants };
}

const FOREIGN = "another writer put it into the zone; it goes with the next round";
const UNKNOWN =
    "no grant admits it: its grant was removed, or another writer put it into the zone, which only a state folder could " +
    "tell (--state, or --config of the agent)";

/**
 * Whether a person is inside by a grant, and why. Somebody else's grant for the same address admits them all the
 * same, as a zone does not tell people apart.
 */
export function standingOfPerson(facts: StandingFacts, user: string): Standing {
    const key = userKey(user);
    const own = facts.grants.filter((grant) => grant.user !== undefined && userKey(grant.user) === key);
    const grants = byImportance(own);
    const [first] = grants;
    if (first === undefined) return { isIn: false, because: "no grant has this user", grants };
    if (!isInside(first)) return { isIn: false, because: whyOut(first), grants };
    const spans = first.ip.flatMap((range) => parseSpan(range, "clear").span ?? []);
    const hold = facts.holds.find(({ address }) => {
        const { span } = parseSpan(address, "clear");
        return span !== undefined && spans.some((each) => overlapsSpan([span], each));
    });
    return { isIn: true, because: hold ? whyHeld(hold.why, facts.heldBecause) : whyIn(first), grants };
}

const RANK: Readonly<Record<StandingGrant["state"], number>> = {
    effective: 0,
    accepted: 0,
    leaving: 1,
    pending: 2,
    waiting: 3,
    denied: 3,
    refused: 3,
    scheduled: 4,
    ended: 5,
};

function byImportance(grants: readonly StandingGrant[]): readonly StandingGrant[] {
    return [...grants].sort((one, other) => RANK[one.state] - RANK[other.state]);
}

function isInside({ state }: StandingGrant): boolean {
    return RANK[state] <= RANK.leaving;
}

function whyIn({ id, state, expiresAt, why }: StandingGrant): string {
    if (state === "leaving") return `the grant ${id} has ended at ${expiresAt}, and the next write takes it out`;
    const until = expiresAt === undefined ? "without an end" : `until ${expiresAt}`;
    return `the grant ${id} admits it ${until}${why === undefined ? "" : ` (${why})`}`;
}

function whyOut({ id, state, startsAt, expiresAt, why = "" }: StandingGrant): string {
    switch (state) {
        case "scheduled":
            return `the grant ${id} starts at ${startsAt}`;
        case "ended":
            return `the grant ${id} ended at ${expiresAt}`;
        case "refused":
        case "waiting":
        case "denied":
            return `the grant ${id} is kept out: ${why}`;
        default:
            return `the grant ${id} is active, and ${why === "" ? "is not in a zone yet" : why}`;
    }
}

function whyHeld(why: string, because: string | undefined): string {
    if (why === "unknown") {
        return "it was found at first contact and no grant admits it; it stays until its removal is confirmed";
    }
    if (why === "static")
        return "it was a static gateway and left the settings; it stays until its removal is confirmed";
    return because ?? "its removal is held until it is confirmed";
}

/** Most entries are single addresses, `a.b.c.d/32`, and are read quickly. */
function covers(range: string, address: Span): boolean {
    const { span } = parseSpan(range, "clear");
    return span !== undefined && coversSpan([span], address);
}
