import { isLoopback } from "../../core/addresses/loopback";
import { fail, hasCode } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Reading } from "../../core/grants/grantsDocument";
import { limitedSignal } from "../../limitedSignal";
import { outgoingWholeFetch } from "../../outgoing/outgoingFetch";
import { isEndKnown } from "../../outgoing/wholeFetch";
import { readDocument } from "../document/document";
import { partOf } from "../parts";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { type Held, longPoll } from "./longPoll";
import { busy, connectionProblem, mayAskAgain, retryAfterMs, silence } from "./problems";
import { type Fetch, follow } from "./redirects";
import { type Outcome, retried, type Waiting } from "./retry";

export interface HttpSourceOptions extends Waiting {
    /** http or https, without a user and a password. */
    readonly url: string;
    readonly token?: Token | undefined;
    readonly limits: DocumentLimits;
    /** Finds the proxies. @default none */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** The longest that one read takes, repeated requests included. @default 10_000 */
    readonly timeoutMs?: number;
}

/** A bearer token, read for each round, so that it can be replaced without a restart. */
export interface Token {
    /** What messages call it: `env:GRANTS_TOKEN`. */
    readonly setting: string;
    /** @throws `bad-input` */
    readonly read: () => string;
}

interface Latest {
    readonly reading: Reading;
    readonly etag: string | undefined;
}

/** How long a server is asked to hold a request. Many proxies close a connection after 60 s without data. */
const HOLD_S = 50;

/**
 * Grants at a URL, YAML or JSON. A request sends the ETag of the latest document,
 * which is used again if the server answers 304.
 *
 * To watch, it asks the server to hold the request until there is another document,
 * by `Prefer: wait=50` (RFC 7240). Its answer is cached, and the next read only
 * revalidates the ETag, so that a document is sent once. A server that does not
 * answer `Preference-Applied: wait` is polled.
 *
 * @throws `bad-input` for a token that would travel over http to another machine
 */
export function httpSource(options: HttpSourceOptions): GrantSource {
    const { token, timeoutMs = 10_000 } = options;
    const url = new URL(options.url);
    const name = `${url.origin}${url.pathname}`;
    if (token !== undefined && url.protocol !== "https:" && !isLoopback(url.hostname)) {
        fail("bad-input", `the token of ${token.setting} is not sent to ${name} in the clear: write https://`);
    }
    const fetch = outgoingWholeFetch(options.env ?? {});
    let latest: Latest | undefined;
    return {
        name,
        async read(signal) {
            const deadline = AbortSignal.timeout(timeoutMs);
            const both = AbortSignal.any([signal, deadline]);
            try {
                const headers = headersOf(token, latest?.etag);
                latest = await retried(
                    () => ask(url, headers, { ...options, fetch, stop: signal }, latest, both),
                    options,
                    both,
                );
                return latest.reading;
            } catch (cause) {
                return unreadable(name, cause, signal, () => (deadline.aborted ? silence(timeoutMs) : undefined));
            }
        },
        watch(wake, signal) {
            const hold = (etag: string, stop: AbortSignal) =>
                held(url, etag, { ...options, fetch }, stop, (document) => {
                    latest = document;
                });
            return longPoll({ ...options, etag: () => latest?.etag, hold }, wake, signal);
        },
    };
}

interface Asking extends HttpSourceOptions {
    readonly fetch: Fetch;
}

/** One request that the server may hold. A readable document in the answer is cached. */
async function held(
    url: URL,
    etag: string,
    { token, limits, fetch, timeoutMs = 10_000 }: Asking,
    signal: AbortSignal,
    keep: (document: Latest) => void,
): Promise<Held> {
    const limit = limitedSignal(signal, HOLD_S * 1000 + timeoutMs);
    try {
        const headers = { ...headersOf(token, etag), prefer: `wait=${HOLD_S}` };
        const response = await follow(url, { headers, signal: limit.signal }, fetch);
        const isHeld = /(^|[\s,;])wait\b/i.test(response.headers.get("preference-applied") ?? "");
        const now = response.headers.get("etag") ?? undefined;
        if (response.status === 200 && now !== etag) {
            const outcome = await take(response, limits, limit.signal, signal).catch(() => undefined);
            if (outcome !== undefined && outcome.problem === undefined) keep(outcome.value);
            return { outcome: "changed", etag: now };
        }
        await response.body?.cancel();
        if (response.status !== 304 && response.status !== 200) return { outcome: "failed" };
        return { outcome: isHeld && response.status === 304 ? "same" : "not-held" };
    } catch {
        return { outcome: "failed" };
    } finally {
        limit.release();
    }
}

