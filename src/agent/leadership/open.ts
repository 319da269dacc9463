import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Clock } from "../../clock";
import type { LeaderSettings } from "../../core/settings/agentSettings";
import { requireDatabaseUrl } from "../../sources/postgres/connect";
import { readSecret } from "../../sources/settings/secret";
import { findCluster, kubernetesApi } from "./kubernetesApi";
import type { Leadership } from "./leadership";
import { leaseLeadership } from "./lease";
import { lockFileLeadership } from "./lockFile";
import { postgresLeadership } from "./postgres";

export interface OpenLeadershipOptions {
    /** The agent's state folder. */
    readonly state: string;
    /** The folder for relative paths. */
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly clock: Clock;
    /** Makes a unique text: `randomUUID`. */
    readonly nonce: () => string;
    /** Receives the reason why the lock cannot be tried now, once for each reason until this agent leads. */
    readonly onTrouble: (problem: string) => void;
}

/**
 * Opens the leadership that a setting names. No request is made yet, but secrets are read.
 *
 * @throws `bad-input`
 */
export function openLeadership(settings: LeaderSettings, options: OpenLeadershipOptions): Leadership {
    let told = "";
    const onTrouble = (problem: string) => {
        if (problem !== told) options.onTrouble(problem);
        told = problem;
    };
    const leadership = open(settings, { ...options, onTrouble });
    return {
        ...leadership,
        async lead(signal) {
            const term = await leadership.lead(signal);
            told = "";
            return term;
        },
    };
}

function open(settings: LeaderSettings, options: OpenLeadershipOptions): Leadership {
    const { state, directory, env, clock, nonce, onTrouble } = options;
    const readFile = (path: string) => readFileSync(resolve(directory, path), "utf8");
    switch (settings.type) {
        case "file": {
            const path = settings.path ?? join(state, "leader.lock");
            return lockFileLeadership({ path: resolve(directory, path), shown: path, clock });
        }
        case "postgres": {
            const url = requireDatabaseUrl(readSecret(settings.url, { env, readFile }), settings.url);
            const { key } = settings;
            return postgresLeadership({ url, clock, nonce, onTrouble, ...(key !== undefined && { key }) });
        }
        case "kubernetes": {
            const { namespace, ...cluster } = findCluster(env, readFile);
            const who = settings.identity ?? env.HOSTNAME ?? "zonekeeper";
            return leaseLeadership({
                api: kubernetesApi(cluster),
                namespace: settings.namespace ?? namespace,
                name: settings.name,
                identity: `${who}_${nonce()}`,
                clock,
                onTrouble,
            });
        }
    }
}
