import { hasRow, sentenceOf } from "../../src/core/errors/codes";

/** An error as one sentence for people: its message, without a stack, and with its stable code where it has one. */
export function reasonOf(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    return hasRow(error) && !/\[ZK\d{3}\]$/.test(message) ? sentenceOf(error) : message;
}
