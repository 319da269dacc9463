import { resolve } from "node:path";

import type { AgentSettings } from "../../core/settings/agentSettings";
import type { Environment } from "../environment";
import { type DenialsFile, openDenialsFile } from "./denialsFile";

/** The denials of an agent, in `deny.json` of its state folder. */
export interface AgentDenials extends Omit<DenialsFile, "follow"> {
    readonly isShared: boolean;
    /** Follows the changes of other agents of this host. @returns a function that stops it */
    follow(onTrouble: (problem: string) => void): () => Promise<void>;
}

/** @throws `bad-input` for a file that cannot be read */
export async function openAgentDenials(
    { state, leader }: Pick<AgentSettings, "state" | "leader">,
    { directory, clock, nonce }: Pick<Environment, "directory" | "clock" | "nonce">,
): Promise<AgentDenials> {
    // With the default lock file in the state folder, the leader and the standbys share that folder.
    const isShared = leader.type === "file" && leader.path === undefined;
    const file = await openDenialsFile({
        path: resolve(directory, state, "deny.json"),
        clock,
        newId: nonce,
        isShared,
    });
    return {
        ...file,
        isShared,
        follow(onTrouble) {
            const stop = new AbortController();
            const following = file.follow(stop.signal, onTrouble);
            return async () => {
                stop.abort();
                await following;
            };
        },
    };
}
