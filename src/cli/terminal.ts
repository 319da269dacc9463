import { codeOf, sentenceOf } from "../core/errors/codes";
import { hasCode } from "../core/errors/errors";
import { printable } from "../core/errors/quote";

/** What a command may touch of the process it runs in. */
export interface Terminal {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Relative paths hang on it. */
    readonly directory: string;
    /** What `-` reads. @default nothing */
    readonly stdin?: AsyncIterable<Uint8Array>;
    /** Results: text for people, or one JSON document. */
    out(text: string): void;
    /** Progress and failures. */
    err(text: string): void;
}

/** Exit statuses, as the README lists them. */
export const STATUS = { done: 0, failed: 1, wrong: 2, refused: 3, changes: 4 } as const;

export const processTerminal: Terminal = {
    env: process.env,
    directory: process.cwd(),
    get stdin() {
        return process.stdin;
    },
    out: (text) => process.stdout.write(`${printable(text)}\n`),
    err: (text) => process.stderr.write(`${printable(text)}\n`),
};

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
    terminal.err(`zonekeeper: ${sentenceOf(error)}`);
    if (isJson) {
        terminal.out(JSON.stringify({ code, error: { code: typeof name === "string" ? name : "failed", message } }));
    }
    return hasCode(error, "bad-input", "bad-range") ? STATUS.wrong : STATUS.failed;
}
