import { fail, hasCode } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { type Reading, readEntries } from "../../core/grants/grantsDocument";
import { applyLogEvents, LOG_EVENTS, loginsDocument, loginsSince } from "../../core/grants/logins";
import { nextPath } from "../../okta/pages";
import { fileProblem } from "../file/fileProblem";
import type { Waiting } from "../http/retry";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { type LogState, logFile } from "./logFile";

/** What is used of Okta's API. */
export interface OktaRequests {
    readonly orgUrl: string;
    /** @throws `okta-*` */
    request(
        method: string,
        path: string,
        options: { readonly signal: AbortSignal },
    ): Promise<{ readonly headers: Headers; readonly body: unknown }>;
}

export interface OktaLogSourceOptions extends Pick<Waiting, "sleep"> {
    readonly okta: OktaRequests;
    /** Where cursor and sessions are kept; without it they are in memory only. */
    readonly file?: string | undefined;
    /** `read`: the file is read, and never written. @default "write" */
    readonly mode?: "read" | "write";
    /** For so long a log-in grants its address. */
    readonly hours: number;
    /** Okta's filter language: which log-ins count besides being successful. @default all */
    readonly filter?: string | undefined;
    /** How often the log is asked. */
    readonly pollSeconds: number;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    readonly limits: DocumentLimits;
}

/** The most events of a page. Source: Okta management API, System Log. */
const PAGE = 1000;

/** As many pages are read at once; the next read goes on from there. */
const MOST_PAGES = 50;

/** Of so many sessions somebody else should take care. */
const MOST_LOGINS = 100_000;

/**
 * Grants the address from which somebody signs in to Okta, for some hours or until
 * they sign out, by Okta's System Log (scope `okta.logs.read`).
 *
 * The log is asked from where it ended the time before, so nothing is left out
 * after an outage. What is kept may get lost: then it is read anew, as far back as it matters.
 */
export function oktaLogSource(options: OktaLogSourceOptions): GrantSource {
    const { okta, hours, filter, now, limits, pollSeconds, sleep } = options;
    const name = "Okta's System Log";
    const lastsMs = hours * 3_600_000;
    const file = logFile(options.file, options.mode);
    const query = filterOf(filter);
    let state: LogState | undefined;
    /** One read at a time: two would each write down how far they came. */
    let work: Promise<unknown> = Promise.resolve();

    const fresh = (): LogState => ({ query: `${hours} h ${query}`, cursor: undefined, logins: new Map() });
    const firstPath = () => {
        const since = new Date(now() - lastsMs).toISOString();
        return `/api/v1/logs?${new URLSearchParams({ since, limit: String(PAGE), sortOrder: "ASCENDING", filter: query })}`;
    };

    /** The events of the page at the cursor, taken in. An empty page means that there are no more for now. */
    async function takePage(from: LogState, signal: AbortSignal): Promise<"more" | "end"> {
        const path = from.cursor ?? firstPath();
        const { headers, body } = await okta.request("GET", path, { signal });
        if (!Array.isArray(body)) return fail("source-unreadable", `GET ${path}: the answer is not a list`);
        const cursor = nextPath(headers.get("link"), okta.orgUrl);
        if (cursor === undefined || !cursor.startsWith("/api/v1/logs?")) {
            return fail("source-unreadable", `GET ${path}: the answer has no link to the next page of the log`);
        }
        const logins = loginsSince(applyLogEvents(from.logins, body), now() - lastsMs);
        if (logins.size > MOST_LOGINS) fail("source-unreadable", `there are more than ${MOST_LOGINS} sessions`);
        const next = { ...from, cursor, logins };
        if (body.length > 0 || cursor !== from.cursor) await file.save(next);
        state = next;
        return body.length > 0 ? "more" : "end";
    }

    async function readLog(signal: AbortSignal): Promise<Reading> {
        signal.throwIfAborted();
        state ??= await file.load();
        if (state?.query !== fresh().query) state = fresh();
        for (let page = 0; page < MOST_PAGES; page++) {
            try {
                if ((await takePage(state, signal)) === "more") continue;
                // We write these entries ourselves: if none is usable, as with IPv6, that is an answer.
                return readEntries(loginsDocument(state.logins, lastsMs).grants, limits);
            } catch (error) {
                // A cursor that Okta does not take any more, after a long outage: all that matters is read anew.
                if (!hasCode(error, "okta-refused") || state.cursor === undefined) throw error;
                state = fresh();
            }
        }
        return fail("source-unreadable", "it has more events than are read at once; the next read goes on from there");
    }

    return {
        name,
        isKept: options.file !== undefined,
        async read(signal) {
            const result = work.then(() => readLog(signal));
            work = result.catch(() => {});
            try {
                return await result;
            } catch (cause) {
                return unreadable(name, cause, signal, problemOf);
            }
        },
        async watch(wake, signal) {
            try {
                for (;;) {
                    await sleep(pollSeconds * 1000, signal);
                    wake();
                }
            } catch (error) {
                if (!signal.aborted) throw error;
            }
        },
    };
}

function filterOf(filter: string | undefined): string {
    const [start, ...others] = LOG_EVENTS.map((type) => `eventType eq "${type}"`);
    return [filter === undefined ? start : `(${start} and (${filter}))`, ...others].join(" or ");
}

function problemOf(cause: unknown): string | undefined {
    const { code, message } = cause as { readonly code?: unknown; readonly message?: string };
    return typeof code === "string" && code.startsWith("okta-") ? message : fileProblem(cause);
}
