import { html, type Markup } from "../../agent/page/markup";

/** The lists of the page, by the names of their fields in its address. Each begins where the address says: `/?everybody=25`. */
export const LISTS = ["have", "decide", "may", "asked", "given", "everybody"] as const;

export type ListName = (typeof LISTS)[number];

/** What the address of the page says about what is listed. */
export interface PageQuery {
    /** Where each list begins. */
    readonly from: Readonly<Record<ListName, number>>;
    /** What an admin looks for among all grants, and a person with many accesses among those. */
    readonly find: string;
    readonly what: string;
}

/** A list is no longer than either: the whole page stays below 60 kB, however much there is. */
export interface Bounds {
    readonly most: number;
    readonly mostBytes: number;
}

export interface Slice {
    readonly items: readonly Markup[];
    readonly from: number;
    readonly total: number;
    readonly most: number;
}

const LONGEST_FIND = 100;

/** Reads the address of the page; whatever is no place in a list is its beginning. */
export function readQuery(query: unknown): PageQuery {
    const given = (typeof query === "object" && query !== null ? query : {}) as Readonly<Record<string, unknown>>;
    const fromOf = (name: ListName) => (/^\d{1,6}$/.test(String(given[name])) ? Number(given[name]) : 0);
    const textOf = (name: string) => {
        const text = given[name];
        return typeof text === "string" ? text.trim().slice(0, LONGEST_FIND) : "";
    };
    const from = Object.fromEntries(LISTS.map((name) => [name, fromOf(name)])) as PageQuery["from"];
    return { from, find: textOf("find"), what: textOf("what") };
}

/** The address of the page that says this, with what is left out at its beginning. */
export function addressOfQuery({ from, find, what }: PageQuery, more: Readonly<Record<string, string>> = {}): string {
    const fields = new URLSearchParams(more);
    if (find !== "") fields.set("find", find);
    if (what !== "") fields.set("what", what);
    for (const name of LISTS) if (from[name] > 0) fields.set(name, String(from[name]));
    const text = fields.toString();
    return text === "" ? "/" : `/?${text}`;
}

/** The rows from a place on, as many as fit. A list that has become shorter is shown from its beginning. */
export function sliceOf<T>(
    rows: readonly T[],
    from: number,
    { most, mostBytes }: Bounds,
    render: (row: T) => Markup,
): Slice {
    const begin = from < rows.length ? from : 0;
    const items: Markup[] = [];
    let bytes = 0;
    for (const row of rows.slice(begin, begin + most)) {
        const item = render(row);
        bytes += Buffer.byteLength(item.markup);
        if (items.length > 0 && bytes > mostBytes) break;
        items.push(item);
    }
    return { items, from: begin, total: rows.length, most };
}

/** Where in the list the page is, with ways to the rest; nothing where all of it is shown. */
export function pager(query: PageQuery, name: ListName, label: string, slice: Slice): Markup {
    const { items, from, total, most } = slice;
    const until = from + items.length;
    if (from === 0 && until === total) return html``;
    const to = (place: number) => addressOfQuery({ ...query, from: { ...query.from, [name]: place } });
    const before =
        from === 0 ? html`` : html` <a href="${to(Math.max(0, from - most))}#${name}" rel="prev">Previous</a>`;
    const after = until === total ? html`` : html` <a href="${to(until)}#${name}" rel="next">Next</a>`;
    return html`<nav class="pager" aria-label="${label}"><span>${from + 1} to ${until} of ${total}</span>${before}${after}</nav>`;
}

/** Whether a row has all the words of a search, in capitals or small letters. */
export function isFound(wanted: string, texts: readonly (string | undefined)[]): boolean {
    if (wanted === "") return true;
    const all = texts
        .filter((text) => text !== undefined)
        .join("\n")
        .toLowerCase();
    return wanted
        .toLowerCase()
        .split(/\s+/)
        .every((word) => all.includes(word));
}

/** A text that others have written, at a length that a line of a list can have. */
export function clipped(text: string, most = 160): string {
    const letters = [...text];
    return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}
