import { claimOf, renewalOf } from "../core/portal/renewal";
import type { Change } from "../core/portal/state";
import type { PortalContext } from "./context";
import type { Rotation } from "./oidc/rotated";
import { refuse } from "./problem";
import { sealed, type Visitor, visitorIn } from "./sessions";

const LOOK_MS = 200;

/**
 * Waits while another process of the same store renews the session.
 *
 * @returns the session as another process has renewed it; undefined where this process is to do it
 * @throws a problem where the session has ended
 */
export async function claimRenewal(context: PortalContext, { key, session }: Visitor): Promise<Visitor | undefined> {
    const { store, now, sleep, process: by, settings } = context;
    for (;;) {
        const { result, present } = await store.transact((state) => {
            const found = state.sessions.get(key);
            const result = renewalOf(found, session, by, now());
            const claimed = { ...(found ?? session), ...claimOf(found ?? session, by, now()) };
            const changes: Change[] = result === "ours" ? [["sessions", key, claimed]] : [];
            const present = visitorIn(state, key, settings.session, now());
            return { changes, result: { result, present } };
        });
        if (result === "ours") return undefined;
        if (result !== "busy") return present ?? refuse(401, "portal-sign-in", "your session has ended");
        await sleep(LOOK_MS);
    }
}

/** Lets others ask the provider at once, after it gave no answer that counts. */
export async function releaseRenewal(context: PortalContext, key: string, rotation: Rotation): Promise<void> {
    const { store, process: by } = context;
    const refresh = typeof rotation === "string" ? undefined : await sealed(context, rotation.token);
    await store.transact((state) => {
        const found = state.sessions.get(key);
        if (found?.renewing?.by !== by) return { changes: [], result: undefined };
        const { renewing: _, isRenewalLost, ...rest } = found;
        const isLost = refresh === undefined && (rotation === "lost" || isRenewalLost === true);
        const next = {
            ...rest,
            ...(refresh !== undefined && { refresh }),
            ...(isLost && { isRenewalLost: true as const }),
        };
        return { changes: [["sessions", key, next]], result: undefined };
    });
}

/**
 * Gives a refresh token up that the provider refuses, where it may have replaced it. The session goes on, and so does what it granted:
 * something new needs a sign-in.
 */
export async function giveUpRenewal({ store }: PortalContext, { key, session: seen }: Visitor): Promise<void> {
    await store.transact((state) => {
        const found = state.sessions.get(key);
        if (found === undefined || found.refresh !== seen.refresh) return { changes: [], result: undefined };
        const { renewing: _, isRenewalLost: __, refresh: ___, ...next } = found;
        return { changes: [["sessions", key, next]], result: undefined };
    });
}
