import { createHash } from "node:crypto";

import type { Client } from "pg";

import { answerOf, type ConnectionOptions, newClient } from "./lockConnection";
import { markSql, metSql, ownSql } from "./lockSql";

/** Why there is no session now. With a pooler (`shared`), that lasts until the settings are corrected. */
export interface NoSession {
    readonly problem: string;
    readonly kind: "away" | "shared";
}

/** What is wrong with a connection that has no session of its own. */
export const SHARED: NoSession = {
    kind: "shared",
    problem:
        "the database of the lock is behind a pooler that shares sessions between clients, or does not reset them, such as PgBouncer with " +
        "pool_mode = transaction, so no agent may lead: give leader.url a direct connection, or a pool with pool_mode = session",
};

/** How often a second connection checks whether it gets the same session; poolers reuse the latest one first. */
const LOOKS = 3;

/**
 * Marks the session, and checks that it is not shared: the mark has to stay, and another connection
 * must not see it. Nothing else is set in the session before, as it may be shared.
 */
export async function checkOwn(
    client: Client,
    mark: number,
    options: ConnectionOptions,
): Promise<NoSession | undefined> {
    if (!(await answerOf(client, markSql(mark)))) {
        return { kind: "away", problem: "the database of the lock is a standby, which only reads: name the primary" };
    }
    const other = await newClient(options);
    other.on("error", () => {});
    try {
        // There may be no second connection. The checks of each proof are sufficient then.
        let isReached = await other.connect().then(
            () => true,
            () => false,
        );
        for (let look = 0; look < LOOKS; look++) {
            if (!(await answerOf(client, ownSql(mark)))) return SHARED;
            const met = isReached ? await answerOf(other, metSql(mark)).catch(() => undefined) : false;
            if (met === true) return SHARED;
            isReached = met !== undefined;
        }
    } finally {
        other.end().catch(() => {});
    }
    return undefined;
}

/** The mark of a session: 31 bits, as integers of PostgreSQL are signed. */
export function markOf(nonce: string): number {
    return createHash("sha256").update(nonce).digest().readUInt32BE() >>> 1;
}
