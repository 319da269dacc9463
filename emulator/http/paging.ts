import { refuse } from "./errors";

/** One page of a list, and the links that belong to it. */
export interface Page<T> {
    readonly items: readonly T[];
    /** Okta sends each as a header line of its own. */
    readonly links: readonly string[];
}

/**
 * Cuts a page out of a list. The cursor is the id of the last item before the
 * page, and opaque to clients.
 *
 * @param self The address of the list without `limit` and `after`.
 */
export function pageOf<T extends { readonly id: string }>(
    all: readonly T[],
    query: Readonly<Record<string, unknown>>,
    self: string,
    limits: { readonly usual?: number; readonly most: number },
): Page<T> {
    const limit = limitOf(query.limit, limits);
    const start = startOf(all, query.after);
    const items = all.slice(start, start + limit);
    const last = items.at(-1);
    const hasMore = start + items.length < all.length && last !== undefined;
    const isLimited = query.limit !== undefined || limits.usual !== undefined;
    const here = isLimited ? withQuery(self, { limit }) : self;
    return {
        items,
        links: [
            `<${query.after === undefined ? here : withQuery(self, { after: query.after, limit })}>; rel="self"`,
            ...(hasMore ? [`<${withQuery(self, { after: last.id, limit })}>; rel="next"`] : []),
        ],
    };
}

/** The address with more in its query. */
export function withQuery(address: string, query: Readonly<Record<string, unknown>>): string {
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
    return `${address}${address.includes("?") ? "&" : "?"}${pairs.join("&")}`;
}

/** A limit that is left out, not a number or below 1 (Okta's reference has -1 as its default) means the usual one. */
function limitOf(value: unknown, { usual, most }: { readonly usual?: number; readonly most: number }): number {
    const limit = Number(value ?? Number.NaN);
    return Number.isInteger(limit) && limit > 0 ? Math.min(limit, most) : (usual ?? most);
}

function startOf(all: readonly { readonly id: string }[], after: unknown): number {
    if (after === undefined) return 0;
    const index = all.findIndex(({ id }) => id === after);
    return index < 0 ? refuse(400, "E0000029", "Invalid paging request.", { causes: ["Invalid cursor."] }) : index + 1;
}
