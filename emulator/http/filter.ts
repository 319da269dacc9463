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
 * @param fields The fields that the list can be filtered by; others are refused.
 */
export function parseFilter(text: string, fields: readonly string[]): Filter {
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
        if (tokens[0] !== "(") return comparison(tokens.splice(0, 3), fields);
        tokens.shift();
        const inner = either();
        return tokens.shift() === ")" ? inner : wrong();
    };
    const filter = either();
    return tokens.length === 0 ? filter : wrong();
}

function comparison([field = "", operator, literal = ""]: readonly string[], fields: readonly string[]): Filter {
    if (!fields.includes(field)) return wrong();
    const wanted = valueOfLiteral(literal);
    if (operator === "eq") return (get) => get(field) === wanted;
    if (operator === "sw" && typeof wanted === "string") return (get) => String(get(field)).startsWith(wanted);
    return wrong();
}

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
