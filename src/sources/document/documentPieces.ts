import type { Code } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { DocumentEnd } from "./documentText";

/** The `workerData` of the thread: a grants document to read, or JSON to parse. */
export type ThreadTask = {
    readonly bytes: Uint8Array;
    /** The longest entry of a list, and the most text outside the lists, in characters; undefined: no limit. */
    readonly longestItem: number | undefined;
} & (
    | { readonly limits: DocumentLimits; readonly end: DocumentEnd }
    | { readonly limits?: undefined; readonly deepest: number }
);

/** The thread's answer to each message: a piece, or why there is none. */
export type ThreadAnswer =
    | { readonly piece: string; readonly isLast: boolean }
    | { readonly failure: { readonly code: Code; readonly message: string } }
    | { readonly bug: string };

/** The first piece: the value without the entries of its long lists, and the paths of these lists. */
export interface Outline {
    readonly value: unknown;
    readonly lists: readonly (readonly string[])[];
}

/** Each further piece: the next entries of one of the lists. */
export type ListPiece = readonly [list: number, entries: readonly unknown[]];

/** Characters in one piece, or one entry if that is longer: JSON.parse takes a millisecond or two for it. */
const PIECE = 128 * 1024;

/** Lists are looked for in maps down to here: `{ data: { grants: [] } }`. */
const DEEPEST = 2;

/**
 * A value as JSON in pieces, each of which takes little time to parse.
 *
 * @param onLong Called with the path of an entry, or of the text outside the lists, that is longer than `longest`.
 */
export function* piecesOf(value: unknown, longest: number, onLong: (what: string) => never): Generator<string> {
    const lists = listsIn(value, [], 0);
    const all = new Set<unknown>(lists.map(({ list }) => list));
    const outline = JSON.stringify(value, (_, each: unknown) => (all.has(each) ? [] : each)) ?? "null";
    if (outline.length > longest) onLong("what is beside its lists");
    yield `{"value":${outline},"lists":${JSON.stringify(lists.map(({ path }) => path))}}`;
    for (const [nth, { path, list }] of lists.entries()) {
        let texts: string[] = [];
        let length = 0;
        for (const [index, entry] of list.entries()) {
            const text = JSON.stringify(entry) ?? "null";
            if (text.length > longest) onLong(`entry ${index + 1} of ${path.join(".")}`);
            texts.push(text);
            length += text.length;
            if (length < PIECE) continue;
            yield `[${nth},[${texts.join(",")}]]`;
            [texts, length] = [[], 0];
        }
        if (texts.length > 0) yield `[${nth},[${texts.join(",")}]]`;
    }
}

interface List {
    readonly path: readonly string[];
    readonly list: readonly unknown[];
}

function listsIn(value: unknown, path: readonly string[], depth: number): readonly List[] {
    if (Array.isArray(value)) return value.length > 0 ? [{ path, list: value }] : [];
    if (typeof value !== "object" || value === null || depth > DEEPEST) return [];
    const fields = value as Readonly<Record<string, unknown>>;
    return Object.keys(fields).flatMap((name) => listsIn(fields[name], [...path, name], depth + 1));
}

/** Assembles a value from its pieces. */
export function openAssembly() {
    let outline: Outline | undefined;
    let lists: unknown[][] = [];
    return {
        take(piece: string): void {
            if (outline === undefined) {
                const parsed = JSON.parse(piece) as Outline;
                outline = parsed;
                lists = parsed.lists.map((path) => listAt(parsed.value, path));
                return;
            }
            const [nth, entries] = JSON.parse(piece) as ListPiece;
            for (const entry of entries) lists[nth]?.push(entry);
        },
        value: () => outline?.value,
    };
}

function listAt(value: unknown, path: readonly string[]): unknown[] {
    return path.reduce((map: unknown, name) => (map as Readonly<Record<string, unknown>>)[name], value) as unknown[];
}
