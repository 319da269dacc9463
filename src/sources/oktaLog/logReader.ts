import { fail, hasCode } from "../../core/errors/errors";
import { applyLogEvents, LOG_EVENTS, type Logins, loginsSince } from "../../core/grants/logins";
import { nextPath } from "../../okta/pages";
import type { LogFile, LogState } from "./logFile";

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

export interface LogReaderOptions {
    readonly okta: OktaRequests;
    readonly file: LogFile;
    /** How long a sign-in grants its address. */
    readonly hours: number;
    /** Okta's filter language: which successful sign-ins count. @default all */
    readonly filter?: string | undefined;
    /** Milliseconds since 1970. */
    readonly now: () => number;
}

/** The most events of a page. Source: Okta management API, System Log. */
const PAGE = 1000;

/** The most pages of one read; the next read continues after them. */
const MOST_PAGES = 50;

/** The most sign-ins that are kept in memory and in the file. */
const MOST_LOGINS = 100_000;

/**
 * Reads the System Log from where the previous read ended, so nothing is left out after an outage. If the saved
 * position is lost, or Okta no longer accepts it, the log is read again as far back as a sign-in can still count.
 *
 * One read at a time: two would each save their position.
 *
 * @returns reads the new events, and gives the sign-ins that count now
 * @throws `source-unreadable`, also while there are more events than are read at once; `okta-*`
 */
export function openLogReader(options: LogReaderOptions): (signal: AbortSignal) => Promise<Logins> {
    const { okta, file, hours, now } = options;
    const lastsMs = hours * 3_600_000;
    const query = filterOf(options.filter);
    const fresh = (): LogState => ({ query: `${hours} h ${query}`, cursor: undefined, logins: new Map() });
    let state: LogState | undefined;

    /** Takes in the page at the cursor. `end`: the page was empty, so there are no more events for now. */
    async function takePage(from: LogState, signal: AbortSignal): Promise<"more" | "end"> {
        const path = from.cursor ?? firstPath(now() - lastsMs, query);
        const { headers, body } = await okta.request("GET", path, { signal });
        if (!Array.isArray(body))
            return fail(
                "source-unreadable",
                `GET ${path}: the answer is not a list, so this is hardly Okta's API; check orgName and baseUrl`,
            );
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

    return async (signal) => {
        signal.throwIfAborted();
        state ??= await file.load();
        if (state?.query !== fresh().query) state = fresh();
        for (let page = 0; page < MOST_PAGES; page++) {
            try {
                if ((await takePage(state, signal)) === "end") return state.logins;
            } catch (error) {
                // Okta no longer accepts the cursor, after a long outage.
                if (!hasCode(error, "okta-refused") || state.cursor === undefined) throw error;
                state = fresh();
            }
        }
        return fail("source-unreadable", "it has more events than are read at once; the next read goes on from there");
    };
}

function firstPath(sinceMs: number, filter: string): string {
    const since = new Date(sinceMs).toISOString();
    return `/api/v1/logs?${new URLSearchParams({ since, limit: String(PAGE), sortOrder: "ASCENDING", filter })}`;
}

function filterOf(filter: string | undefined): string {
    const [start, ...others] = LOG_EVENTS.map((type) => `eventType eq "${type}"`);
    return [filter === undefined ? start : `(${start} and (${filter}))`, ...others].join(" or ");
}
