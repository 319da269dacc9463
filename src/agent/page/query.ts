/** What somebody asks the page for. */
export interface PageQuery {
    /** Of which membership; empty: of all of them. */
    readonly membership: string;
    /** An address, or an IP chain as `1.1.1.1, 2.2.2.2`: is it in? Empty: nobody asks. */
    readonly address: string;
    /** Whether Okta is asked for the answer as well. @default false */
    readonly okta?: true | undefined;
    /** A part of a person's name, of a grant's id, of a reason or of an address. */
    readonly find: string;
    readonly show: Show;
    /** What the grants are ordered by. @default what to look at first comes first */
    readonly sort?: Sort | undefined;
    /** In which time zone the page's script shows moments; without a script they are in UTC. @default the reader's */
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

/** Longer than a chain of five addresses, and than any name. */
const LONGEST = 200;

/** Reads the part of an address after `?`; whatever makes no sense is as if it were not there. */
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

/** The address of the page that answers such a query, from the page itself, wherever a proxy has put that. */
export function hrefOf(query: PageQuery): string {
    const search = new URLSearchParams(pairsOf(query)).toString();
    return search === "" ? "./" : `./?${search}`;
}

/** What the query says besides the defaults, by the names of the address. */
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
