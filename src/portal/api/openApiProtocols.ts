import { DEVICE_GRANT } from "../../core/portal/deviceGrant";

type Json = Readonly<Record<string, unknown>>;

export const PROBLEM = {
    description: "A problem document (RFC 9457)",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** The answers of a call by the names of their schemas; whatever else happens is a problem document. */
export function answers(byStatus: Readonly<Record<number, string>>) {
    const named = Object.entries(byStatus).map(([status, name]) => [
        status,
        { description: name, content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } } },
    ]);
    return { ...Object.fromEntries(named), default: PROBLEM };
}

const text = { type: "string" };
const IGNORED = { description: "Ignored" };
const NOBODY: readonly Json[] = [];
const PAGE = { description: "A page", content: { "text/html": { schema: text } } };
const LEADS = { description: "Leads to another page" };

const OAUTH_ERROR = {
    description: "An error of OAuth 2.0, or a problem document where the body cannot be read",
    content: { "application/json": { schema: { $ref: "#/components/schemas/OAuthError" } }, ...PROBLEM.content },
};

function form(properties: Json, required: readonly string[] = []) {
    const schema = { type: "object", properties, ...(required.length > 0 && { required }) };
    const content = { "application/x-www-form-urlencoded": { schema }, "application/json": { schema } };
    return { requestBody: { content, ...(required.length > 0 && { required: true }) } };
}

/** For a browser: its answers are pages. */
function page(summary: string, responses: Json, more: Json = {}) {
    return { summary, security: NOBODY, ...more, responses: { ...responses, default: PROBLEM } };
}

const query = (name: string) => ({ name, in: "query", schema: text });

const STANDBY = {
    name: "standby",
    in: "query",
    schema: { enum: ["ok"] },
    description: "ok: whether the process can serve, whatever the agents do",
};

const DEVICE_PATHS: Json = {
    "/device_authorization": {
        post: {
            summary: "Begins the device flow (RFC 8628)",
            security: NOBODY,
            ...form({ client_id: IGNORED, scope: IGNORED }),
            responses: answers({ 200: "DeviceAuthorization" }),
        },
    },
    "/token": {
        post: {
            summary: "The token of a device whose code was approved",
            security: NOBODY,
            ...form({ grant_type: { const: DEVICE_GRANT }, device_code: text, client_id: IGNORED }, [
                "grant_type",
                "device_code",
            ]),
            responses: { ...answers({ 200: "Token" }), 400: OAUTH_ERROR },
        },
    },
    "/device": {
        get: page("Asks the person whether a device is theirs", { 200: PAGE }, { parameters: [query("user_code")] }),
        post: page(
            "Lets a device in, or refuses it",
            { 200: PAGE },
            {
                security: [{ cookie: [] }],
                ...form({ _csrf: text, user_code: text, decision: { enum: ["allow", "deny"] } }),
            },
        ),
    },
};

const LOGIN_PATHS: Json = {
    "/": { get: page("The portal's page, or a button to sign in", { 200: PAGE }) },
    "/login": {
        get: page("Begins a sign-in at the OpenID provider", { 303: LEADS }, { parameters: [query("return")] }),
        post: page("The same, from the portal's own page: what is granted at sign-in is granted after it", {
            303: LEADS,
        }),
    },
    "/callback": {
        get: page(
            "Where the OpenID provider leads back to",
            { 303: LEADS },
            {
                parameters: [query("code"), query("state"), query("iss"), query("error")],
            },
        ),
    },
    "/logout": {
        post: page(
            "Ends the session, here and at the OpenID provider",
            { 303: LEADS },
            {
                security: [{ cookie: [] }],
                ...form({ _csrf: text }),
            },
        ),
    },
    "/backchannel-logout": {
        post: {
            summary: "OpenID Connect Back-Channel Logout 1.0",
            security: NOBODY,
            ...form({ logout_token: text }, ["logout_token"]),
            responses: { 200: { description: "The sessions have ended" }, 400: OAUTH_ERROR, default: PROBLEM },
        },
    },
    "/global-token-revocation": {
        post: {
            summary: "Ends the sessions of a person; the bearer token is a JWT of the OpenID provider",
            security: [{ provider: [] }],
            requestBody: {
                required: true,
                content: { "application/json": { schema: { $ref: "#/components/schemas/Subject" } } },
            },
            responses: { 204: { description: "The sessions have ended" }, default: PROBLEM },
        },
    },
};

const PROBE_PATHS: Json = {
    "/healthz": {
        get: { summary: "Whether the process lives", security: NOBODY, responses: answers({ 200: "Alive" }) },
    },
    "/readyz": {
        get: {
            summary: "Whether the portal can do its work, and an agent confirms what it grants",
            security: NOBODY,
            parameters: [STANDBY],
            responses: answers({ 200: "Ready", 503: "Ready" }),
        },
    },
    "/metrics": {
        get: {
            summary: "Metrics for Prometheus",
            security: NOBODY,
            responses: {
                200: { description: "Metrics", content: { "text/plain": { schema: text } } },
                default: PROBLEM,
            },
        },
    },
    "/api/v1/openapi.json": {
        get: {
            summary: "This document",
            security: NOBODY,
            responses: { 200: { description: "OpenAPI 3.1", content: { "application/json": {} } }, default: PROBLEM },
        },
    },
};

/** What is not the REST API: the page, the sign-in, the device flow, what the OpenID provider calls, and the probes. */
export const PROTOCOL_PATHS: Json = { ...LOGIN_PATHS, ...DEVICE_PATHS, ...PROBE_PATHS };
