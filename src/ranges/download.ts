import { fail, hasCode } from "../core/errors/errors";
import type { OktaRanges } from "../core/ranges/oktaRanges";
import { busy, connectionProblem, mayAskAgain, retryAfterMs, silence } from "../sources/http/problems";
import { follow } from "../sources/http/redirects";
import { type Outcome, retried, type Waiting } from "../sources/http/retry";
import { parseRanges, readText } from "./rangesText";

/** What a server said of a version of the file, to be asked with again. */
export interface Version {
    readonly etag?: string | undefined;
    readonly lastModified?: string | undefined;
}

export interface Downloaded extends Version {
    /** As it came, so that it can be kept and read again. */
    readonly text: string;
    readonly ranges: OktaRanges;
}

export interface DownloadOptions extends Waiting {
    readonly url: string;
    /** What messages call it: holds no key. */
    readonly name: string;
    /** What is there already: given back where the server says that it is still the one. */
    readonly known?: Downloaded | undefined;
    readonly fetch: typeof globalThis.fetch;
    /** The longest that it takes, repeated requests included. @default 15_000 */
    readonly timeoutMs?: number;
}

/**
 * Okta's file from a URL. One that cannot be read is not a shorter one.
 *
 *   answer                               then
 *   200 with a file that can be read     that
 *   304, and one is known                the known one
 *   429, 5xx, no connection, cut off     asked again, three times in all
 *   anything else, a page of HTML        fails
 *
 * @throws `ranges-unreadable`
 */
export async function downloadRanges(options: DownloadOptions): Promise<Downloaded> {
    const { url, name, timeoutMs = 15_000 } = options;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
        return await retried(() => ask(new URL(url), options, signal), options, signal);
    } catch (cause) {
        const reason = signal.aborted
            ? silence(timeoutMs)
            : hasCode(cause, "source-unreadable", "ranges-unreadable")
              ? cause.message
              : undefined;
        if (reason === undefined) throw cause;
        return fail("ranges-unreadable", `cannot read Okta's ranges from ${name}: ${reason}`, { cause });
    }
}

async function ask(url: URL, { fetch, known }: DownloadOptions, signal: AbortSignal): Promise<Outcome<Downloaded>> {
    try {
        const response = await follow(url, { headers: headersFor(known ?? {}), signal }, fetch);
        if (response.status === 200) return { value: await take(response) };
        await response.body?.cancel();
        if (response.status === 304 && known !== undefined) return { value: known };
        return refusal(response);
    } catch (cause) {
        if (signal.aborted || !(cause instanceof TypeError)) throw cause;
        return { problem: connectionProblem(cause), again: mayAskAgain(cause) };
    }
}

function headersFor({ etag, lastModified }: Version): Record<string, string> {
    return {
        accept: "application/json",
        "user-agent": "zonekeeper",
        ...(etag !== undefined && { "if-none-match": etag }),
        ...(lastModified !== undefined && { "if-modified-since": lastModified }),
    };
}

async function take(response: Response): Promise<Downloaded> {
    const { headers } = response;
    const text = await readText(response.body ?? []);
    const ranges = parseRanges(text);
    return {
        text,
        ranges,
        etag: headers.get("etag") ?? undefined,
        lastModified: headers.get("last-modified") ?? undefined,
    };
}

function refusal({ status, headers }: Response): Outcome<never> {
    const again = status === 429 || status >= 500;
    if (again) return { problem: busy(status), again, afterMs: retryAfterMs(headers) };
    const wants = status === 401 || status === 403 ? "name an address that needs no sign-in" : "check the address";
    return { problem: `it answers ${status}; ${wants}` };
}
