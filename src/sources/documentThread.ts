import { join } from "node:path";
import { Worker, type WorkerOptions } from "node:worker_threads";

import { coded } from "../core/errors/errors";
import type { DocumentLimits } from "../core/grants/grantAddresses";
import type { Grant } from "../core/grants/grants";
import type { Reading, Unusable } from "../core/grants/grantsDocument";
import type { Piece, ThreadAnswer, ThreadTask } from "./documentPieces";
import type { DocumentEnd } from "./documentText";

export interface ThreadOptions {
    readonly limits: DocumentLimits;
    /** See readText. @default "known" */
    readonly end?: DocumentEnd;
    /** Ends the thread. */
    readonly signal?: AbortSignal;
    /** The longest that the thread works on one document. @default 120_000 */
    readonly timeoutMs?: number;
    /** The most memory that it may have, in MiB. @default 2048 */
    readonly memoryMib?: number;
    /** The file that the thread runs. @default documentEntry.cjs */
    readonly entry?: string;
}

/**
 * Reads a grants document in a thread, which ends with it. The reading comes in pieces, and the next one is asked for
 * when one was taken in, so that timers run between them.
 *
 * The process stays alive while the document is read, and not because of the thread afterwards.
 *
 * @param bytes Handed over: the array is empty afterwards.
 * @throws `source-unreadable`, also where the thread takes too long, has too little memory, or ends; the signal's reason
 */
export function readInThread(bytes: Uint8Array<ArrayBuffer>, options: ThreadOptions): Promise<Reading> {
    const { limits, end: documentEnd = "known", signal, timeoutMs = 120_000 } = options;
    return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const task: ThreadTask = { bytes, limits, end: documentEnd };
        const worker = new Worker(options.entry ?? join(__dirname, "documentEntry.cjs"), {
            ...optionsOf(options),
            workerData: task,
            transferList: [bytes.buffer],
        });
        const stop = () => end(() => reject(signal?.reason));
        const timer = setTimeout(() => give(`it takes longer than ${timeoutMs / 1000} s to read`), timeoutMs);
        let isEnded = false;
        function end(settle: () => void): void {
            if (isEnded) return;
            isEnded = true;
            clearTimeout(timer);
            signal?.removeEventListener("abort", stop);
            settle();
            void worker.terminate();
        }
        const give = (problem: string, cause?: unknown) =>
            end(() => reject(coded("source-unreadable", problem, { cause })));
        const take = takingPieces();

        signal?.addEventListener("abort", stop);
        worker.on("message", (answer: ThreadAnswer) => {
            if ("failure" in answer) end(() => reject(coded(answer.failure.code, answer.failure.message)));
            else if ("bug" in answer) end(() => reject(new Error(answer.bug)));
            else {
                const reading = take(answer.piece);
                if (reading === undefined) worker.postMessage("next");
                else end(() => resolve(reading));
            }
        });
        worker.on("error", (error) => give(problemOf(error, options), error));
        worker.on("exit", () => give("the thread that reads it ended before there was an answer"));
        worker.postMessage("next");
    });
}

const MEMORY_MIB = 2048;

/** Without this process's own preloads and options, which a path in them may tie to another folder. */
function optionsOf({ memoryMib = MEMORY_MIB }: ThreadOptions): WorkerOptions {
    return { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: memoryMib }, name: "zonekeeper document" };
}

function problemOf(error: Error & { readonly code?: unknown }, { memoryMib = MEMORY_MIB }: ThreadOptions): string {
    return error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? `it takes more than ${memoryMib} MiB of memory to read`
        : `the thread that reads it failed: ${error.message.split("\n", 1)[0]}`;
}

/** Puts a reading together; the function gives it once the last piece came. */
function takingPieces(): (piece: string) => Reading | undefined {
    const grants: Grant[] = [];
    const unusable: Unusable[] = [];
    return (text) => {
        const piece = JSON.parse(text) as Piece;
        for (const grant of piece.grants) grants.push(grant);
        for (const entry of piece.unusable) unusable.push(entry);
        return piece.isLast ? { grants, unusable } : undefined;
    };
}
