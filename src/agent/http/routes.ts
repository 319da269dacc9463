/** One route of the agent, as `docs/reference/http-api.md` lists it. */
export interface RouteRow {
    readonly method: "GET" | "POST" | "DELETE";
    /** With `:name` for a part that varies. */
    readonly path: string;
    /**
     * Who may call: any client; clients with the token, and on loopback any client; only clients with the token;
     * signers of the body.
     */
    readonly caller: "anybody" | "reader" | "token" | "signature";
    readonly meaning: string;
    /** Query parameters or fields of the JSON body, with what each means. */
    readonly takes?: Readonly<Record<string, string>>;
    /** What each status of an answer means; 429 is in the text above the table. */
    readonly answers: Readonly<Record<number, string>>;
}

const MEMBERSHIP = { membership: "the name of one membership; left out: all of them" };
const STANDBY = "this agent stands by";
const NO_MEMBERSHIP = "there is no such membership";

/** Every route of the agent's HTTP server, in the order of the reference page. */
export const ROUTES: readonly RouteRow[] = [
    {
        method: "GET",
        path: "/",
        caller: "reader",
        meaning: "The status page, in HTML.",
        takes: {
            ...MEMBERSHIP,
            address: "a login, an address or an IP chain: why it is inside or not",
            okta: "`true`: with `address`, ask Okta as well",
            find: "only grants that contain this text",
            show: "which grants the list has",
            sort: "the column by which the list is ordered; with `-` before it, descending",
            times: "`utc`: times in UTC",
            page: "which page of the list",
        },
        answers: { 200: "the page", 404: NO_MEMBERSHIP },
    },
    {
        method: "GET",
        path: "/api/status",
        caller: "reader",
        meaning: "Zones, grants, source, rate limit, held removals and the last error, in JSON.",
        takes: { grants: "`all` (default), `active` or `none`: which grants are listed", ...MEMBERSHIP },
        answers: { 200: "the status", 400: "`grants` is something else", 404: NO_MEMBERSHIP },
    },
    {
        method: "GET",
        path: "/api/why",
        caller: "reader",
        meaning: "Why a person, an address or an IP chain is inside or not, as `zonekeeper why --json` prints it.",
        takes: { subject: "a login, an address or an IP chain", ...MEMBERSHIP, okta: "`true`: ask Okta as well" },
        answers: { 200: "the answer", 400: "`subject` is none of these", 404: NO_MEMBERSHIP, 503: STANDBY },
    },
    {
        method: "GET",
        path: "/events",
        caller: "reader",
        meaning:
            "Server-sent events: `told` with `{at, type, text}` for each event, and `beat` with `{at}` every 15 seconds.",
        answers: { 200: "a stream", 503: "32 streams are open already" },
    },
    {
        method: "GET",
        path: "/healthz",
        caller: "anybody",
        meaning: "Whether the process answers.",
        answers: { 200: "it does" },
    },
    {
        method: "GET",
        path: "/readyz",
        caller: "anybody",
        meaning: "Whether the last reconciliation is in force and fresh. The body has the reasons if it is not.",
        takes: { standby: "`ok`: ask only whether the process can serve", ...MEMBERSHIP },
        answers: { 200: "it is", 404: NO_MEMBERSHIP, 503: "it is not, or this agent stands by" },
    },
    {
        method: "GET",
        path: "/metrics",
        caller: "anybody",
        meaning: "[Metrics](metrics.md) in the format of Prometheus.",
        answers: { 200: "the metrics" },
    },
    {
        method: "POST",
        path: "/hooks/grants",
        caller: "signature",
        meaning: "A delivery for a source of type [webhook](sources.md#webhook), at most 32 MiB.",
        takes: { membership: "which source takes it, if several sources take deliveries" },
        answers: {
            200: "accepted and kept",
            400: "a header or the body is wrong",
            401: "the signature or its time is wrong",
            404: "no source of this agent is a webhook",
            408: "the body did not arrive in time",
            413: "the body is too large",
            503: "send it again: too many long bodies, or this agent cannot keep it",
        },
    },
    {
        method: "POST",
        path: "/api/confirm",
        caller: "token",
        meaning: "Releases held removals.",
        takes: {
            held: "the list that the caller saw; left out: what is held now",
            by: "who confirms, for the ledger",
            reason: "why, for the ledger",
            ...MEMBERSHIP,
        },
        answers: {
            200: "`{confirmed: […]}`",
            303: "the same, for the form of the status page",
            400: "the body is wrong",
            401: "the token is wrong or missing",
            403: "the agent has no token, or another site sent the form",
            404: NO_MEMBERSHIP,
            409: "nothing is held, or not what the caller saw",
            503: STANDBY,
        },
    },
    {
        method: "GET",
        path: "/api/deny",
        caller: "reader",
        meaning: "Lists the denials in force.",
        answers: { 200: "`{denials: […]}`" },
    },
    {
        method: "POST",
        path: "/api/deny",
        caller: "token",
        meaning: "Denies a user, an address or a grant at once, above every source; never held, kept over restarts.",
        takes: {
            "user, address, grant": "one of these: what is denied",
            until: "when the denial ends, RFC 3339; left out: never",
            by: "who denies, for the ledger",
            reason: "why, for the ledger; left out: no reason given",
        },
        answers: {
            200: "it was denied already, with the same end and reason",
            201: "denied; the body has its `id`, and a `note` where no grant that is known matches",
            202: "denied, but this agent stands by: tell the agent that leads as well, unless they share the state folder",
            400: "the body is wrong",
            401: "the token is wrong or missing",
            403: "the agent has no token",
            409: "there are 1,000 denials already",
            500: "denied, but not written to disk: a restart would forget it",
        },
    },
    {
        method: "DELETE",
        path: "/api/deny/:id",
        caller: "token",
        meaning: "Lifts a denial.",
        takes: { by: "who lifts it, for the ledger", reason: "why, for the ledger" },
        answers: {
            200: "lifted",
            202: "lifted, but this agent stands by",
            400: "the body is wrong",
            401: "the token is wrong or missing",
            403: "the agent has no token",
            404: "there is no such denial",
            500: "not lifted, as it could not be written to disk",
        },
    },
    {
        method: "GET",
        path: "/errors/:code",
        caller: "reader",
        meaning: "What an error code means and what to do, in HTML.",
        answers: { 200: "the page", 404: "there is no such code" },
    },
];

/** The paths without a part that varies, each once. */
export const PATHS: readonly string[] = [...new Set(ROUTES.map(({ path }) => path))].filter(
    (path) => !path.includes(":"),
);

/** The methods that a path takes, HEAD excepted. */
export function methodsOf(path: string): readonly RouteRow["method"][] {
    const matches = (pattern: string) => new RegExp(`^${pattern.replace(/:\w+/g, "[^/]+")}$`).test(path);
    return ROUTES.filter((route) => matches(route.path)).map(({ method }) => method);
}
