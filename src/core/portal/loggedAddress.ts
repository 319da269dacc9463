import { canonical } from "./clientAddress";

/** Which sign-in is looked for in Okta's System Log. */
export interface LoggedSignIn {
    /** Okta's id of the person: `sub` of an org's own tokens. */
    readonly sub: string;
    readonly clientId: string;
    /** From the start of the login to the callback. */
    readonly sinceMs: number;
    readonly untilMs: number;
}

export type Logged =
    | { readonly address: string; readonly problem?: never }
    | { readonly problem: string; readonly address?: never };

/** Okta's clock and ours may differ by so much. */
export const SKEW_MS = 30_000;

/**
 * The address that Okta itself saw at a sign-in.
 *
 *   events of this person for our client, within the time    address
 *   one or more, successful, all from one address            that one
 *   from several addresses                                   none: nobody can tell which of them was ours
 *   none, or failures only                                   none yet: the log may be late
 */
export function loggedAddress(events: readonly unknown[], signIn: LoggedSignIn): Logged {
    const addresses = new Set(events.flatMap((event) => addressIn(event, signIn)));
    const [first, ...more] = addresses;
    if (first === undefined) return { problem: "Okta has not said yet from which address you signed in" };
    return more.length === 0
        ? { address: first }
        : { problem: "Okta saw sign-ins of yours from several addresses at once" };
}

function addressIn(event: unknown, { sub, clientId, sinceMs, untilMs }: LoggedSignIn): string[] {
    const { eventType, published, actor, client, outcome, target } = fieldsOf(event);
    const atMs = Date.parse(String(published));
    const isOurs =
        eventType === "user.authentication.sso" &&
        fieldsOf(outcome).result === "SUCCESS" &&
        fieldsOf(actor).id === sub &&
        atMs >= sinceMs - SKEW_MS &&
        atMs <= untilMs + SKEW_MS &&
        Array.isArray(target) &&
        target.some((each) => fieldsOf(each).type === "AppInstance" && fieldsOf(each).id === clientId);
    const { ipAddress } = fieldsOf(client);
    const address = isOurs && typeof ipAddress === "string" ? canonical(ipAddress) : undefined;
    return address === undefined ? [] : [address];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
