import type { Change, PortalState } from "./state";
import { type Identity, identityKey, namesOf, type Person, plainly } from "./types";

/** Whose sign-ins ended: a `sub`, or everyone of a name, also people who never signed in here. */
export type EndedWhom = Identity | { readonly iss?: string; readonly called: string };

/** When they ended: as the portal heard of it, and as the provider says (`iat` of its token). */
export interface Ending {
    /** Milliseconds since 1970. */
    readonly heardAtMs: number;
    /** Seconds since 1970. */
    readonly issuedAtS: number;
}

/** An end is remembered for so long: no session here lasts longer. */
export const ENDED_MS = 32 * 86_400_000;

/** The rows by which an end holds for sign-ins that are under way. */
export function endedRowsOf(whom: readonly EndedWhom[], ending: Ending): Change[] {
    const row = { untilMs: ending.heardAtMs + ENDED_MS, ending };
    return [...new Set(whom.map(keyOf))].map((key): Change => ["used", key, row]);
}

function keyOf(whom: EndedWhom): string {
    if ("called" in whom) return `ended name ${JSON.stringify([whom.iss ?? null, plainly(whom.called)])}`;
    return `ended sub ${identityKey(whom)}`;
}

/** What a sign-in says of its times. */
export interface SignInTimes {
    /** When it began here, in milliseconds since 1970. */
    readonly startedAtMs: number;
    /** The claims of its ID token, in seconds since 1970. */
    readonly iat: unknown;
    readonly auth_time: unknown;
}

/**
 * Whether a person's sign-in has ended before it begins.
 *
 *   the sign-in                                                   result
 *   began here before the end was heard of, or at that moment     ended
 *   has an ID token that was issued before the end                ended
 *   rests on a login at the provider from before the end          stale: the person has to log in there anew
 *   anything else                                                 undefined
 */
export function endedSignIn(
    used: PortalState["used"],
    person: Pick<Person, "iss" | "sub" | "user" | "aliases">,
    { startedAtMs, iat, auth_time: authTime }: SignInTimes,
): "ended" | "stale" | undefined {
    const names = namesOf(person).flatMap((name): EndedWhom[] => [{ iss: person.iss, called: name }, { called: name }]);
    const endings = [{ iss: person.iss, sub: person.sub }, ...names].flatMap(
        (whom) => used.get(keyOf(whom))?.ending ?? [],
    );
    const isBefore = (seconds: unknown, issuedAtS: number) => typeof seconds === "number" && seconds < issuedAtS;
    if (endings.some(({ heardAtMs, issuedAtS }) => startedAtMs <= heardAtMs || isBefore(iat, issuedAtS))) {
        return "ended";
    }
    return endings.some(({ issuedAtS }) => isBefore(authTime, issuedAtS)) ? "stale" : undefined;
}
