import { fail } from "../../core/errors/errors";
import { quote } from "../../core/errors/quote";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { PushChange, PushedEntry } from "../../core/grants/pushes";
import type { Work } from "../../core/work";
import type { Connection } from "../postgres/connect";
import { inSlices } from "../slices";
import { openPushedGrants, type PushedGrants } from "./pushedGrants";
import { type Answers, answersIn, factIn, type Head, NO_HEAD, type Row } from "./pushSql";

/** What is in memory of the tables of a `pushTable`. One call at a time. */
export interface TableContent {
    readonly grants: PushedGrants;
    /** The latest delivery that was read or written. */
    readonly head: Head;
    /**
     * Reads what is new, and takes it in; everything, if the tables are not the ones that were read before.
     *
     * @param textBy The SQL that reads what is new since a head.
     */
    catchUp(connection: Connection, textBy: (head: Head) => string): Promise<Answers>;
    /** Notes that this agent has written a delivery. */
    advance(head: Head): void;
}

export function openTableContent(limits: DocumentLimits): TableContent {
    let grants = openPushedGrants(limits);
    let head = NO_HEAD;

    async function takeIn({ head: latest, rows }: Answers): Promise<void> {
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

    return {
        get grants() {
            return grants;
        },
        get head() {
            return head;
        },
        async catchUp(connection, textBy) {
            let answers = answersIn(await connection.query(textBy(head)));
            if (!answers.isSame || hidesSome(answers.head, head)) {
                [grants, head] = [openPushedGrants(limits), NO_HEAD];
                await connection.query("ROLLBACK");
                answers = answersIn(await connection.query(textBy(head)));
            }
            if (answers.isTooLong) fail("source-unreadable", "the table has more in it than agents write, or 128 MiB");
            await takeIn(answers);
            return answers;
        },
        advance(next) {
            head = next;
        },
    };
}

/**
 * Whether the new rows may leave out a change: of two deliveries, the later one a full snapshot, the first may have set a
 * grant that was removed before, and the second has deleted its row.
 */
function hidesSome(latest: Head, known: Head): boolean {
    return known !== NO_HEAD && latest.snapshotChange > known.change && latest.change > known.change + 1;
}

/** The grants that rows set and remove. */
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
