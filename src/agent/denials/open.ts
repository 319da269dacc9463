import { resolve } from "node:path";

import type { AgentSettings } from "../../core/settings/agentSettings";
import type { Environment } from "../environment";
import { type DenialsFile, openDenialsFile } from "./denialsFile";

/** The denials of an agent, in `deny.json` of its state folder. */
export interface AgentDenials extends Omit<DenialsFile, "follow"> {
    readonly isShared: boolean;
    /** Follows the changes of other agents of this host. Returns how to stop. */
    follow(onTrouble: (problem: string) => void): () => Promise<void>;
}

/** @throws `bad-input` for a file that cannot be read */
export async function openAgentDenials(
    { state, leader }: Pick<AgentSettings, "state" | "leader">,
    { directory, clock, nonce }: Pick<Environment, "directory" | "clock" | "nonce">,
): Promise<AgentDenials> {
    // Whoever leads by a lock in the state folder has that folder, and so have those who stand by.
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
