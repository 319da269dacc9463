import type { Piece } from "./files";
import { type Head, type Line, readLine } from "./line";

/** The place of a fault in a ledger, and the kind of fault. */
export interface Break {
    /**
     *   unreadable  it is not a line of a ledger
     *   changed     its hash does not match its text
     *   replaced    it is valid, but was not written after the line before it
     *   missing     lines are missing
     *   reordered   it is at another place than where it was written
     *   cut         it is incomplete
     *   unexpected  the expected hash is not in the ledger
     */
    readonly kind: "unreadable" | "changed" | "replaced" | "missing" | "reordered" | "cut" | "unexpected";
    readonly file: string;
    /** The number of the line in the file, from 1. */
    readonly line: number;
    /** The end of a sentence. */
    readonly message: string;
}

/** Whether a piece of a file is the line that comes after `before`. */
export function checkNext(before: Head, piece: Piece): { readonly line: Line } | { readonly problem: Break } {
    const { file, number } = piece;
    const broken = (kind: Break["kind"], message: string) => ({ problem: { kind, file, line: number, message } });
    if (!piece.isWhole) {
        return broken("cut", "it has no end: the machine stopped while it was written, or the file was cut off");
    }
    const line = readLine(piece.bytes);
    const due = before.seq + 1;
    if (line === "unreadable") return broken("unreadable", `it is no line of a ledger; line ${due} was due`);
    if (line === "changed") return broken("changed", `line ${due} was changed: its text does not give its hash`);
    if (line.seq < due)
        return broken("reordered", `line ${line.seq} stands here again or too late; line ${due} was due`);
    if (line.seq > due) return broken("missing", `${lines(due, line.seq - 1)} missing`);
    if (line.prev !== before.hash) {
        return broken(
            "replaced",
            `line ${line.seq} was written after another line ${before.seq} than the one before it`,
        );
    }
    return { line };
}

/** `line 7 is`, `lines 7 to 9 are` */
export function lines(first: number, last: number): string {
    return first === last ? `line ${first} is` : `lines ${first} to ${last} are`;
}
