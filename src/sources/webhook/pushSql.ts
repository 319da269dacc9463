import type { PushChange } from "../../core/grants/pushes";
import { quoteText } from "../postgres/table";
import { namesakesSql, requireOneTable, SEE_ALL_ROWS } from "../postgres/visible";
import { deliveriesOf, PUSH_CHANNEL } from "./pushSchema";
import { MOST_SEEN } from "./pushStore";

/** The latest delivery that a reader knows. */
export interface Head {
    /** Goes up by one with each delivery; 0 before the first one. */
    readonly change: number;
    readonly id: string;
    /** The change of the latest full snapshot, and when that was true. */
    readonly snapshotChange: number;
    readonly snapshotMs: number | undefined;
    readonly forgottenMs: number | undefined;
}

/** The most rows, and the most bytes of entries, that are fetched: enough for the most grants and removals. */
const [MOST_ROWS, MOST_BYTES] = [300_000, 128 * 1024 * 1024];

/** The server's limits for a statement, for waiting for the lock, and for an idle transaction. */
const [STATEMENT_MS, LOCK_MS, STILL_MS] = [10_000, 5_000, 5_000];

/** The class id of Zonekeeper's advisory locks. */
const LOCK = 2_064_384_911;

/** The most rows, and characters of entries, in one statement. */
const [BATCH, BATCH_LENGTH] = [1000, 512 * 1024];

/** The head before the first push. */
export const NO_HEAD: Head = {
    change: 0,
    id: "",
    snapshotChange: 0,
    snapshotMs: undefined,
    forgottenMs: undefined,
};

/** Reads what is new since `head`, as of one moment; the answer is for `answersIn`. */
export function readingSql(table: string, head: Head): string {
    return `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = ${STATEMENT_MS};
        ${SEE_ALL_ROWS}; ${namesakesSql(table)}; ${newSince(table, head)}; SELECT false AS known; COMMIT`;
}

/** Begins a transaction that no other agent can be in, and reads the same, and whether a delivery was taken. */
export function takingSql(table: string, head: Head, id: string): string {
    const own = `(${quoteText(table)}::regclass::oid::bigint % 2147483647)::integer`;
    return `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = ${STATEMENT_MS};
        SET LOCAL lock_timeout = ${LOCK_MS}; SET LOCAL idle_in_transaction_session_timeout = ${STILL_MS};
        ${SEE_ALL_ROWS}; ${namesakesSql(table)}; SELECT pg_advisory_xact_lock(${LOCK}, ${own});
        ${newSince(table, head)};
        SELECT EXISTS (SELECT FROM ${deliveriesOf(table)} WHERE id = ${quoteText(id)}) AS known`;
}

function newSince(table: string, { change, id }: Head): string {
    const deliveries = deliveriesOf(table);
    const isSame =
        change === 0 ? "true" : `EXISTS (SELECT FROM ${deliveries} WHERE change = ${change} AND id = ${quoteText(id)})`;
    const size = `SELECT count(*) AS rows, coalesce(sum(octet_length(entry)), 0) AS bytes FROM ${table} WHERE change > ${change}`;
    return `SELECT latest.*, size.*, ${isSame} AS same FROM (${size}) AS size
            LEFT JOIN (SELECT * FROM ${deliveries} ORDER BY change DESC LIMIT 1) AS latest ON true;
        SELECT key, change, at_ms, entry FROM ${table} WHERE change > ${change}
            AND (SELECT rows <= ${MOST_ROWS} AND bytes <= ${MOST_BYTES} FROM (${size}) AS size) ORDER BY change, nth`;
}

/**
 * Writes a delivery, and what it changes, in several texts; the last one commits.
 *
 * @param before What was so before it.
 * @param next What is so after it.
 */
