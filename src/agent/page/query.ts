/** The query of a page. */
export interface PageQuery {
    /** The membership; empty: all of them. */
    readonly membership: string;
    /** An address, or an IP chain as `1.1.1.1, 2.2.2.2`: is it in? Empty: no search. */
    readonly address: string;
    /** Whether the answer includes facts that are read from Okta. @default false */
    readonly okta?: true | undefined;
    /** A part of a person's name, of a grant's id, of a reason or of an address. */
    readonly find: string;
    readonly show: Show;
    /** The order of the grants. @default the most urgent first */
    readonly sort?: Sort | undefined;
    /** The time zone in which the page's script shows times; without a script they are in UTC. @default the reader's */
    readonly times?: "utc" | undefined;
    /** From 1 on. */
    readonly page: number;
}

/** A column of the table of grants; with a minus the last comes first. */
export type Sort = Column | `-${Column}`;

export type Column = (typeof COLUMNS)[number];

export const COLUMNS = ["person", "address", "time", "reason", "state"] as const;

/** Which grants: those that are in or about to be, those to come, those without room, all of them. */
export type Show = (typeof SHOWS)[number];

export const SHOWS = ["in", "scheduled", "refused", "all"] as const;

/** Enough for a chain of five addresses, and for any name. */
const LONGEST = 200;

/** Reads the query part of a URL; invalid values are ignored. */
export function readPageQuery(query: Readonly<Record<string, unknown>>): PageQuery {
    const text = (key: string) => {
        const value = query[key];
        return typeof value === "string" ? value.trim().slice(0, LONGEST) : "";
    };
    const column = COLUMNS.find((each) => each === text("sort").replace(/^-/, ""));
    const page = /^[1-9]\d{0,5}$/.test(text("page")) ? Number(text("page")) : 1;
    return {
        membership: text("membership"),
        address: text("address"),
        find: text("find"),
        show: SHOWS.find((each) => each === text("show")) ?? "in",
        ...(column !== undefined && { sort: text("sort").startsWith("-") ? (`-${column}` as const) : column }),
        ...(text("times") === "utc" && { times: "utc" as const }),
        ...(text("okta") === "true" && { okta: true as const }),
        page,
    };
}

/** The URL of the page for a query, relative to the page, as a proxy may serve it under another path. */
export function hrefOf(query: PageQuery): string {
    const search = new URLSearchParams(pairsOf(query)).toString();
    return search === "" ? "./" : `./?${search}`;
}

/** The parts of the query that differ from the defaults, by their names in a URL. */
export function pairsOf({ membership, address, find, show, sort, times, okta, page }: PageQuery): [string, string][] {
    const [shown, at] = [show === "in" ? "" : show, page === 1 ? "" : String(page)];
    const pairs = {
        membership,
        address,
        find,
        show: shown,
        sort: sort ?? "",
        times: times ?? "",
        okta: okta === true ? "true" : "",
        page: at,
    };
    return Object.entries(pairs).filter(([, value]) => value !== "");
}
