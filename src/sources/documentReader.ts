import { parentPort, workerData } from "node:worker_threads";

import { isCoded } from "../core/errors/errors";
import type { Reading } from "../core/grants/grantsDocument";
import type { Piece, ThreadAnswer, ThreadTask } from "./documentPieces";
import { readText } from "./documentText";

/** Entries in one piece: JSON.parse takes a few milliseconds for them. */
const PIECE = 1000;

/** What runs in the thread of documentThread: reads the document, and gives a piece of it for each message. */
export function answerInPieces(): void {
    const pieces = read(workerData as ThreadTask);
    // Whoever asks for the first piece gets the error; until then it must not end the thread.
    pieces.catch(() => {});
    parentPort?.on("message", () => {
        pieces.then(
            (rest) => answer({ piece: rest.next().value ?? "" }),
            (error: unknown) => answer(failureOf(error)),
        );
    });
}

function answer(message: ThreadAnswer): void {
    parentPort?.postMessage(message);
}

async function read({ bytes, limits, end }: ThreadTask): Promise<Iterator<string>> {
    return piecesOf(await readText(bytes, limits, end));
}

function* piecesOf({ grants, unusable }: Reading): Generator<string> {
    const count = Math.max(1, Math.ceil(grants.length / PIECE), Math.ceil(unusable.length / PIECE));
    for (let nth = 0; nth < count; nth++) {
        const part = <T>(list: readonly T[]) => list.slice(nth * PIECE, (nth + 1) * PIECE);
        const piece: Piece = { grants: part(grants), unusable: part(unusable), isLast: nth === count - 1 };
        yield JSON.stringify(piece);
    }
}

function failureOf(error: unknown): ThreadAnswer {
    if (!isCoded(error)) return { bug: String((error as Error).stack ?? error) };
    const { code, message } = error as Error & { readonly code: "source-unreadable" };
    return { failure: { code, message } };
}
