import { createHash } from "node:crypto";

import type { Client } from "pg";

import { answerOf, type ConnectionOptions, newClient } from "./lockConnection";
import { markSql, metSql, ownSql } from "./lockSql";

/** Why there is no session now: a pooler will be one later too, until somebody mends the settings. */
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

/** How often a second connection looks whether it meets the session; poolers give out the one that was used last. */
const LOOKS = 3;

/**
 * Marks the session, and looks whether it is the connection's own: the mark has to stay where it is, and another
 * connection must not meet it. Nothing is set in the session before: it may be somebody else's.
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
        // A pool, or the server, may have no second connection for us. What each proof looks at is enough then.
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

/** The number by which one session is told from others: 31 bits, as PostgreSQL's numbers have a sign. */
export function markOf(nonce: string): number {
    return createHash("sha256").update(nonce).digest().readUInt32BE() >>> 1;
}
