import type { CodeRow } from "./codeRow";
import { CODES, type CodeName } from "./codeTable";

/** An error with its code and message. */
export interface CodedMessage {
    /** Such as `ZK102`; see docs/errors. */
    readonly code: CodeRow["code"];
    readonly message: string;
}

/** The row of a name. Every `Code` of an error is one. */
export function codeNamed(name: CodeName): CodeRow {
    return rowNamed(name) as CodeRow;
}

/**
 * The stable code of an error and its message. An error whose `code` is no name
 * of the table is a bug, `ZK001`.
 *
 *   codeOf(error)   // { code: "ZK101", message: "GET /api/v1/zones/nzo1: 401 …" }
 */
export function codeOf(error: unknown): CodedMessage {
    const name = (error as { code?: unknown } | null | undefined)?.code;
    const message = error instanceof Error ? error.message : String(error);
    const { code } = rowNamed(name) ?? codeNamed("failed");
    return { code, message };
}

/** The message of an error with its code: `the source is empty [ZK002]`. */
export function sentenceOf(error: unknown): string {
    const { code, message } = codeOf(error);
    return `${message} [${code}]`;
}

/** Whether the error is one of the table, and so has a code of its own. */
export function hasRow(error: unknown): boolean {
    return rowNamed((error as { code?: unknown } | null | undefined)?.code) !== undefined;
}

function rowNamed(name: unknown): CodeRow | undefined {
    return CODES.find((row) => row.name === name);
}
