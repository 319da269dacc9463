import type { FastifyInstance } from "fastify";
import { z } from "zod";

import type { PortalContext } from "../context";
import { changeBody, decisionBody, emptyBody, grantBody } from "./bodies";

type Json = Readonly<Record<string, unknown>>;

/** `GET /api/v1/openapi.json`: OpenAPI 3.1, made from the schemas by which bodies are read. */
export function addOpenApi(app: FastifyInstance, { settings, version }: PortalContext): void {
    const document = openApiOf(settings.url, version);
    app.get("/api/v1/openapi.json", async () => document);
}

export function openApiOf(url: string, version: string): Json {
    return {
        openapi: "3.1.0",
        info: { title: "Zonekeeper portal", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
        servers: [{ url }],
        security: [{ bearer: [] }, { cookie: [] }],
        paths: {
            "/api/v1/me": { get: read("The caller, their address, accesses, grants and requests", "Me") },
            "/api/v1/grants": {
                get: read("The caller's grants, newest first", "Grants", [ALL]),
                post: {
                    ...write("Grants access, or requests it", grantBody, { 201: "Grant", 202: "Request" }),
                    parameters: [IDEMPOTENCY],
                },
            },
            "/api/v1/grants/{id}": {
                parameters: [ID],
                patch: write("Sets the duration from the start, or adds the present address", changeBody, {
                    200: "Grant",
                    202: "Request",
                }),
                delete: { summary: "Ends a grant", responses: answers({ 200: "Grant" }) },
            },
            "/api/v1/grants/{id}/sign-off": {
                parameters: [ID],
                post: write("Closes the review of a break-glass grant", emptyBody, { 200: "Grant" }),
            },
            "/api/v1/requests": { get: read("The caller's requests, newest first", "Requests", [ALL]) },
            "/api/v1/requests/{id}": {
                parameters: [ID],
                post: write("Decides about a request", decisionBody, { 200: "Request" }),
            },
            "/api/v1/people/{id}/revoke": {
                parameters: [ID],
                post: write("Ends all access of a person", emptyBody, { 200: "Revoked" }),
            },
            "/api/v1/events": {
                get: {
                    summary: "Server-sent events: open and change, each with grants and requests",
                    responses: {
                        200: { description: "A stream", content: { "text/event-stream": {} } },
                        default: PROBLEM,
                    },
                },
            },
        },
        components: {
            securitySchemes: {
                bearer: { type: "http", scheme: "bearer" },
                cookie: {
                    type: "apiKey",
                    in: "cookie",
                    name: url.startsWith("https:") ? "__Host-zonekeeper" : "zonekeeper",
                },
            },
            schemas: SCHEMAS,
        },
    };
}

const text = { type: "string" };
const moment = { type: "string", format: "date-time" };
const texts = { type: "array", items: text };
const flag = { type: "boolean" };
const object = (properties: Json, required: readonly string[]) => ({ type: "object", properties, required });
const listOf = (name: string) => ({ type: "array", items: { $ref: `#/components/schemas/${name}` } });

const STATES = ["scheduled", "pending", "accepted", "effective", "waiting", "leaving", "ended", "refused"];

const SCHEMAS: Json = {
    Grant: object(
        {
            id: text,
            access: text,
            user: text,
            addresses: texts,
            startsAt: moment,
            expiresAt: moment,
            state: { enum: STATES },
            confirmed: { type: "boolean", description: "Whether an agent has said so within the last minute" },
            acceptedAt: moment,
            effectiveAt: moment,
            reason: text,
            ticket: text,
            breakGlass: flag,
            requestId: text,
        },
        ["id", "access", "addresses", "startsAt", "expiresAt", "state"],
    ),
    Request: object(
        {
            id: text,
            access: text,
            user: text,
            address: text,
            duration: text,
            startsAt: moment,
            reason: text,
            ticket: text,
            createdAt: moment,
            decideBy: moment,
            state: { enum: ["waiting", "approved", "denied", "withdrawn", "expired"] },
            approvals: { type: "array", items: object({ user: text, name: text, at: moment }, ["user", "at"]) },
            approvalsNeeded: { type: "integer" },
            grant: text,
            requestId: text,
        },
        ["id", "access", "address", "duration", "createdAt", "decideBy", "state", "approvals"],
    ),
    Access: object(
        {
            name: text,
            title: text,
            duration: object({ default: text, max: text, extendable: flag }, ["default", "max", "extendable"]),
            reason: { enum: ["required", "optional", "none"] },
            ticket: { type: ["string", "null"] },
            approval: { type: ["object", "null"] },
            breakGlass: { type: ["object", "null"] },
        },
        ["name", "title", "duration", "reason", "ticket", "approval", "breakGlass"],
    ),
    Me: object(
        {
            user: text,
            groups: texts,
            address: text,
            accesses: listOf("Access"),
            grants: listOf("Grant"),
            requests: listOf("Request"),
        },
        ["address", "accesses", "grants", "requests"],
    ),
    Grants: object({ grants: listOf("Grant") }, ["grants"]),
    Requests: object({ requests: listOf("Request") }, ["requests"]),
    Revoked: object({ user: text, grants: texts, requests: texts, sessions: { type: "integer" } }, ["user", "grants"]),
    Problem: object(
        { type: { type: "string", format: "uri" }, title: text, status: { type: "integer" }, detail: text, code: text },
        ["type", "title", "status", "detail", "code"],
    ),
};

const PROBLEM = {
    description: "A problem document (RFC 9457)",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const ID = { name: "id", in: "path", required: true, schema: { type: "string", maxLength: 320 } };
const ALL = { name: "all", in: "query", schema: { type: "boolean" }, description: "Those that the caller may see" };
const IDEMPOTENCY = { name: "Idempotency-Key", in: "header", schema: { type: "string", maxLength: 200 } };

function answers(byStatus: Readonly<Record<number, string>>) {
    const named = Object.entries(byStatus).map(([status, name]) => [
        status,
        { description: name, content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } } },
    ]);
    return { ...Object.fromEntries(named), default: PROBLEM };
}

function read(summary: string, name: string, parameters: readonly Json[] = []) {
    return { summary, ...(parameters.length > 0 && { parameters }), responses: answers({ 200: name }) };
}

function write(summary: string, schema: z.ZodType, byStatus: Readonly<Record<number, string>>) {
    const { $schema: _, ...body } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    const content = { "application/json": { schema: body }, "application/x-www-form-urlencoded": { schema: body } };
    return { summary, requestBody: { content }, responses: answers(byStatus) };
}