function headersOf(token: Token | undefined, etag: string | undefined): Record<string, string> {
    const secret = token?.read();
    // The message of fetch would quote it.
    if (secret !== undefined && !/^[\x21-\x7e]+$/.test(secret)) {
        fail(
            "bad-input",
            `the token of ${token?.setting} has a space, a line end or another character that no token has`,
        );
    }
    return {
        accept: "application/json, application/yaml",
        "user-agent": "zonekeeper",
        ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
        ...(etag !== undefined && { "if-none-match": etag }),
    };
}

async function ask(
    url: URL,
    headers: Record<string, string>,
    { token, limits, fetch, stop }: Asking & { readonly stop: AbortSignal },
    latest: Latest | undefined,
    signal: AbortSignal,
): Promise<Outcome<Latest>> {
    let response: Response;
    try {
        response = await follow(url, { headers, signal }, fetch);
    } catch (cause) {
        if (signal.aborted || hasCode(cause, "source-unreadable", "bad-input")) throw cause;
        return { problem: connectionProblem(cause), again: mayAskAgain(cause) };
    }
    if (response.status === 200) return take(response, limits, signal, stop);
    await response.body?.cancel();
    if (response.status === 206) return { problem: `${partOf(response)}; ${WHOLE}` };
    if (response.status === 304 && latest?.etag !== undefined) return { value: latest };
    return refusal(response, token);
}

/**
 * The document of an answer. A connection that breaks during the body is retried.
 *
 * @param signal Gives up waiting for the server.
 * @param stop Gives up reading the body, which has a limit of its own.
 */
async function take(
    response: Response,
    limits: DocumentLimits,
    signal: AbortSignal,
    stop: AbortSignal,
): Promise<Outcome<Latest>> {
    const type = response.headers.get("content-type") ?? "";
    if (/html/i.test(type)) {
        await response.body?.cancel();
        return { problem: "it answers with an HTML page, not YAML or JSON: is this the address of a sign-in page?" };
    }
    const part = partOf(response);
    if (part !== undefined) {
        await response.body?.cancel();
        return { problem: `${part}; ${WHOLE}` };
    }
    try {
        const reading = await readDocument(response.body ?? [], limits, {
            end: isEndKnown(response) ? "known" : "unknown",
            signal: stop,
        });
        const page = partOf(response, reading.grants.length + reading.unusable.length);
        if (page !== undefined) return { problem: `${page}; ${WHOLE}` };
        return { value: { reading, etag: response.headers.get("etag") ?? undefined } };
    } catch (cause) {
        if (signal.aborted || !(cause instanceof TypeError && cause.cause !== undefined)) throw cause;
        return { problem: bodyProblem(cause.cause), again: true };
    }
}

/** What to do about an answer that is only a part. */
const WHOLE = "all grants have to be in one document";

function bodyProblem(cause: unknown): string {
    const { code, message } = cause as Partial<NodeJS.ErrnoException>;
    if (code?.startsWith("Z_")) return `the compressed body of the answer is damaged or cut off: ${message}`;
    return "the connection broke before the end of the answer";
}

function refusal({ status, headers }: Response, token: Token | undefined): Outcome<never> {
    if (status === 401 || status === 403) {
        const remedy =
            token === undefined
                ? "it wants a token: say token: env:NAME or file:PATH"
                : status === 401
                  ? `it does not take the token of ${token.setting}: check it`
                  : `the token of ${token.setting} may not read this: check its rights`;
        return { problem: `it answers ${status}; ${remedy}` };
    }
    if (status === 429 || status >= 500) {
        return { problem: busy(status), again: true, afterMs: retryAfterMs(headers) };
    }
    return { problem: `it answers ${status} and no document; check the URL` };
}
