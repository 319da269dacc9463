import { codeOf, sentenceOf } from "../../core/errors/codes";
import { hasCode } from "../../core/errors/errors";
import { oneLine, printable } from "../../core/errors/quote";
import { coloured, isColoured } from "./colour";
import { openProgress } from "./progress";

/** What a command may touch of the process it runs in. */
export interface Terminal {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Relative paths hang on it. */
    readonly directory: string;
    /** How many characters a line of help has. @default that of the process's terminal, or 80 */
    readonly width?: number;
    /** What `-` reads. @default nothing */
    readonly stdin?: AsyncIterable<Uint8Array>;
    /** Results: text for people, or one JSON document. */
    out(text: string): void;
    /** Progress and failures. */
    err(text: string): void;
    /** Shows that something is going on, once it takes more than a second; the function that it gives ends that. @default never */
    begin?(what: string): () => void;
}

/** Exit statuses, as the README lists them. */
export const STATUS = { done: 0, failed: 1, wrong: 2, refused: 3, changes: 4 } as const;

export const processTerminal: Terminal = {
    env: process.env,
    directory: process.cwd(),
    get stdin() {
        return process.stdin;
    },
    ...writers(process),
};

/** Where a process writes: with its control characters escaped, and to a terminal in colour and with a line of progress. */
export function writers({ stdout, stderr, env }: Pick<NodeJS.Process, "stdout" | "stderr" | "env">): Writers {
    const progress = openProgress({
        write: (text) => void stderr.write(text),
        every(ms, call) {
            const timer = setInterval(call, ms);
            timer.unref();
            return () => clearInterval(timer);
        },
    });
    const say = (stream: NodeJS.WriteStream) => {
        const dress = isColoured(stream, env) ? coloured : (text: string) => text;
        return (text: string) => {
            progress.clear();
            stream.write(`${dress(printable(text))}\n`);
        };
    };
    const isSeen = stderr.isTTY === true && env.TERM !== "dumb";
    return { out: say(stdout), err: say(stderr), ...(isSeen && { begin: progress.begin }) };
}

type Writers = Pick<Terminal, "out" | "err" | "begin">;

/**
 * Tells of a failure in a sentence that ends with its stable code, never a
 * stack, and as JSON where that was asked for:
 * `{"code":"ZK002","error":{"code":"bad-input","message":"…"}}`.
 *
 * @returns the exit status
 */
export function reportFailure(error: unknown, terminal: Terminal, isJson = false): number {
    const { code, message } = codeOf(error);
    const name = (error as { code?: unknown } | null)?.code;
    terminal.err(`zonekeeper: ${oneLine(sentenceOf(error))}`);
    if (isJson) {
        terminal.out(JSON.stringify({ code, error: { code: typeof name === "string" ? name : "failed", message } }));
    }
    return hasCode(error, "bad-input", "bad-range", "group-unfit") ? STATUS.wrong : STATUS.failed;
}
