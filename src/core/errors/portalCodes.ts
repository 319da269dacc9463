import type { CodeRow } from "./codeRow";

/** ZK8xx: the portal. */
export const PORTAL_CODES = [
    {
        code: "ZK801",
        name: "portal-sign-in",
        meaning: "The portal does not know who asks: there is no session or token, or it has ended.",
        remedy: "Sign in, or send a token of the device flow or a workload's own token.",
    },
    {
        code: "ZK802",
        name: "portal-not-allowed",
        meaning: "The person who asks may not do this.",
        remedy: "Ask an administrator of the portal to make you eligible, or ask for something that is offered to you.",
    },
    {
        code: "ZK803",
        name: "portal-foreign-form",
        meaning: "The portal was sent a form that its own page did not make, or a cookie together with a token.",
        remedy: "Load the page again and press the button there; programs send a bearer token and no cookie.",
    },
    {
        code: "ZK804",
        name: "portal-address",
        meaning: "The address of a visitor of the portal cannot be determined, or cannot be let in.",
        remedy: "Come by IPv4 and without a proxy that the portal does not know, or name the proxy in trustedProxies.",
    },
    {
        code: "ZK805",
        name: "portal-rules",
        meaning: "A field of a request to the portal is missing, or not as the access wants it.",
        remedy: "Correct the field that the message names.",
    },
    {
        code: "ZK806",
        name: "portal-conflict",
        meaning: "A request to the portal does not fit the current state of its grant or request.",
        remedy: "Load the page again and look at what has changed.",
    },
    {
        code: "ZK807",
        name: "portal-repeated",
        meaning: "A key or a token was used before, for something else.",
        remedy: "Use a new Idempotency-Key for each new request, and a new token for each grant.",
    },
    {
        code: "ZK808",
        name: "portal-missing",
        meaning: "The portal has no such grant, request or page for the person who asks.",
        remedy: "Check the address, or look at the list of grants or requests for the id.",
    },
    {
        code: "ZK809",
        name: "portal-unavailable",
        meaning: "The portal's store or its OpenID provider cannot be reached; nothing has changed.",
        remedy: "Try again; known grants stay in and end on time. To revoke meanwhile, use POST /api/deny at the agent.",
    },
    {
        code: "ZK810",
        name: "portal-sign-in-failed",
        meaning: "A sign-in at the portal did not come to its end, or is not believed.",
        remedy: "Begin the sign-in again at the portal; if it fails again, the message says what the provider got wrong.",
    },
    {
        code: "ZK811",
        name: "portal-busy",
        meaning: "The portal takes no more of this just now, and nothing has changed.",
        remedy: "Send it again after the time in the header Retry-After.",
    },
    {
        code: "ZK812",
        name: "portal-malformed",
        meaning: "A request to the portal cannot be read: its body, its type or its size.",
        remedy: "Send JSON or a form of at most 64 KiB, as the OpenAPI document has it.",
    },
] as const satisfies readonly CodeRow[];
