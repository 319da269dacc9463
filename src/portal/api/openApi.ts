import type { FastifyInstance } from "fastify";
import { z } from "zod";

import type { PortalContext } from "../context";
import { changeBody, decisionBody, emptyBody, grantBody } from "./bodies";
import { answers, PROBLEM, PROTOCOL_PATHS } from "./openApiProtocols";
import { SCHEMAS } from "./openApiSchemas";

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
            ...API_PATHS,
            ...PROTOCOL_PATHS,
        },
        components: {
            securitySchemes: {
                bearer: { type: "http", scheme: "bearer" },
                provider: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
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

const ID = { name: "id", in: "path", required: true, schema: { type: "string", maxLength: 320 } };
const ALL = {
    name: "all",
    in: "query",
    schema: { enum: ["true", "false"] },
    description: "true: for approvers those of their accesses, for admins all",
};
const IDEMPOTENCY = {
    name: "Idempotency-Key",
    in: "header",
    schema: { type: "string", pattern: "^[!-~]{1,200}$" },
    description: "What comes again with the key of before gets the answer of before",
};

function read(summary: string, name: string, parameters: readonly Json[] = []) {
    return { summary, ...(parameters.length > 0 && { parameters }), responses: answers({ 200: name }) };
}

function write(summary: string, schema: z.ZodType, byStatus: Readonly<Record<number, string>>) {
    const { $schema: _, ...body } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    const content = { "application/json": { schema: body }, "application/x-www-form-urlencoded": { schema: body } };
    const isRequired = schema !== emptyBody;
    return { summary, requestBody: { content, ...(isRequired && { required: true }) }, responses: answers(byStatus) };
}

/** The calls of the API. */
const API_PATHS: Json = {
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
        patch: {
            ...write("Sets the duration from the start, or adds the present address", changeBody, {
                200: "Grant",
                202: "Request",
            }),
            parameters: [IDEMPOTENCY],
        },
        delete: { summary: "Ends a grant", responses: answers({ 200: "Grant" }) },
    },
    "/api/v1/grants/{id}/sign-off": {
        parameters: [ID],
        post: {
            ...write("Closes the review of a break-glass grant", emptyBody, { 200: "Grant" }),
            parameters: [IDEMPOTENCY],
        },
    },
    "/api/v1/requests": { get: read("The caller's requests, newest first", "Requests", [ALL]) },
    "/api/v1/requests/{id}": {
        parameters: [ID],
        post: { ...write("Decides about a request", decisionBody, { 200: "Request" }), parameters: [IDEMPOTENCY] },
    },
    "/api/v1/people/{id}/revoke": {
        parameters: [ID],
        post: { ...write("Ends all access of a person", emptyBody, { 200: "Revoked" }), parameters: [IDEMPOTENCY] },
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
};
