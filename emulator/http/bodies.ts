import type { FastifyRequest } from "fastify";

import { refuse } from "./errors";
import { parseJson } from "./http";

/** A body as JSON, or as a form where it says so; another type of content is refused. */
export function readBody(text: string, { headers }: FastifyRequest): unknown {
    const type = headers["content-type"] ?? "";
    if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
    if (text !== "" && !type.startsWith("application/json")) {
        refuse(
            400,
            "E0000019",
            "Bad request. Accept and/or Content-Type headers likely do not match supported values.",
        );
    }
    return parseJson(text);
}

/** What a form may hold that nobody else may have. */
const SECRETS = ["client_assertion", "client_secret", "code", "code_verifier", "refresh_token", "token"];

/** What is written down of a body: never a credential. */
export function bodyToKeep(text: string, { headers }: FastifyRequest): unknown {
    if (text === "") return undefined;
    if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
        return Object.fromEntries([...new URLSearchParams(text)].filter(([name]) => !SECRETS.includes(name)));
    }
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
