import { refuse } from "./errors";

/** Whether a thing passes a filter; `get` gives the thing's value of a field of the filter. */
export type Filter = (get: (field: string) => unknown) => boolean;

const TOKEN = /\s*(\(|\)|"(?:[^"\\]|\\.)*"|[^\s()"]+)/gy;

/**
 * Reads the part of SCIM's filter language that Okta's lists know here:
 * `field eq "text"`, `eq true`, `sw "text"`, `and`, `or`, parentheses; `and`
 * binds tighter.
 *
 *   usage eq "POLICY" and (id eq "nzo1" or id eq "nzo2")
 *   eventType sw "zone."
 *
 * A search knows more operators: `pr`, `co "text"`, and `gt`, `ge`, `lt`, `le`
 * for texts, which is enough for moments of one form.
 *
 * @param fields The fields that the list can be filtered by, or whether a field is one; others are refused.
 */
export function parseFilter(text: string, fields: Fields, isSearch = false): Filter {
    const tokens = tokensOf(text);
    const either = (): Filter => {
        const first = both();
        if (tokens[0] !== "or") return first;
        tokens.shift();
        const rest = either();
        return (get) => first(get) || rest(get);
    };
    const both = (): Filter => {
        const first = single();
        if (tokens[0] !== "and") return first;
        tokens.shift();
        const rest = both();
        return (get) => first(get) && rest(get);
    };
    const single = (): Filter => {
        if (isSearch && tokens[1] === "pr") return present(tokens.splice(0, 2), fields);
        if (tokens[0] !== "(") return comparison(tokens.splice(0, 3), fields, isSearch);
        tokens.shift();
        const inner = either();
        return tokens.shift() === ")" ? inner : wrong();
    };
    const filter = either();
    return tokens.length === 0 ? filter : wrong();
}

type Fields = readonly string[] | ((field: string) => boolean);

function checkField(field: string, fields: Fields): void {
    const isKnown = typeof fields === "function" ? fields(field) : fields.includes(field);
    if (!isKnown) wrong();
}

function present([field = ""]: readonly string[], fields: Fields): Filter {
    checkField(field, fields);
    return (get) => get(field) !== undefined && get(field) !== null && get(field) !== "";
}

/** A field that is a list passes where one of its values does. */
function comparison([field = "", operator = "", literal = ""]: readonly string[], fields: Fields, isSearch: boolean) {
    checkField(field, fields);
    const wanted = valueOfLiteral(literal);
    const passes = OPERATORS[operator];
    if (passes === undefined || (!isSearch && !["eq", "sw"].includes(operator))) return wrong();
    if (operator !== "eq" && typeof wanted !== "string") return wrong();
    return (get: (field: string) => unknown) => [get(field)].flat().some((value) => passes(value, wanted));
}

const text = (value: unknown) => (value === undefined || value === null ? "" : String(value));

const OPERATORS: Readonly<Record<string, (value: unknown, wanted: unknown) => boolean>> = {
    eq: (value, wanted) => value === wanted,
    sw: (value, wanted) => text(value).startsWith(text(wanted)),
    co: (value, wanted) => text(value).includes(text(wanted)),
    gt: (value, wanted) => text(value) > text(wanted),
    ge: (value, wanted) => text(value) >= text(wanted),
    lt: (value, wanted) => value !== undefined && value !== null && text(value) < text(wanted),
    le: (value, wanted) => value !== undefined && value !== null && text(value) <= text(wanted),
};

function valueOfLiteral(literal: string): unknown {
    try {
        return JSON.parse(literal);
    } catch {
        return wrong();
    }
}

function tokensOf(text: string): string[] {
    const tokens = [...text.matchAll(TOKEN)];
    const read = tokens.reduce((length, [whole]) => length + whole.length, 0);
    return text.slice(read).trim() === "" ? tokens.map(([, token = ""]) => token) : wrong();
}

function wrong(): never {
    return refuse(400, "E0000031", "Invalid search criteria.");
}
