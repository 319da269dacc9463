import type { FastifyInstance } from "fastify";

import { invalid, refuse } from "../http/errors";
import { parseFilter } from "../http/filter";
import { type Query, queryOf, sendPage, valueAt } from "../http/http";
import { withQuery } from "../http/paging";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

const USUAL_LIMIT = 100;
const LIMIT = 1000;
/** The fields that it can be filtered by here; Okta has more. */
const FILTERED = ["eventType", "uuid", "actor.id", "actor.alternateId", "outcome.result", "client.ipAddress"];
const USUAL_SINCE_MS = 7 * 24 * 3_600_000;

/**
 * Okta's System Log.
 *
 *   asked                       order                   `next`
 *   without `until` (polling)   oldest first            always, also on an empty page
 *   with `until`                as `sortOrder` says     while there is more
 *
 * `since` and `after` are exclusive; `since` is 7 days back by default, and
 * `limit` 100 of at most 1,000.
 */
export function logRoutes(app: FastifyInstance, world: World): void {
    app.get("/api/v1/logs", (request, reply) => sendPage(reply, pageOfLog(world, queryOf(request))));
}

function pageOfLog({ org, url, now }: World, query: Query) {
    const { until, after, filter, sortOrder = "ASCENDING" } = query;
    const since = query.since ?? stampOf(now() - USUAL_SINCE_MS);
    const [sinceMs, untilMs] = [
        momentOf(since, "since"),
        until === undefined ? Number.POSITIVE_INFINITY : momentOf(until, "until"),
    ];
    const limit = limitOf(query.limit);
    const passes = filter === undefined ? () => true : parseFilter(String(filter), FILTERED);
    const start = after === undefined ? 0 : placeOf(after, org.events.length);
    const isDescending = until !== undefined && sortOrder === "DESCENDING";
    const rows = org.events.map((event, index) => ({ event, place: index + 1 }));
    const found = (isDescending ? rows.reverse() : rows).filter(({ event, place }) => {
        const at = Date.parse(String(event.published));
        const isAhead = after === undefined || (isDescending ? place < start : place > start);
        return isAhead && at > sinceMs && at <= untilMs && passes((field) => valueAt(event, field));
    });
    const page = found.slice(0, limit);
    const hasNext = until === undefined || page.length < found.length;
    const last = page.at(-1)?.place ?? (after === undefined && until === undefined ? org.events.length : start);
    return {
        items: page.map(({ event }) => event),
        links: linksOf(`${url}/api/v1/logs`, query, hasNext ? last : undefined),
    };
}

function linksOf(address: string, query: Query, next: number | undefined): string[] {
    const links = [`<${withQuery(address, query).replace(/\?$/, "")}>; rel="self"`];
    if (next === undefined) return links;
    return [...links, `<${withQuery(address, { ...query, after: cursorOf(next) })}>; rel="next"`];
}

function momentOf(value: unknown, field: string): number {
    const ms = Date.parse(String(value));
    return Number.isNaN(ms) ? invalid(field, "The value has to be a date and time of RFC 3339.") : ms;
}

function limitOf(value: unknown): number {
    if (value === undefined) return USUAL_LIMIT;
    const limit = Number(value);
    return Number.isInteger(limit) && limit >= 1 && limit <= LIMIT
        ? limit
        : invalid("limit", `The limit has to be between 1 and ${LIMIT}.`);
}

/** Opaque to clients: the number of events up to and with the last one of a page. */
function cursorOf(place: number): string {
    return `${place}_1`;
}

function placeOf(cursor: unknown, length: number): number {
    const [, digits] = /^(\d+)_1$/.exec(String(cursor)) ?? [];
    const place = Number(digits ?? Number.NaN);
    return place <= length
        ? place
        : refuse(400, "E0000029", "Invalid paging request.", { causes: ["Invalid cursor."] });
}
