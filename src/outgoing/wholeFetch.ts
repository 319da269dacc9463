import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

import { fail, hasCode } from "../core/errors/errors";
import { quote } from "../core/errors/quote";
import type { Via } from "./agents";
import type { Connecting } from "./boundedConnect";

/** A request; a GET without a body unless it says otherwise. */
export interface WholeRequest {
    readonly method?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal: AbortSignal;
}

/**
 * A request like that of fetch, which fails where the body is cut off.
 *
 * Node's own fetch takes what has come for the whole body when a connection ends that is not kept alive: after a reset
 * too, and in the middle of a chunked body. Node's HTTP client notices both.
 *
 *   the body                                       read to its end
 *   of Content-Length, all of it                   gives it
 *   of Content-Length, and less came               fails
 *   chunked, with the last chunk                   gives it
 *   chunked, and the connection ended before that  fails
 *   neither, and the server closed the connection  gives it: nobody can tell whether that is all, see isEndKnown
 *   neither, and the connection was reset          fails
 *   compressed, and the compressed data ends early fails
 *
 * @param via The proxy in between. An error then has it, and whether it is to blame: see connectionProblem.
 * @throws TypeError with the reason as its cause, as fetch does; reading the body throws the same
 * @throws `source-unreadable` for a content-encoding that nobody asked for
 */
export async function wholeFetch(href: string, request: WholeRequest, via?: Via): Promise<Response> {
    const { signal } = request;
    const headers = { "accept-encoding": "gzip, br", ...request.headers };
    try {
        return responseOf(await answerTo(new URL(href), { ...request, headers }, via));
    } catch (cause) {
        if (signal.aborted) throw signal.reason;
        if (hasCode(cause, "source-unreadable")) throw cause;
        throw new TypeError("fetch failed", { cause });
    }
}

/**
 * Whether the protocol itself says where the body of an answer ends. Where only the closed connection does, a body that
 * was cut off looks the same.
 */
export function isEndKnown({ headers }: Response): boolean {
    return headers.has("content-length") || /\bchunked\s*$/i.test(headers.get("transfer-encoding") ?? "");
}

const trailers = new WeakMap<Response, () => Headers>();

/** The trailers of an answer of wholeFetch whose body was read to its end; none before that. Source: RFC 9110, section 6.5. */
export function trailersOf(response: Response): Headers {
    return trailers.get(response)?.() ?? new Headers();
}

/** An answer whose head has come, and what became of its connection since. */
interface Answer {
    readonly message: IncomingMessage;
    /** Node reports a connection that is reset to the request only; the message looks complete where it has no length. */
    readonly connection: { error?: Error };
}

function answerTo(url: URL, asked: WholeRequest, via: Via | undefined): Promise<Answer> {
    const { method = "GET", headers, body, signal } = asked;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const way = via && ({ agent: via.agent, connectSignal: signal } satisfies Connecting & { agent: unknown });
    const options = { method, headers: { ...headers, ...length }, signal, ...way };
    const send = (): ClientRequest => (url.protocol === "https:" ? requestHttps : requestHttp)(url, options);
    return new Promise((resolve, reject) => {
        const attempt = (isLast: boolean) => {
            const request = send();
            const connection: Answer["connection"] = {};
            let isAnswered = false;
            const watch = via && watchProxy(request, via, url);
            request.once("response", (message) => {
                if (watch?.isRefusal(message)) return;
                isAnswered = true;
                resolve({ message, connection });
            });
            request.on("error", (error: NodeJS.ErrnoException) => {
                connection.error = error;
                if (isAnswered) return;
                watch?.blame(error);
                // The server may have closed a connection that was kept alive at the moment in which it was used again.
                const isStale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
                if (isStale && !isLast && method === "GET") attempt(true);
                else reject(error);
            });
            request.end(body);
        };
        attempt(false);
    });
}

/**
 * What a proxy does to a request. Its answer to CONNECT, unless it is 200, is an error: the library would hand it on as
 * the server's answer. So is its 407 to a request over http. An error gets the proxy, and whether that is to blame:
 * until it has opened the tunnel, and for http always.
 */
function watchProxy(request: ClientRequest, { proxy, isTunnel }: Via, { hostname, port, protocol }: URL) {
    const target = `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
    let status: number | undefined;
    request.once("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
        status = statusCode;
        if (statusCode !== 200) request.destroy(new Error(`the proxy answers ${statusCode}`));
    });
    return {
        isRefusal({ statusCode }: IncomingMessage): boolean {
            if (isTunnel || statusCode !== 407) return false;
            status = statusCode;
            request.destroy(new Error("the proxy answers 407"));
            return true;
        },
        blame(error: Error): void {
            const { name, setting, hasPassword } = proxy;
            const isOpen = status === 200 || (isTunnel && request.reusedSocket);
            const refusal = status === undefined || status === 200 ? {} : { status };
            Object.assign(error, { proxy: { name, setting, hasPassword, isToBlame: !isOpen, target, ...refusal } });
        },
    };
}

function responseOf({ message, connection }: Answer): Response {
    const headers = headersOf(message.rawHeaders);
    const { statusCode: status = 0 } = message;
    // These have no body, whatever comes.
    if ([204, 205, 304].includes(status)) {
        message.resume();
        return new Response(null, { status, headers });
    }
    const chunks = wholeBody({ message, connection }, decoded(message, headers.get("content-encoding")));
    const body = new ReadableStream<Uint8Array>(
        {
            async pull(controller) {
                const { done, value } = await chunks.next();
                if (done) controller.close();
                else controller.enqueue(value);
            },
            cancel: () => void message.destroy(),
        },
        { highWaterMark: 0 },
    );
    const response = new Response(body, { status, headers });
    trailers.set(response, () => headersOf(message.rawTrailers));
    return response;
}

/** @param raw Names and values in turn, as Node has them. */
function headersOf(raw: readonly string[]): Headers {
    const headers = new Headers();
    for (let index = 0; index < raw.length; index += 2) headers.append(raw[index] ?? "", raw[index + 1] ?? "");
    return headers;
}

async function* wholeBody({ message, connection }: Answer, body: Readable): AsyncGenerator<Uint8Array, void> {
    try {
        for await (const chunk of body) yield chunk as Uint8Array;
        if (message.complete && connection.error === undefined) return;
    } catch (cause) {
        throw new TypeError("terminated", { cause: connection.error ?? cause });
    }
    throw new TypeError("terminated", { cause: connection.error ?? new Error("the connection was closed") });
}

function decoded(message: IncomingMessage, encoding: string | null): Readable {
    const decoder = decoderOf((encoding ?? "").trim().toLowerCase());
    // What goes wrong on the way comes out of the decoder.
    return decoder === undefined ? message : pipeline(message, decoder, () => {});
}

function decoderOf(encoding: string) {
    if (encoding === "" || encoding === "identity") return undefined;
    if (encoding === "gzip" || encoding === "x-gzip") return createGunzip();
    if (encoding === "br") return createBrotliDecompress();
    if (encoding === "deflate") return createInflate();
    return fail(
        "source-unreadable",
        `it answers with content-encoding ${quote(encoding)}, which is none of gzip, br, deflate`,
    );
}
