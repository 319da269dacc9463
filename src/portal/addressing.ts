import { ungrantable } from "../core/portal/clientAddress";
import type { Logged, LoggedSignIn } from "../core/portal/loggedAddress";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import type { PortalSession } from "../core/portal/types";

/** The address that a visitor can be granted now, and why it cannot be. */
export interface Addressed {
    readonly address: string;
    readonly problem: string | undefined;
    /** The address that connects, where it is another one. */
    readonly connection?: string;
}

/** Finds the address of a visitor, as `addressFrom` says. */
export type Addressing = (session: PortalSession, key: string, connection: string) => Promise<Addressed>;

export interface AddressingOptions {
    readonly settings: PortalSettings;
    readonly now: () => number;
    /** What Okta's System Log says of a sign-in. @throws what asking Okta throws */
    readonly askLog: (signIn: LoggedSignIn) => Promise<Logged>;
    readonly report: (error: unknown) => void;
}

/** The log is asked about one session at most as often; and an address of the log is good for so long after the sign-in. */
const [ASK_EVERY_MS, VALID_MS] = [2_000, 15 * 60_000];

/**
 *   addressFrom   Okta's log says                       address
 *   connection    is not asked                          the one that connects
 *   okta-log      one, and the sign-in is new           that one
 *   okta-log      nothing, several, or is old           none; the one that connects where addressFallback says so
 */
export function openAddressing(options: AddressingOptions): Addressing {
    const { settings, now } = options;
    const known = new Map<string, { readonly logged: Logged; readonly atMs: number }>();
    const withCheck = (address: string, connection = address): Addressed => ({
        address,
        problem: ungrantable(address, settings.allowUnroutable),
        ...(connection !== address && { connection }),
    });
    return async (session, key, connection) => {
        if (settings.addressFrom === "connection") return withCheck(connection);
        const logged = await loggedFor(options, known, session, key);
        if (logged.address !== undefined) return withCheck(logged.address, connection);
        if (settings.addressFallback === "connection") return withCheck(connection);
        for (const [other, { atMs }] of known) if (now() - atMs > VALID_MS) known.delete(other);
        return { address: connection, problem: logged.problem };
    };
}

async function loggedFor(
    { settings, now, askLog, report }: AddressingOptions,
    known: Map<string, { readonly logged: Logged; readonly atMs: number }>,
    { sub, signedInAtMs, loginStartedAtMs }: PortalSession,
    key: string,
): Promise<Logged> {
    if (now() - signedInAtMs > VALID_MS || loginStartedAtMs === undefined) {
        return {
            problem: "you signed in more than 15 minutes ago: sign in again, so that Okta sees your address of now",
        };
    }
    const before = known.get(key);
    if (before !== undefined && (before.logged.address !== undefined || now() - before.atMs < ASK_EVERY_MS)) {
        return before.logged;
    }
    const signIn = { sub, clientId: settings.login.clientId, sinceMs: loginStartedAtMs, untilMs: signedInAtMs };
    const logged = await askLog(signIn).catch((error: unknown): Logged => {
        report(error);
        return { problem: "Okta's log cannot be asked now for your address" };
    });
    known.set(key, { logged, atMs: now() });
    return logged;
}
