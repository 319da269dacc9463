import { finish, visitEach, type Work } from "../../core/work";
import type { GrantView } from "../status/view";
import type { Column, PageQuery, Show } from "./query";
import { smallestWork } from "./smallest";
import { sortedWork } from "./sortedWork";

/** One page of the grants of a query. */
export interface GrantList {
    readonly rows: readonly GrantView[];
    /** The number of grants of the query, and the index of the first row among them. */
    readonly total: number;
    readonly start: number;
    readonly page: number;
    readonly pages: number;
    /** The number of grants of each kind that match the search. */
    readonly counts: Readonly<Record<Show, number>>;
}

export const ROWS_A_PAGE = 50;

const SHOWN: Readonly<Record<GrantView["state"], readonly Show[]>> = {
    leaving: ["in", "all"],
    pending: ["in", "all"],
    accepted: ["in", "all"],
    effective: ["in", "all"],
    refused: ["refused", "all"],
    waiting: ["refused", "all"],
    denied: ["refused", "all"],
    scheduled: ["scheduled", "all"],
    ended: ["all"],
};

/** Unusual states come first, ended grants last. */
const RANK: Readonly<Record<GrantView["state"], number>> = {
    leaving: 0,
    pending: 1,
    refused: 1,
    waiting: 1,
    denied: 1,
    accepted: 2,
    effective: 2,
    scheduled: 3,
    ended: 4,
};

/** As listGrantsWork, at once. */
export function listGrants(grants: readonly GrantView[], query: PageQuery): GrantList {
    return finish(listGrantsWork(grants, query));
}

/**
 * Makes a page of the list in slices. Without an order in the query, the most urgent come first: grants that should be
 * out, then grants that wait, then by the time of the next change.
 */
export function* listGrantsWork(
    grants: readonly GrantView[],
    { find, show, sort, page: wanted }: PageQuery,
): Work<GrantList> {
    const counts = { in: 0, scheduled: 0, refused: 0, all: 0 };
    const needle = find.toLowerCase();
    const keyOf = sort === undefined ? () => "" : KEYS[sort.replace(/^-/, "") as Column];
    const found: Row[] = [];
    yield* visitEach(grants, needle === "" ? 0.5 : 2, (grant) => {
        if (!fits(grant, needle)) return;
        const kinds = SHOWN[grant.state];
        for (const kind of kinds) counts[kind] += 1;
        if (kinds.includes(show)) found.push({ grant, key: keyOf(grant) });
    });
    const pages = Math.max(1, Math.ceil(found.length / ROWS_A_PAGE));
    const page = Math.min(wanted, pages);
    const start = (page - 1) * ROWS_A_PAGE;
    const rows = yield* firstOf(found, start + ROWS_A_PAGE, orderBy(sort));
    return { rows: rows.slice(start).map(({ grant }) => grant), total: found.length, start, page, pages, counts };
}

/** A grant, and what the order of the query compares. */
interface Row {
    readonly grant: GrantView;
    readonly key: string;
}

/** Far into the list, sorting all of it is faster. */
function* firstOf(found: readonly Row[], count: number, compare: Compare): Work<readonly Row[]> {
    if (count >= MOST_SELECTED) return (yield* sortedWork(found, compare)).slice(0, count);
    return yield* smallestWork(found, count, compare);
}

type Compare = (a: Row, b: Row) => number;

/** Orders by a column; grants that are equal there keep the default order, in both directions. */
function orderBy(sort: PageQuery["sort"]): Compare {
    const sign = sort?.startsWith("-") ? -1 : 1;
    return (a, b) => sign * order(a.key, b.key) || compare(a.grant, b.grant);
}

/** A grant without a name, a reason or an end comes after all that have one. */
const KEYS: Readonly<Record<Column, (grant: GrantView) => string>> = {
    person: ({ user }) => user?.toLowerCase() ?? LAST,
    address: ({ ip: [first] }) => addressKey(first),
    time: momentOf,
    reason: ({ reason }) => reason?.toLowerCase() ?? LAST,
    state: ({ state }) => `${RANK[state]} ${state}`,
};

const LAST = "\uffff";

/** A text that sorts like the address: `203.0.113.7` as `203000113007`. */
function addressKey(ip: string | undefined): string {
    return ip === undefined
        ? LAST
        : ip
              .replace(/[/-].*/, "")
              .split(".")
              .map((part) => part.padStart(3, "0"))
              .join("");
}

const MOST_SELECTED = 1000;

function fits({ id, user = "", reason = "", ip }: GrantView, needle: string): boolean {
    if (needle === "") return true;
    return [id, user, reason, ...ip].some((text) => text.toLowerCase().includes(needle));
}

function compare(a: GrantView, b: GrantView): number {
    return RANK[a.state] - RANK[b.state] || order(momentOf(a), momentOf(b)) || order(a.id, b.id);
}

function order(a: string, b: string): number {
    return a < b ? -1 : Number(a > b);
}

/** The time of the next change; a permanent grant comes after all others. */
function momentOf({ state, startsAt, expiresAt }: GrantView): string {
    return (state === "scheduled" ? startsAt : expiresAt) ?? "~";
}
