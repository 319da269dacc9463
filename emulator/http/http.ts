import type { FastifyReply, FastifyRequest } from "fastify";

import { type Document, documentOf, isDocument } from "../state/document";
import { refuse } from "./errors";
import type { Page } from "./paging";

/** Who calls: the owner of an API token, or a service app. */
export interface Caller {
    readonly userId?: string;
    readonly tokenId?: string;
    readonly clientId?: string;
}

export type Query = Readonly<Record<string, unknown>>;

/** The parts of the path that a route names. */
export function paramsOf(request: FastifyRequest): { readonly id: string; readonly other: string } {
    const { id = "", other = "" } = request.params as { id?: string; other?: string };
    return { id, other };
}

export function queryOf(request: FastifyRequest): Query {
    return request.query as Query;
}

/** The JSON object that was sent. */
export function bodyOf({ body }: FastifyRequest): Document {
    return isDocument(body) ? body : notWellFormed();
}

/** The value of a field such as `profile.login`. */
export function valueAt(document: Document, field: string): unknown {
    return field.split(".").reduce<unknown>((value, name) => documentOf(value)[name], document);
}

/** Answers with a page; each of its links is a header line of its own. */
export function sendPage(reply: FastifyReply, { items, links }: Page<unknown>): FastifyReply {
    return reply.header("link", links).send(items);
}

/** The text as JSON; nothing at all is undefined. */
export function parseJson(text: string): unknown {
    if (text.trim() === "") return undefined;
    try {
        return JSON.parse(text);
    } catch {
        return notWellFormed();
    }
}

function notWellFormed(): never {
    return refuse(400, "E0000003", "The request body was not well-formed.");
}
