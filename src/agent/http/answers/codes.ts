import type { FastifyInstance } from "fastify";

import { codeNamed } from "../../../core/errors/codes";
import type { CodeName } from "../../../core/errors/codeTable";

/** The codes of answers that do not state one. */
const BY_STATUS: Readonly<Record<number, CodeName>> = {
    401: "agent-token",
    403: "agent-token",
    408: "agent-busy",
    429: "agent-busy",
    500: "failed",
    503: "agent-busy",
};

/**
 * Adds the stable code to each answer with an `error`, as `code`: the code that the answer names, the one at the end of its
 * sentence, or the one of its status; otherwise that of a wrong call.
 */
export function addCodes(app: FastifyInstance): void {
    app.addHook("preSerialization", async (_request, reply, payload) => withCode(payload, reply.statusCode));
}

export function withCode(body: unknown, status: number): unknown {
    if (typeof body !== "object" || body === null || !("error" in body) || "code" in body) return body;
    return { code: codeOf(String(body.error), status), ...body };
}

/** The same for a page, at the end of a line: `nothing is held [ZK002]`. */
export function codedSentence({ error, code }: { readonly error: string; readonly code?: string }, status: number) {
    return AT_END.test(error) ? error : `${error} [${code ?? codeOf(error, status)}]`;
}

const AT_END = /\[(ZK\d{3})\]$/;

function codeOf(error: string, status: number): string {
    return AT_END.exec(error)?.[1] ?? codeNamed(BY_STATUS[status] ?? "bad-input").code;
}
