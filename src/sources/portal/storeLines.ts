import { fail } from "../../core/errors/errors";
import { type Change, type PortalState, TABLES } from "../../core/portal/state";
import { lineAfter, linkIn, type Mark, resetAfter } from "./chain";

/** Rows in one line of a log that is written anew. */
const ROWS_A_LINE = 200;

const DAMAGED =
    "put a whole copy in its place; without one, take it away and begin an empty store with zonekeeper portal --config FILE --accept-store";

/** The changes of lines, and the marks of them. @throws `source-unreadable` */
export function parse(name: string, before: Mark | undefined, texts: readonly string[]) {
    const marks: Mark[] = [];
    const changes: (readonly Change[])[] = [];
    let at = before;
    for (const text of texts) {
        const link = linkIn(at, text);
        if (link === undefined) {
            const where = at === undefined ? "its first line" : `its line ${at.line + 1}`;
            return fail("source-unreadable", `${name}: ${where} is none that a portal wrote there; ${DAMAGED}`);
        }
        at = link.mark;
        marks.push(at);
        if (link.payload !== undefined) changes.push(changesIn(link.payload, name));
    }
    return { marks, changes };
}

function changesIn(payload: string, name: string): readonly Change[] {
    try {
        const changes: unknown = JSON.parse(payload);
        if (Array.isArray(changes) && changes.every(isChange)) return changes as Change[];
    } catch {
        // Told below.
    }
    return fail("source-unreadable", `${name}: a line of it is none that a portal wrote`);
}

/** Whether it is `[table, key, row or null]`: its users judge what a row has. */
function isChange(value: unknown): boolean {
    if (!Array.isArray(value) || value.length !== 3) return false;
    const [table, key, row] = value;
    return typeof table === "string" && typeof key === "string" && typeof row === "object" && !Array.isArray(row);
}

export function chained(from: Mark, payloads: readonly string[]) {
    let mark = from;
    const lines: string[] = [];
    for (const payload of payloads) {
        const next = lineAfter(mark, payload);
        lines.push(next.text);
        mark = next.mark;
    }
    return { lines, mark };
}

/** All of a store, which begins with a reset. */
export function wholeOf(from: Mark, state: PortalState) {
    const first = resetAfter(from);
    const rows = TABLES.flatMap((name) => [...state[name]].map(([key, row]) => [name, key, row]));
    const count = Math.ceil(rows.length / ROWS_A_LINE);
    const payloads = Array.from({ length: count }, (_, index) =>
        JSON.stringify(rows.slice(index * ROWS_A_LINE, (index + 1) * ROWS_A_LINE)),
    );
    const { lines, mark } = chained(first.mark, payloads);
    return { lines: [first.text, ...lines], mark };
}
