import { RENEWAL_MS, renewalOf } from "../core/portal/renewal";
import type { Change } from "../core/portal/state";
import type { PortalContext } from "./context";
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
            const claimed = { ...(found ?? session), renewing: { by, untilMs: now() + RENEWAL_MS } };
            const changes: Change[] = result === "ours" ? [["sessions", key, claimed]] : [];
            const present = visitorIn(state, key, settings.session, now());
            return { changes, result: { result, present } };
        });
        if (result === "ours") return undefined;
        if (result !== "busy") return present ?? refuse(401, "portal-sign-in", "your session has ended");
        await sleep(LOOK_MS);
    }
}

/**
 * Lets others ask the provider at once, after it gave no answer that counts.
 *
 * @param token The refresh token that it answered with all the same, if any: the one before may be good no more.
 */
export async function releaseRenewal(context: PortalContext, key: string, token?: string): Promise<void> {
    const { store, process: by } = context;
    const refresh = token === undefined ? undefined : await sealed(context, token);
    await store.transact((state) => {
        const found = state.sessions.get(key);
        if (found?.renewing?.by !== by) return { changes: [], result: undefined };
        const { renewing: _, ...rest } = found;
        const next = { ...rest, ...(refresh !== undefined && { refresh }) };
        return { changes: [["sessions", key, next]], result: undefined };
    });
}
