import { resolve } from "node:path";
import type { Environment } from "../agent/environment";
import { openFolderLedger } from "../agent/ledger/folder";
import type { Clock } from "../clock";
import { hasCode } from "../core/errors/errors";
import type { PortalEvent } from "../core/portal/events";
import { restoredChanges } from "../core/portal/restored";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import { isLive } from "../core/portal/types";
import { databaseOf } from "../sources/open";
import { openStore } from "../sources/portal/openStore";
import { storeMemoryFile } from "../sources/portal/storeMemory";
import { readPortalSettingsFile } from "./settingsFile";

/** What the portal remembers of its store over a restart. */
export function memoryOf({ state }: PortalSettings, directory: string) {
    return storeMemoryFile(resolve(directory, state, "portal-store.json"));
}

export interface AcceptOptions extends Pick<Environment, "directory" | "env"> {
    /** The configuration; a relative path is relative to the directory. */
    readonly config: string;
    readonly clock: Clock;
}

/** The ledger of a portal, for this process alone. @throws as openFolderLedger */
export function portalLedger({ state }: PortalSettings, directory: string, { now }: Pick<Clock, "now">) {
    return openFolderLedger({ state: resolve(directory, state), now, rotateBytes: 16_777_216, keepFiles: 0 });
}

/**
 * Takes a store that was restored or lost as it is now: portals and agents that refuse it go on with it at once. The portal's ledger has
 * a line of it: by this process, or by the portal that has the ledger open and follows.
 *
 * @returns what the store has
 * @throws `bad-input`, also where there is nothing to accept; `source-unreadable`, `ledger-*`
 */
export async function acceptStore({ config, directory, env, clock }: AcceptOptions): Promise<{
    name: string;
    grants: number;
    ended: number;
}> {
    const settings = await readPortalSettingsFile(resolve(directory, config));
    const store = openStore(settings.store, {
        ...clock,
        directory,
        databaseOf: (url: string) => databaseOf(url, { directory, env }),
        memory: memoryOf(settings, directory),
    });
    try {
        let counts = { grants: 0, ended: 0 };
        await store.accept((state, endedGrants) => {
            const nowMs = clock.now();
            const changes = restoredChanges(state, endedGrants, nowMs);
            const live = [...state.grants.values()].filter((grant) => isLive(grant, nowMs)).length;
            const ended = changes.filter(([table]) => table === "grants").length;
            counts = { grants: live - ended, ended };
            return changes;
        });
        const why = `${store.name}, with ${counts.grants} live grants; ${counts.ended} stay ended`;
        const isWritten = await recordIfAlone(settings, directory, clock, { type: "portal.store-accepted", why });
        // Otherwise the running portal notes it, and remembers that it did.
        if (isWritten) await store.read(AbortSignal.timeout(60_000));
        return { name: store.name, ...counts };
    } finally {
        await store.close();
    }
}

/** Writes a line of the portal's ledger, unless a running portal has it open. @returns whether it was written */
async function recordIfAlone(
    settings: PortalSettings,
    directory: string,
    clock: Clock,
    event: PortalEvent,
): Promise<boolean> {
    const ledger = await portalLedger(settings, directory, clock).catch((error: unknown) => {
        if (hasCode(error, "bad-input")) return undefined;
        throw error;
    });
    if (ledger === undefined) return false;
    await ledger.record(event).finally(() => ledger.close());
    return true;
}
