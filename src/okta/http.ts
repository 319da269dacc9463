import { readFile as readFileFromDisk } from "node:fs/promises";
import type { Authorization, Sender } from "./credentials/authorization";
import { openAuthorization } from "./credentials/openAuthorization";
import { openSecrets } from "./credentials/secrets";
import type { Answer } from "./exchange/answer";
import type { Credential } from "./exchange/credential";
import { type Exchange, type ExchangeOptions, exchange } from "./exchange/exchange";
import { fieldsOf } from "./exchange/fields";
import { type RateLimit, rateLimitIn } from "./exchange/rateLimit";
import { refuse } from "./exchange/refusal";

export interface OktaHttpOptions {
    /** The org, and the credential; without one only `anonymous` requests can be made. */
    readonly connection: { readonly orgUrl: string; readonly credential?: Credential };
    readonly fetch: typeof globalThis.fetch;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Milliseconds of a monotonic clock. */
    readonly elapsedMs: () => number;
    /** Resolves after that time; rejects when the signal is aborted. */
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    /** From 0 up to, but not including, 1. */
    readonly random: () => number;
    /** Reads a private key that was given as a path. @default Node's own */
    readonly readFile?: (path: string) => Promise<string>;
    /** For one attempt, body included. @default 10_000 */
    readonly timeoutMs?: number;
    /** The longest that one request waits for the rate limit, all tries together. @default 75_000 */
    readonly maxThrottleWaitMs?: number;
    /** Receives the reason for a wait: "Okta's rate limit is used up; waiting 12 s". @default ignored */
    readonly onWait?: (text: string) => void;
    /** @default "zonekeeper" */
    readonly userAgent?: string;
}

export interface RequestOptions {
    /** Sent as JSON. */
    readonly body?: unknown;
    readonly signal: AbortSignal;
    /**
     * Whether the request may be repeated where it is not known if Okta has carried it out.
     *
     * @default true for GET, false for the rest
     */
    readonly repeatable?: boolean;
    /** Sends no credential. @default false */
    readonly anonymous?: boolean;
}

const USER_AGENT = "zonekeeper";

/** Okta's HTTP API for one org and one credential. */
export interface OktaHttp {
    readonly orgUrl: string;
    /** As the latest answer states it; undefined until one does. */
    readonly rateLimit: RateLimit | undefined;

    /**
     * Makes a request; the answer is always a 2xx. Waits and retries as `exchange` does,
     * and renews an OAuth token that Okta no longer accepts once.
     *
     * @param path With its query: `/api/v1/zones?limit=200`.
     * @throws `bad-input` for a key that cannot be used; `zone-missing`; `okta-*`
     */
    request(method: string, path: string, options: RequestOptions): Promise<Answer>;
}

export function oktaHttp(given: OktaHttpOptions): OktaHttp {
    const { fetch, hasAnswered } = rememberingAnswers(given.fetch);
    const options = { ...given, fetch };
    const { orgUrl, credential } = options.connection;
    let rateLimit: RateLimit | undefined;
    const { keep: keepSecret, redact } = openSecrets();
    const exchangeOptions = { ...exchangeOptionsOf(options, redact), hasAnswered };
    const authorization = authorizationOf(options, exchangeOptions, keepSecret);
    const onAnswer = (headers: Headers) => {
        rateLimit = rateLimitIn(headers, options.elapsedMs()) ?? rateLimit;
    };

    function send(method: string, path: string, request: RequestOptions, sender: Sender): Promise<Answer> {
        return exchange(exchangeOf(method, path, request, { ...options, sender }), { ...exchangeOptions, onAnswer });
    }

    return {
        orgUrl,
        get rateLimit() {
            return rateLimit;
        },
        async request(method, path, request) {
            const { anonymous = false, signal } = request;
            let sender: Sender = anonymous ? { send: options.fetch } : await authorization.ready(signal);
            let answer = await send(method, path, request, sender);
            if (isStale(answer) && !anonymous && authorization.forget(sender)) {
                sender = await authorization.ready(signal);
                answer = await send(method, path, request, sender);
            }
            if (answer.status < 300) return answer;
            return refuse({ method, path, answer, orgUrl, credential: anonymous ? undefined : credential }, redact);
        },
    };
}

function rememberingAnswers(fetch: typeof globalThis.fetch) {
    let hasAnswered = false;
    const remembering: typeof globalThis.fetch = async (input, init) => {
        const response = await fetch(input, init);
        hasAnswered = true;
        return response;
    };
    return { fetch: remembering, hasAnswered: () => hasAnswered };
}

function exchangeOptionsOf(
    options: OktaHttpOptions,
    redact: (text: string) => string,
): Omit<ExchangeOptions, "onAnswer" | "hasAnswered"> {
    const { connection, timeoutMs = 10_000, maxThrottleWaitMs = 75_000, onWait = () => {} } = options;
    const { elapsedMs, sleep, random } = options;
    return { where: connection.orgUrl, timeoutMs, maxThrottleWaitMs, elapsedMs, sleep, random, onWait, redact };
}

/** The credential's way onto requests; its own requests, for tokens, do not count for the rate limit of the API. */
function authorizationOf(
    options: OktaHttpOptions,
    exchangeOptions: Omit<ExchangeOptions, "onAnswer">,
    keepSecret: (secret: string) => void,
): Authorization {
    const { connection, fetch, now, userAgent = USER_AGENT } = options;
    return openAuthorization(connection.credential, {
        orgUrl: connection.orgUrl,
        fetch,
        now,
        userAgent,
        readFile: options.readFile ?? ((path) => readFileFromDisk(path, "utf8")),
        exchange: (request: Exchange) => exchange(request, { ...exchangeOptions, onAnswer: () => {} }),
        keepSecret,
        redact: exchangeOptions.redact,
    });
}

function exchangeOf(
    method: string,
    path: string,
    { body, signal, repeatable = method === "GET" }: RequestOptions,
    { connection, sender, userAgent = USER_AGENT }: OktaHttpOptions & { readonly sender: Sender },
): Exchange {
    const headers = {
        accept: "application/json",
        "user-agent": userAgent,
        ...(body !== undefined && { "content-type": "application/json" }),
    };
    const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
    const url = connection.orgUrl + path;
    return {
        label: `${method} ${path}`,
        repeatable,
        signal,
        send: (signal) => sender.send(url, { ...init, signal, redirect: "manual" }),
    };
}

/** E0000015 is a 401 that has nothing to do with the token: the org lacks a feature. */
function isStale({ status, body }: Answer): boolean {
    return status === 401 && fieldsOf(body).errorCode !== "E0000015";
}
