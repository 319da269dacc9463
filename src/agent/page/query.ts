/** What somebody asks the page for. */
export interface PageQuery {
    /** Of which membership; empty: of all of them. */
    readonly membership: string;
    /** An address, or an IP chain as `1.1.1.1, 2.2.2.2`: is it in? Empty: nobody asks. */
    readonly address: string;
    /** A part of a person's name, of a grant's id, of a reason or of an address. */
    readonly find: string;
    readonly show: Show;
    /** From 1 on. */
    readonly page: number;
}

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
    const page = /^[1-9]\d{0,5}$/.test(text("page")) ? Number(text("page")) : 1;
    return {
        membership: text("membership"),
        address: text("address"),
        find: text("find"),
        show: SHOWS.find((each) => each === text("show")) ?? "in",
        page,
    };
}

/** The address of the page that answers such a query, from the page itself, wherever a proxy has put that. */
export function hrefOf(query: PageQuery): string {
    const { membership, address, find, show, page } = query;
    const pairs = { membership, address, find, show: show === "in" ? "" : show, page: page === 1 ? "" : String(page) };
    const search = new URLSearchParams(Object.entries(pairs).filter(([, value]) => value !== "")).toString();
    return search === "" ? "./" : `./?${search}`;
}
