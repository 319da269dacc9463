import { readFile as readFileFromDisk } from "node:fs/promises";
import type { Sender } from "./credentials/authorization";
import { openAuthorization } from "./credentials/openAuthorization";
import { openSecrets } from "./credentials/secrets";
import type { Answer } from "./exchange/answer";
import type { Credential } from "./exchange/credential";
import { type Exchange, exchange } from "./exchange/exchange";
import { fieldsOf } from "./exchange/fields";
import { refuse } from "./exchange/refusal";
import { resetTimeMs } from "./exchange/retry";

export interface OktaHttpOptions {
    /** Where Okta is, and with what; without a credential only `anonymous` requests can be made. */
    readonly connection: { readonly orgUrl: string; readonly credential?: Credential };
    readonly fetch: typeof globalThis.fetch;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Milliseconds since some fixed moment, which nobody can set. */
    readonly elapsedMs: () => number;
    /** Resolves after that time; rejects when the signal is aborted. */
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    /** From 0 up to, but not including, 1. */
    readonly random: () => number;
    /** Reads a private key that was given as a path. @default Node's own */
    readonly readFile?: (path: string) => Promise<string>;
    /** For one attempt, body included. @default 10_000 */
    readonly timeoutMs?: number;
    /** The longest that one request waits for the rate limit, over all its tries. @default 75_000 */
    readonly maxThrottleWaitMs?: number;
    /** Hears why nothing happens: "Okta's rate limit is used up; waiting 12 s". @default silent */
    readonly onWait?: (text: string) => void;
    /** @default "zonekeeper" */
    readonly userAgent?: string;
}

export interface RequestOptions {
    /** Sent as JSON. */
    readonly body?: unknown;
    readonly signal: AbortSignal;
    /**
     * Whether the request may be made again where it is not known if Okta has carried it out.
     *
     * @default true for GET, false for the rest
     */
    readonly repeatable?: boolean;
    /** Sends no credential. @default false */
    readonly anonymous?: boolean;
}

/** What the headers of the latest answer said; undefined until one did. */
export interface RateLimit {
    /** Requests in a window. */
    readonly limit: number;
    /** Of these, still to be had. */
    readonly remaining: number;
    /** When the window ends, by Okta's clock. */
    readonly resetAtMs: number;
    /** The same in elapsed time: how long it is from the answer's `Date` to the reset, added to when the answer came. */
    readonly endsAtMs: number;
}

/** Okta's window (recorded); where an answer has no date, it is taken to begin with it. */
const WINDOW_MS = 60_000;

/** Okta's HTTP API for one org and one credential. */
export interface OktaHttp {
    readonly orgUrl: string;
    readonly rateLimit: RateLimit | undefined;

    /**
     * The answer to a request, always a 2xx. Waits and repeats as `exchange` says,
     * and renews an OAuth token that Okta no longer accepts once.
     *
     * @param path With its query: `/api/v1/zones?limit=200`.
     * @throws `bad-input` for a key that cannot be used; `zone-missing`; `okta-*`
     */
    request(method: string, path: string, options: RequestOptions): Promise<Answer>;
}

export function oktaHttp(options: OktaHttpOptions): OktaHttp {
    const { connection, fetch, userAgent = "zonekeeper" } = options;
    const { orgUrl, credential } = connection;
    let rateLimit: RateLimit | undefined;

    const { keep, conceal } = openSecrets();
    const exchangeOptions = {
        where: orgUrl,
        timeoutMs: options.timeoutMs ?? 10_000,
        maxThrottleWaitMs: options.maxThrottleWaitMs ?? 75_000,
        elapsedMs: options.elapsedMs,
        sleep: options.sleep,
        random: options.random,
        onWait: options.onWait ?? (() => {}),
        conceal,
    };
    const authorization = openAuthorization(credential, {
        orgUrl,
        fetch,
        now: options.now,
        userAgent,
        readFile: options.readFile ?? ((path) => readFileFromDisk(path, "utf8")),
        exchange: (request: Exchange) => exchange(request, { ...exchangeOptions, onAnswer: () => {} }),
        keepSecret: keep,
        conceal,
    });

    async function once(method: string, path: string, request: RequestOptions, sender: Sender) {
        const { body, signal, repeatable = method === "GET" } = request;
        const headers = {
            accept: "application/json",
            "user-agent": userAgent,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
        };
        const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
        const label = `${method} ${path}`;
        return exchange(
            {
                label,
                repeatable,
                signal,
                send: (signal) => sender.send(orgUrl + path, { ...init, signal, redirect: "manual" }),
            },
            {
                ...exchangeOptions,
                onAnswer: (headers) => (rateLimit = rateLimitIn(headers, options.elapsedMs()) ?? rateLimit),
            },
        );
    }

    return {
        orgUrl,
        get rateLimit() {
            return rateLimit;
        },
        async request(method, path, request) {
            const { anonymous = false, signal } = request;
            let sender: Sender = anonymous ? { send: fetch } : await authorization.ready(signal);
            let answer = await once(method, path, request, sender);
            if (isStale(answer) && !anonymous && authorization.forget(sender)) {
                sender = await authorization.ready(signal);
                answer = await once(method, path, request, sender);
            }
            if (answer.status < 300) return answer;
            return refuse({ method, path, answer, orgUrl, credential: anonymous ? undefined : credential }, conceal);
        },
    };
}

/** E0000015 is a 401 that has nothing to do with the token: the org lacks a feature. */
function isStale({ status, body }: Answer): boolean {
    return status === 401 && fieldsOf(body).errorCode !== "E0000015";
}

function rateLimitIn(headers: Headers, elapsedMs: number): RateLimit | undefined {
    const [limit, remaining] = ["x-rate-limit-limit", "x-rate-limit-remaining"].map((name) => headers.get(name) ?? "");
    const resetAtMs = resetTimeMs(headers.get("x-rate-limit-reset"));
    if (!/^\d+$/.test(limit ?? "") || !/^\d+$/.test(remaining ?? "") || resetAtMs === undefined) return undefined;
    const dateMs = Date.parse(headers.get("date") ?? "");
    const leftMs = Number.isNaN(dateMs) ? WINDOW_MS : Math.max(0, resetAtMs - dateMs);
    return { limit: Number(limit), remaining: Number(remaining), resetAtMs, endsAtMs: elapsedMs + leftMs };
}
