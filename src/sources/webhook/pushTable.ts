import { fail, hasCode } from "../../core/errors/errors";
import { quote } from "../../core/errors/quote";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { PushChange, PushedEntry } from "../../core/grants/pushes";
import type { Work } from "../../core/work";
import type { Waiting } from "../http/retry";
import { type Connection, connect } from "../postgres/connect";
import { keptConnection } from "../postgres/keptConnection";
import { listen } from "../postgres/listen";
import { databaseProblem, type Remedies } from "../postgres/problem";
import { inSlices } from "../slices";
import { openPushedGrants } from "./pushedGrants";
import { PUSH_CHANNEL } from "./pushSchema";
import {
    type Answers,
    answersIn,
    factIn,
    type Head,
    NO_HEAD,
    type Row,
    readingSql,
    takingSql,
    writingSql,
} from "./pushSql";
import type { PushDelivery, PushStore, Taking } from "./pushStore";

export interface PushTableOptions extends Waiting {
    /** What messages call the database: `env:DATABASE_URL`, or its URL without a password. */
    readonly setting: string;
    /** The URL with whatever password it has, read anew for each connection. @throws `bad-input` */
    readonly url: () => string;
    /** As people write it, for messages. */
    readonly table: string;
    /** As tableSql gives it. */
    readonly sql: string;
    readonly limits: DocumentLimits;
    /** The longest that one delivery takes, those before it included; of many grants 0.2 ms more for each. @default 10_000 */
    readonly takeMs?: number;
    /** The longest that one reading takes. @default 30_000 */
    readonly readMs?: number;
}

const REMEDIES: Remedies = {
    "42P01": "`zonekeeper schema --webhook` prints the SQL that makes the tables",
    "42703": "`zonekeeper schema --webhook` prints the SQL of the tables as they have to be",
    "42501": "grant SELECT, INSERT, UPDATE and DELETE on it to this user",
    "25006": "the agents need the server that takes writes",
    "28P01": "check the user and the password in the URL",
    "55P03": "another agent has held the lock for too long",
    "57014": "it takes too long",
};

/**
 * Keeps what was pushed in tables of PostgreSQL that any number of agents share
 * (see pushSchemaSql). What each remembers is only so that it need not read it
 * again: a delivery begins with a lock, and with what others took meanwhile.
 *
 *   round trip   says
 *   first        begin, lock, what is new since I looked, and is this delivery known?
 *   second       the delivery, the rows that it changes, tell the others, commit
 */
