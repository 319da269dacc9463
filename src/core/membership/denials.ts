import type { Span } from "../addresses/ip";
import { mergeSpans } from "../addresses/spans";
import type { Grant } from "../grants/grants";

/**
 * A user, an address or a grant that is denied, whatever a source, the configuration or the
 * removal brake decides. Exactly one of `user`, `span` and `grant` is set.
 *
 *   denial of   denies                                                              matched by
 *   user        every grant that names this user                                    userKey
 *   span        these addresses, in any zone: granted, static, or from another writer   address
 *   grant       the grant with this id                                              the exact id
 *
 * A denial counts from the moment it is given until `untilMs`, or until it is lifted. When it
 * ends, grants that are still active are in effect again.
 */
export interface Denial {
    readonly id: string;
    /** Okta login or user id, as it was given. */
    readonly user?: string;
    readonly span?: Span;
    /** Id of a grant. */
    readonly grant?: string;
    /** Milliseconds since 1970; no longer in force at this very moment. Undefined: until it is lifted. */
    readonly untilMs?: number;
    readonly reason: string;
    /** Who gave it, as far as the agent knows. */
    readonly by: string;
    /** When it was given, in milliseconds since 1970. */
    readonly atMs: number;
}

/**
 * The denials in force at a moment, in their order.
 *
 *   untilMs     nowMs       in force   because
 *   undefined   any         yes        it counts until it is lifted
 *   later       before it   yes        it has not ended
 *   the same    the same    no         the end itself is outside, as with grants
 *   earlier     after it    no         it has ended
 *
 * `atMs` does not matter: a clock that was set back must not suspend a denial.
 */
export function activeDenials(denials: readonly Denial[], nowMs: number): readonly Denial[] {
    return denials.filter(({ untilMs = Infinity }) => nowMs < untilMs);
}

/**
 * The addresses that no zone may hold, static gateways included: sorted, apart and not touching.
 *
 * @param denials Those in force, see activeDenials.
 */
export function deniedSpans(denials: readonly Denial[]): readonly Span[] {
    return mergeSpans(denials.flatMap(({ span }) => (span === undefined ? [] : [span])));
}

/**
 * The first denial that bars a whole grant. Denied addresses do not bar a grant: they are
 * taken out of it, see deniedSpans.
 *
 *   grant              denial of               barred   because
 *   id g-1             grant g-1               yes      the ids are equal
 *   id g-1             grant G-1               no       ids of grants are compared as written
 *   user ana@x         user ana@x              yes      the users are equal
 *   user ana@x         user ANA@X              yes      Okta compares logins without regard to case
 *   user 00uAb         user 00uab              no       Okta's ids differ by case
 *   user ana@x         user 00uAb (her id)     no       only Okta knows that both are one user
 *   no user            any user                no       the grant names no user
 *   any                address                 no       only the address is taken out
 *
 * @param denials Those in force, see activeDenials.
 */
export function denialOf(grant: Pick<Grant, "id" | "user">, denials: readonly Denial[]): Denial | undefined {
    return barredBy(denials)(grant);
}

/** denialOf for many grants: reads the list of denials once. */
export function barredBy(denials: readonly Denial[]): (grant: Pick<Grant, "id" | "user">) => Denial | undefined {
    const order = new Map(denials.map((denial, index) => [denial, index]));
    const byUser = firstBy(denials, ({ user }) => user && userKey(user));
    const byGrant = firstBy(denials, ({ grant }) => grant);
    return ({ id, user }) => {
        const ofUser = user === undefined ? undefined : byUser.get(userKey(user));
        const ofGrant = byGrant.get(id);
        if (ofUser === undefined || ofGrant === undefined) return ofUser ?? ofGrant;
        return (order.get(ofUser) ?? 0) < (order.get(ofGrant) ?? 0) ? ofUser : ofGrant;
    };
}

/** When time alone next ends a denial that is in force; undefined when it never will. */
export function nextDenialChangeMs(denials: readonly Denial[], nowMs: number): number | undefined {
    const next = Math.min(...activeDenials(denials, nowMs).map(({ untilMs = Infinity }) => untilMs));
    return next === Infinity ? undefined : next;
}

/**
 * A key that identifies a user. Okta's ids (`00u…`) are compared as written; anything else is
 * a login, which Okta compares without regard to case. Blanks and line ends around it do not count, and Unicode's two
 * ways to write a letter are one. Users are compared by this key alone: in the brake, the group, denials and sessions.
 */
export function userKey(user: string): string {
    const text = user.trim().normalize("NFC");
    return /^00u[a-z0-9]+$/i.test(text) ? text : text.toLowerCase();
}

function firstBy(
    denials: readonly Denial[],
    keyOf: (denial: Denial) => string | undefined,
): ReadonlyMap<string, Denial> {
    const found = new Map<string, Denial>();
    for (const denial of denials) {
        const key = keyOf(denial);
        if (key !== undefined && !found.has(key)) found.set(key, denial);
    }
    return found;
}