export function* writingSql(
    table: string,
    { before, next }: { readonly before: Head; readonly next: Head },
    change: PushChange | undefined,
): Generator<string> {
    const deliveries = deliveriesOf(table);
    const { snapshotMs, forgottenMs, set, removed } = change ?? { set: [], removed: [] };
    const values = [
        next.change,
        quoteText(next.id),
        next.snapshotChange,
        orNull(next.snapshotMs),
        orNull(next.forgottenMs),
    ];
    const statements = [
        `INSERT INTO ${deliveries} (change, id, snapshot_change, snapshot_ms, forgotten_ms) VALUES (${values.join(", ")})`,
        `DELETE FROM ${deliveries} WHERE change <= ${next.change - MOST_SEEN}`,
    ];
    if (snapshotMs !== undefined) {
        // All but what `outlives` keeps.
        statements.push(`DELETE FROM ${table} WHERE entry IS NOT NULL
            AND (at_ms < ${snapshotMs} OR change = ${before.snapshotChange})`);
    }
    const facts = [...set, ...removed];
    for (let start = 0, end = 0; start < facts.length; start = end) {
        const rows: string[] = [];
        for (let length = 0; end < facts.length && rows.length < BATCH && length < BATCH_LENGTH; end++) {
            const fact = facts[end] as (typeof facts)[number];
            const entry = "grant" in fact ? quoteText(JSON.stringify(fact.grant)) : "NULL";
            rows.push(`(${quoteText(escaped(fact.key))}, ${next.change}, ${end}, ${fact.atMs}, ${entry})`);
            length += entry.length;
        }
        statements.push(`INSERT INTO ${table} (key, change, nth, at_ms, entry) VALUES ${rows.join(", ")}
            ON CONFLICT (key) DO UPDATE SET (change, nth, at_ms, entry) =
                (excluded.change, excluded.nth, excluded.at_ms, excluded.entry)`);
        if (end < facts.length || start > 0) yield statements.splice(0).join("; ");
    }
    if (forgottenMs !== undefined) {
        statements.push(`DELETE FROM ${table} WHERE entry IS NULL AND at_ms <= ${forgottenMs}`);
    }
    if (change !== undefined) statements.push(`SELECT pg_notify('${PUSH_CHANNEL}', '')`);
    yield [...statements, "COMMIT"].join("; ");
}

/** A key as a column of text may hold it, which takes neither NUL nor half a character. */
function escaped(key: string): string {
    return JSON.stringify(key).slice(1, -1);
}

function orNull(value: number | undefined): string {
    return value === undefined ? "NULL" : String(value);
}

/** What the statements of `readingSql` and `takingSql` answered. */
export interface Answers {
    /** Whether the head that was asked by is one of this table still; otherwise everything has to be read anew. */
    readonly isSame: boolean;
    readonly head: Head;
    readonly rows: readonly Row[];
    /** Whether there are more new rows, or longer ones, than are fetched. */
    readonly isTooLong: boolean;
    /** Of `takingSql` only. */
    readonly isKnown: boolean;
}

/** As the table has it: a key as `escaped` writes it, bigints as texts, and no entry for a grant that was removed. */
export type Row = Readonly<Record<"key" | "change" | "at_ms" | "entry", unknown>>;

export interface Fact {
    readonly key: string;
    readonly atMs: number;
    /** Whether the latest full snapshot did not write it. */
    readonly isNamed: boolean;
    /** As JSON; undefined for a grant that was removed. */
    readonly entry: string | undefined;
}

/** What a row says. @throws SyntaxError for a key that is none of ours */
export function factIn({ key, change, at_ms, entry }: Row, { snapshotChange }: Head): Fact {
    return {
        key: JSON.parse(`"${key}"`) as string,
        atMs: Number(at_ms),
        isNamed: numberIn(change) !== snapshotChange,
        entry: entry === null ? undefined : String(entry),
    };
}

/** @throws `source-unreadable` where several tables have the name */
export function answersIn(answer: unknown): Answers {
    requireOneTable(answer);
    const results = answer as readonly { readonly command: string; readonly rows: readonly Answered[] }[];
    const [[latest = {}] = [], rows = [], [known = {}] = []] = results
        .filter(({ command }) => command === "SELECT")
        .slice(-3)
        .map((result) => result.rows);
    return {
        isSame: latest.same === true,
        head: {
            change: numberIn(latest.change) ?? 0,
            id: String(latest.id ?? ""),
            snapshotChange: numberIn(latest.snapshot_change) ?? 0,
            snapshotMs: numberIn(latest.snapshot_ms),
            forgottenMs: numberIn(latest.forgotten_ms),
        },
        rows: rows as readonly Row[],
        isTooLong: Number(latest.rows) > rows.length,
        isKnown: known.known === true,
    };
}

type Answered = Readonly<Record<string, unknown>>;

/** PostgreSQL's bigints come as texts. */
function numberIn(value: unknown): number | undefined {
    return value == null ? undefined : Number(value);
}