export function pushTable(options: PushTableOptions): PushStore {
    const { url, sql, limits, takeMs = 10_000, readMs = 30_000 } = options;
    const kept = keptConnection(url);
    let grants = openPushedGrants(limits);
    let head = NO_HEAD;
    /** One piece of work with the connection, and with what is remembered, at a time. */
    let work: Promise<unknown> = Promise.resolve();

    function inTurn<T>(next: (connection: Connection) => Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
        const result = work
            .then(() => kept.use(next, ms, signal))
            .catch((error: unknown) => {
                if (hasCode(error, "source-unreadable", "bad-input"))
                    return fail("source-unreadable", error.message, { cause: error });
                const problem = signal.aborted ? `no answer within ${ms / 1000} s` : databaseProblem(error, REMEDIES);
                if (problem === undefined) throw error;
                return fail("source-unreadable", problem, { cause: error });
            });
        work = result.catch(() => {});
        return result;
    }

    /** Asks what is new, and remembers it; everything, where the tables are not those that were read before. */
    async function catchUp(connection: Connection, textBy: (head: Head) => string): Promise<Answers> {
        let answers = answersIn(await connection.query(textBy(head)));
        if (!answers.isSame || hidesSome(answers.head, head)) {
            [grants, head] = [openPushedGrants(limits), NO_HEAD];
            await connection.query("ROLLBACK");
            answers = answersIn(await connection.query(textBy(head)));
        }
        if (answers.isTooLong) fail("source-unreadable", "the table has more in it than agents write, or 128 MiB");
        await learn(answers);
        return answers;
    }

    async function learn({ head: latest, rows }: Answers): Promise<void> {
        if (latest.change === head.change) return;
        const { snapshotMs, forgottenMs } = latest;
        const isAnew = latest.snapshotChange > head.change;
        const facts = await inSlices(factsIn(rows, latest));
        await inSlices(
            grants.apply({
                ...(isAnew && snapshotMs !== undefined && { snapshotMs }),
                ...(forgottenMs !== undefined && { forgottenMs }),
                ...facts,
            }),
        );
        head = latest;
    }

    async function take({ id, push }: PushDelivery, connection: Connection): Promise<Taking> {
        // The first time that is everything, for which nobody else should have to wait.
        if (head === NO_HEAD) await catchUp(connection, (known) => readingSql(sql, known));
        const { isKnown } = await catchUp(connection, (known) => takingSql(sql, known, id));
        const judged = isKnown ? "known" : await inSlices(grants.judge(push));
        if (judged === "known" || judged === "too-many") {
            await connection.query("ROLLBACK");
            return { result: judged, unusable: [] };
        }
        const change = judged === "older" ? undefined : judged;
        const next = after(head, id, change);
        for (const text of writingSql(sql, next, change)) await connection.query(text);
        head = next;
        if (change === undefined) return { result: "older", unusable: [] };
        return { result: "accepted", unusable: await inSlices(grants.apply(change)) };
    }

    return {
        name: `table ${options.table} of ${options.setting}`,
        isShared: true,
        read: (signal) =>
            inTurn(
                async (connection) => {
                    await catchUp(connection, (known) => readingSql(sql, known));
                    return {
                        isWhole: grants.pushed.snapshotMs !== undefined,
                        reading: await inSlices(grants.reading()),
                    };
                },
                readMs,
                signal,
            ),
        take(delivery) {
            const { push } = delivery;
            const ms = takeMs + (push.type === "replaced" ? Math.ceil(push.grants.length / 5) : 0);
            return inTurn((connection) => take(delivery, connection), ms, AbortSignal.timeout(ms));
        },
        watch: (wake, signal) => {
            const channel = { channel: PUSH_CHANNEL, connect: (until: AbortSignal) => connect(url(), until) };
            return listen({ ...options, ...channel }, wake, signal);
        },
        close: () => kept.close(),
    };
}

/**
 * Whether what is new does not tell all that happened: of two deliveries, the later a full snapshot, the first may have
 * set a grant that was removed before, and the second has deleted its row.
 */
function hidesSome(latest: Head, known: Head): boolean {
    return known !== NO_HEAD && latest.snapshotChange > known.change && latest.change > known.change + 1;
}

/** What is so after a delivery. */
function after(head: Head, id: string, change: PushChange | undefined): Head {
    const number = head.change + 1;
    const { snapshotMs, forgottenMs } = change ?? {};
    return {
        change: number,
        id,
        snapshotChange: snapshotMs === undefined ? head.snapshotChange : number,
        snapshotMs: snapshotMs ?? head.snapshotMs,
        forgottenMs: forgottenMs ?? head.forgottenMs,
    };
}

/** What the rows say of each grant. */
function* factsIn(rows: readonly Row[], head: Head): Work<Pick<PushChange, "set" | "removed">> {
    const facts: { set: PushedEntry[]; removed: { key: string; atMs: number }[] } = { set: [], removed: [] };
    for (const row of rows) {
        const { key, atMs, isNamed, entry } = factIn(row, head);
        if (entry === undefined) facts.removed.push({ key, atMs });
        else facts.set.push({ key, atMs, isNamed, grant: grantIn(key, entry) });
        yield 2 + (entry?.length ?? 0) / 50;
    }
    return facts;
}

function grantIn(key: string, entry: string): unknown {
    try {
        return JSON.parse(entry);
    } catch (cause) {
        return fail("source-unreadable", `the entry of ${quote(key)} is not what an agent wrote`, { cause });
    }
}
