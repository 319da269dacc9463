import { codeNamed } from "../core/errors/codes";
import type { CodeName } from "../core/errors/codeTable";
import type { Refusal } from "../core/portal/refusal";

/** An answer other than success: a status, a code of the table, and a sentence. */
export interface Problem {
    readonly status: number;
    readonly code: CodeName;
    readonly sentence: string;
    readonly headers?: Readonly<Record<string, string>>;
}

/** Ends the handling of a request with a problem. */
export function refuse(status: number, code: CodeName, sentence: string, headers: Problem["headers"] = {}): never {
    throw asError({ status, code, sentence, headers });
}

export function asError(problem: Problem): Error {
    return Object.assign(new Error(problem.sentence), { problem });
}

/** The problem that an error carries, if it is one. */
export function problemOf(error: unknown): Problem | undefined {
    return (error as { readonly problem?: Problem } | null | undefined)?.problem;
}

/** The body of RFC 9457. `type` is a page of this portal. */
export function problemDocument({ status, code, sentence }: Problem, url: string) {
    const row = codeNamed(code);
    return { type: `${url}/errors/${row.code}`, title: row.meaning, status, detail: sentence, code: row.code };
}

const OF_REFUSAL: Readonly<Record<Refusal["why"], readonly [status: number, code: CodeName]>> = {
    "not-allowed": [403, "portal-not-allowed"],
    address: [409, "portal-address"],
    rules: [422, "portal-rules"],
    conflict: [409, "portal-conflict"],
};

/** What a decision against something answers. */
export function ofRefusal({ why, sentence }: Refusal): Problem {
    const [status, code] = OF_REFUSAL[why];
    return { status, code, sentence };
}
