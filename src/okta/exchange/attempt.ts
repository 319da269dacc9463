import { hasCode } from "../../core/errors/errors";
import { limitedSignal } from "../../limitedSignal";
import type { Answer } from "./answer";
import {
    connectionFailure,
    type Failure,
    notJsonFailure,
    redirectFailure,
    serverFailure,
    timeoutFailure,
    tooLongFailure,
} from "./failure";
import { reasonIn } from "./refusal";

export type Outcome =
    | { readonly answer: Answer; readonly failure?: never }
    | { readonly failure: Failure; readonly answer?: never };

export interface AttemptOptions {
    /** Scheme and host, for messages. */
    readonly where: string;
    readonly timeoutMs: number;
    /** Receives the headers of each answer. */
    readonly onAnswer: (headers: Headers) => void;
    /** Redacts credentials in a text. */
    readonly redact: (text: string) => string;
}

/** The limit of a body, far above any page of Okta's: a page of 200 full zones has about 2 MB. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Makes a request once, with a time limit that covers the body. The result is an answer
 * (JSON or an empty body, with a status below 300 or of 4xx), or a failure.
 */
export async function attempt(
    send: (signal: AbortSignal) => Promise<Response>,
    signal: AbortSignal,
    options: AttemptOptions,
): Promise<Outcome> {
    const limit = limitedSignal(signal, options.timeoutMs);
    try {
        limit.signal.throwIfAborted();
        return await outcomeOf(await send(limit.signal), options);
    } catch (error) {
        // A setting with which no request can be made, such as a proxy that is not a URL.
        if (hasCode(error, "bad-input")) throw error;
        const { where, timeoutMs } = options;
        return { failure: limit.signal.aborted ? timeoutFailure(timeoutMs, where) : connectionFailure(error, where) };
    } finally {
        limit.release();
    }
}

async function outcomeOf(response: Response, { where, onAnswer, redact }: AttemptOptions): Promise<Outcome> {
    const { status, headers } = response;
    onAnswer(headers);
    if (status >= 300 && status < 400) {
        await response.body?.cancel();
        return { failure: redirectFailure(status, headers.get("location"), where) };
    }
    const text = await textOf(response);
    if (text === undefined) return { failure: tooLongFailure(MAX_BODY_BYTES, where) };
    // Redacted before messages truncate it: a part of a secret would not be recognized.
    const { body, isJson } = parseBody(status >= 400 ? redact(text) : text);
    if (status >= 500) return { failure: serverFailure(reasonIn({ status, headers, body })) };
    if (!isJson && status !== 429) return { failure: notJsonFailure(status, where) };
    return { answer: { status, headers, body } };
}

/** The whole body as text, or undefined where it is too long. */
async function textOf(response: Response): Promise<string | undefined> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
        size += chunk.byteLength;
        if (size > MAX_BODY_BYTES) return undefined;
        chunks.push(chunk);
    }
    return new TextDecoder().decode(Buffer.concat(chunks));
}

function parseBody(text: string): { readonly body: unknown; readonly isJson: boolean } {
    if (text.trim() === "") return { body: undefined, isJson: true };
    try {
        return { body: JSON.parse(text), isJson: true };
    } catch {
        return { body: undefined, isJson: false };
    }
}
