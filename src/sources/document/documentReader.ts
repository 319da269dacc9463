import { parentPort, workerData } from "node:worker_threads";

import { type Code, fail, isCoded } from "../../core/errors/errors";
import { piecesOf, type ThreadAnswer, type ThreadTask } from "./documentPieces";
import { readText } from "./documentText";
import { parseBody } from "./json";

/**
 * The main function of the thread of documentThread: does its task, and answers each message with a piece of the
 * result.
 */
export function answerInPieces(): void {
    const pieces = start(workerData as ThreadTask);
    // The first message is answered with the error; until then it must not end the thread.
    pieces.catch(() => {});
    parentPort?.on("message", () => void answerNext(pieces));
}

async function answerNext(pieces: Promise<() => ThreadAnswer>): Promise<void> {
    parentPort?.postMessage(await pieces.then((next) => next()).catch(failureOf));
}

/** @returns a function that returns the next piece at each call */
async function start(task: ThreadTask): Promise<() => ThreadAnswer> {
    const { longestItem = Infinity } = task;
    const onLong = (what: string) => fail("bad-input", `${what} is longer than ${Math.round(longestItem / 1024)} KiB`);
    const pieces = piecesOf(await resultOf(task), longestItem, onLong);
    let following = pieces.next();
    return () => {
        const { value: piece = "null" } = following;
        following = pieces.next();
        return { piece, isLast: following.done === true };
    };
}

function resultOf(task: ThreadTask): unknown {
    if (task.limits !== undefined) return readText(task.bytes, task.limits, task.end);
    return parseBody(task.bytes, task.deepest);
}

function failureOf(error: unknown): ThreadAnswer {
    if (error instanceof RangeError) {
        return { failure: { code: "source-unreadable", message: "it is nested too deep, or too long" } };
    }
    if (!isCoded(error)) return { bug: String((error as Error).stack ?? error) };
    const { code, message } = error as Error & { readonly code: Code };
    return { failure: { code, message } };
}
