type Json = Readonly<Record<string, unknown>>;

const text = { type: "string" };
const moment = { type: "string", format: "date-time" };
const texts = { type: "array", items: text };
const flag = { type: "boolean" };
const object = (properties: Json, required: readonly string[]) => ({ type: "object", properties, required });
const listOf = (name: string) => ({ type: "array", items: { $ref: `#/components/schemas/${name}` } });

const STATES = ["scheduled", "pending", "accepted", "effective", "waiting", "leaving", "ended", "refused"];

export const SCHEMAS: Json = {
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
    DeviceAuthorization: object(
        {
            device_code: text,
            user_code: text,
            verification_uri: text,
            verification_uri_complete: text,
            expires_in: { type: "integer", description: "Seconds" },
            interval: { type: "integer", description: "Seconds" },
        },
        ["device_code", "user_code", "verification_uri", "expires_in", "interval"],
    ),
    Token: object(
        {
            access_token: text,
            token_type: { const: "Bearer" },
            expires_in: { type: "integer", description: "Seconds" },
        },
        ["access_token", "token_type", "expires_in"],
    ),
    Subject: object(
        {
            sub_id: {
                oneOf: [
                    object({ format: { const: "iss_sub" }, iss: text, sub: text }, ["format", "iss", "sub"]),
                    object({ format: { const: "email" }, email: text }, ["format", "email"]),
                ],
            },
        },
        ["sub_id"],
    ),
    OAuthError: object({ error: text, error_description: text }, ["error"]),
    Alive: object({ isAlive: flag }, ["isAlive"]),
    Ready: object({ isReady: flag, reasons: texts }, ["isReady", "reasons"]),
    Problem: object(
        { type: { type: "string", format: "uri" }, title: text, status: { type: "integer" }, detail: text, code: text },
        ["type", "title", "status", "detail", "code"],
    ),
};
