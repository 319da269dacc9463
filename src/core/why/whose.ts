import { parseSpan, type Span } from "../addresses/ip";
import { overlapsSpan } from "../addresses/spans";
import { spanOfHop } from "../chain/hop";
import type { Unusable } from "../grants/grantsDocument";
import { userKey } from "../membership/denials";
import type { StandingGrant } from "../membership/standing";
import type { WhyFacts } from "./whyFacts";

/**
 * The part of the membership that the question is about: the person's grants, or those that overlap an address of the
 * chain.
 */
export interface Own {
    readonly grants: readonly StandingGrant[];
    readonly unusable: readonly Unusable[];
}

/** The facts, and the part of them that the question is about, which is found once. */
export interface Followed extends WhyFacts {
    readonly own: Own;
}

/**
 *   asked about   grants                           unusable entries
 *   a person      that name the login or the id    that name the login or the id
 *   an address    that touch it                    that touch it, or whose problem quotes it
 *   an event      both                             both
 */
export function ownOf(facts: Pick<WhyFacts, "person" | "chain" | "membership" | "unusable">): Own {
    const { person, chain, membership, unusable } = facts;
    const keys = new Set(person === undefined ? [] : keysOf(person));
    const hops = (chain ?? []).flatMap((hop) => spanOfHop(hop) ?? []);
    const touches = ({ ip }: StandingGrant) => hops.length > 0 && isTouched(spansOf(ip));
    const isNamed = ({ user }: { readonly user?: string | undefined }) => user !== undefined && keys.has(userKey(user));
    const isTouched = (spans: readonly Span[]) => hops.some((hop) => overlapsSpan(spans, hop));
    return {
        grants: (membership?.value?.grants ?? []).filter((grant) => isNamed(grant) || touches(grant)),
        unusable: unusable.filter(
            (entry) =>
                isNamed(entry) ||
                isTouched(entry.spans ?? []) ||
                (chain ?? []).some((hop) => entry.field === "ip" && entry.reason.includes(JSON.stringify(hop))),
        ),
    };
}

/** A grant may name a person by login or by id; only Okta knows that both are the same person. */
function keysOf({ name, user }: NonNullable<WhyFacts["person"]>): string[] {
    const known = user.value === undefined || user.value === "nobody" ? [] : [user.value.id, user.value.login];
    return [name, ...known].flatMap((text) => (text === undefined ? [] : userKey(text)));
}

export function spansOf(ranges: readonly string[]): Span[] {
    return ranges.flatMap((range) => parseSpan(range, "clear").span ?? []);
}

/** Whether a grant's addresses are in a zone. */
export function isIn({ state }: StandingGrant): boolean {
    return state === "accepted" || state === "effective" || state === "leaving";
}

/** `203.0.113.7, 203.0.113.0/28` */
export function addressesOf({ ip }: StandingGrant): string {
    return ip.map((range) => range.replace(/\/32$/, "")).join(", ");
}
