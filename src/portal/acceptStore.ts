import { resolve } from "node:path";
import type { Environment } from "../agent/environment";
import type { Clock } from "../clock";
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

/**
 * Takes a store that was restored or lost as it is now: portals and agents that refuse it go on with it at once.
 *
 * @returns what the store has
 * @throws `bad-input`, `source-unreadable`
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
        return { name: store.name, ...counts };
    } finally {
        await store.close();
    }
}
