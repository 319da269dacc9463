import { join } from "node:path";
import { Worker, type WorkerOptions } from "node:worker_threads";

import { coded } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Reading } from "../../core/grants/grantsDocument";
import { openAssembly, type ThreadAnswer, type ThreadTask } from "./documentPieces";
import type { DocumentEnd } from "./documentText";

export interface ThreadOptions {
    /** Ends the thread. */
    readonly signal?: AbortSignal;
    /** The longest that the thread works on one document. @default 120_000 */
    readonly timeoutMs?: number;
    /** The most memory that it may have, in MiB. @default 2048 */
    readonly memoryMib?: number;
    /** The file that the thread runs. @default documentEntry.cjs */
    readonly entry?: string;
}

export interface ReadInThreadOptions extends ThreadOptions {
    readonly limits: DocumentLimits;
    /** See readText. @default "known" */
    readonly end?: DocumentEnd;
}

/**
 * Reads a grants document in a thread.
 *
 * @param bytes Handed over: the array is empty afterwards.
 * @throws what inThread throws
 */
export async function readInThread(
    bytes: Uint8Array<ArrayBuffer>,
    { limits, end = "known", ...options }: ReadInThreadOptions,
): Promise<Reading> {
    return (await inThread({ bytes, limits, end, longestItem: undefined }, bytes.buffer, options)) as Reading;
}

export interface ParseInThreadOptions extends ThreadOptions {
    /** The longest entry of a list, and the most text outside the lists, in characters. @default no limit */
    readonly longestItem?: number;
    /** See parseBody. @default any */
    readonly deepest?: number;
}

/**
 * Parses the body of a delivery in a thread, as parseBody does.
 *
 * @param bytes Handed over: the array is empty afterwards.
 * @throws `bad-input` that says what is wrong with it; what inThread throws
 */
export function parseInThread(
    bytes: Uint8Array<ArrayBuffer>,
    { longestItem, deepest = Infinity, ...options }: ParseInThreadOptions = {},
): Promise<unknown> {
    return inThread({ bytes, longestItem, deepest }, bytes.buffer, options);
}

/**
 * Does a task in a thread, which ends afterwards. The result comes in pieces, and each piece is requested when the
 * previous one was taken in, so that timers run between them.
 *
 * The thread keeps the process alive until the task is done, and not longer.
 *
 * @throws `source-unreadable`, also where the thread takes too long, has too little memory, or ends; the signal's reason
 */
function inThread(task: ThreadTask, buffer: ArrayBuffer, options: ThreadOptions): Promise<unknown> {
    const { signal, timeoutMs = 120_000 } = options;
    return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const worker = new Worker(options.entry ?? join(__dirname, "documentEntry.cjs"), {
            ...optionsOf(options),
            workerData: task,
            transferList: [buffer],
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
        const assembly = openAssembly();

        signal?.addEventListener("abort", stop);
        worker.on("message", (answer: ThreadAnswer) => {
            if (isEnded) return;
            if ("failure" in answer) return end(() => reject(coded(answer.failure.code, answer.failure.message)));
            if ("bug" in answer) return end(() => reject(new Error(answer.bug)));
            assembly.take(answer.piece);
            if (answer.isLast) end(() => resolve(assembly.value()));
            // Deferred: a port delivers messages that arrive during a delivery at once, so that timers would not run.
            else setImmediate(() => worker.postMessage("next"));
        });
        worker.on("error", (error) => give(problemOf(error, options), error));
        worker.on("exit", () => give("the thread that reads it ended before there was an answer"));
        worker.postMessage("next");
    });
}

const MEMORY_MIB = 2048;

/** Without the preloads and options of this process, whose paths may be relative to another folder. */
function optionsOf({ memoryMib = MEMORY_MIB }: ThreadOptions): WorkerOptions {
    return { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: memoryMib }, name: "zonekeeper document" };
}

function problemOf(error: Error & { readonly code?: unknown }, { memoryMib = MEMORY_MIB }: ThreadOptions): string {
    return error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? `it takes more than ${memoryMib} MiB of memory to read`
        : `the thread that reads it failed: ${error.message.split("\n", 1)[0]}`;
}
