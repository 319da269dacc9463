import { createHash } from "node:crypto";

/**
 * Each line of a store has a number and a hash over the line before it, so that a reader sees when lines that it has read are missing or
 * are others: the store was cut, emptied, replaced or restored from a backup.
 *
 *   1 wx5…Q reset 7Gk…E                     the first line names the store
 *   2 Zr0…g [["grants","g-1",{…}]]
 *   3 0aB…w [["grants","g-1",null]]
 *
 * A store that was written anew, without rows that nobody needs any more, begins with a `reset` line that has the next number:
 *
 *   20001 kd2…A reset 7Gk…E 1796126400000   when an operator accepted a restored store, if ever
 *
 * This protects against accidents. A process that can write the store can also write a chain.
 */
export interface Mark {
    /** Which store it is. */
    readonly store: string;
    /** The number and the hash of the last line that was read. */
    readonly line: number;
    readonly hash: string;
    /** When an operator last accepted the store as it was then; milliseconds since 1970. */
    readonly acceptedAtMs?: number;
}

export interface Link {
    readonly mark: Mark;
    /** What the line says, but for a reset. */
    readonly payload: string | undefined;
}

/** A line that follows a mark. */
export function lineAfter(mark: Mark, payload: string): { readonly text: string; readonly mark: Mark } {
    const line = mark.line + 1;
    const hash = hashOf(mark.hash, line, payload);
    return { text: `${line} ${hash} ${payload}`, mark: { ...mark, line, hash } };
}

/** The first line of a store, or of one that is written anew. */
export function resetAfter(mark: Mark): { readonly text: string; readonly mark: Mark } {
    const { store, acceptedAtMs } = mark;
    return lineAfter(mark, `reset ${store}${acceptedAtMs === undefined ? "" : ` ${acceptedAtMs}`}`);
}

/** Where the chain of a new store begins. @param seed Any text that no other store has. */
export function newStore(seed: string): Mark {
    return { store: hashOf("", 0, seed), line: 0, hash: "" };
}

/** The line that follows a mark, which is undefined for the first one; undefined for a text that does not follow it. */
export function linkIn(before: Mark | undefined, text: string): Link | undefined {
    const [, number, hash = "", payload = ""] = LINE.exec(text) ?? [];
    if (number === undefined) return undefined;
    const line = Number(number);
    const [, store, accepted] = RESET.exec(payload) ?? [];
    if (before !== undefined && (line !== before.line + 1 || hash !== hashOf(before.hash, line, payload)))
        return undefined;
    if (store !== undefined) {
        const mark = { store, line, hash, ...(accepted !== undefined && { acceptedAtMs: Number(accepted) }) };
        return { mark, payload: undefined };
    }
    return before === undefined ? undefined : { mark: { ...before, line, hash }, payload };
}

const LINE = /^([1-9]\d{0,14}) ([\w-]{22}) (.*)$/s;
const RESET = /^reset ([\w-]{22})(?: (\d{1,15}))?$/;

/** As many characters as the number and the hash of a line need, at most. */
export const HEAD_LENGTH = 38;

/** The number and the hash of a line; empty for a text that is no line. */
export function headIn(text: string): string {
    return HEAD.exec(text.slice(0, HEAD_LENGTH + 1))?.[0] ?? "";
}

const HEAD = /^[1-9]\d{0,14} [\w-]{22}(?= )/;

/** A mark that can be kept: a text that was cut from a line keeps all that was read together with the line in memory. */
export function detachedMark(mark: Mark): Mark {
    return { ...mark, store: detached(mark.store), hash: detached(mark.hash) };
}

/** A copy of a part of a longer text, without the rest of it. The text is ASCII. */
export function detached(text: string): string {
    return Buffer.from(text, "latin1").toString("latin1");
}

function hashOf(before: string, line: number, payload: string): string {
    return createHash("sha256").update(`${before} ${line} ${payload}`).digest("base64url").slice(0, 22);
}

/**
 * Why a store is not the one of which a mark was kept; undefined where it is.
 *
 *   the mark                                          the store
 *   there is none                                     counts
 *   is of one of its lines                            counts
 *   is of an earlier line of a store that was         counts
 *   written anew since
 *   anything, and an operator accepted the store since counts
 *   is of a later line                                has lost lines
 *   is of the same number and another hash            is another one, or was restored and has changed since
 *   is of another store                               is another one
 *
 * @param marks Of all its lines, the first one first.
 */
export function chainProblem(seen: Mark | undefined, marks: readonly Mark[]): string | undefined {
    const [first] = marks;
    const last = marks.at(-1);
    if (seen === undefined) return undefined;
    if (first === undefined || last === undefined) return `it is empty or gone, and had ${seen.line} lines`;
    if ((last.acceptedAtMs ?? 0) > (seen.acceptedAtMs ?? 0)) return undefined;
    if (first.store !== seen.store) return "it is another store than the one that was read before";
    if (last.line < seen.line) return `it has lost its lines ${last.line + 1} to ${seen.line}`;
    if (first.line > seen.line) return undefined;
    return marks[seen.line - first.line]?.hash === seen.hash
        ? undefined
        : `its line ${seen.line} is not the one that was read before`;
}
