import type { Piece } from "./files";
import { type Head, type Line, readLine } from "./line";

/** Where a ledger is not what was written, and what is wrong there. */
export interface Break {
    /**
     *   unreadable  it is no line of a ledger
     *   changed     its text does not give its hash
     *   replaced    it is whole, and the line before it is another one than the one it was written after
     *   missing     lines are not there
     *   reordered   it stands in another place than where it was written
     *   cut         it has no end
     *   unexpected  the hash that was expected is nowhere
     */
    readonly kind: "unreadable" | "changed" | "replaced" | "missing" | "reordered" | "cut" | "unexpected";
    readonly file: string;
    /** Of the file, from 1. */
    readonly line: number;
    /** For people, as the end of a sentence. */
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
