import type { Alias, ParsedNode, Scalar, YAMLMap } from "yaml";

/** The type guards of the package `yaml`. */
type Kinds = Pick<typeof import("yaml"), "isAlias" | "isMap" | "isScalar" | "isSeq">;

/**
 * What a number becomes.
 *
 *   text    value   as-written
 *   7, 1.5  itself  itself
 *   007     7       the text 007
 *   1.0     1       the text 1.0
 *   0x1F    31      the text 0x1F
 *   1234567890123456789: the same, as no number of JavaScript is just this one
 */
export type Numbers = "value" | "as-written";

/** The data of a node, or what is wrong in it and the offset in the text. */
export type PlainData =
    | { readonly data: unknown; readonly problem?: never; readonly offset?: never }
    | { readonly problem: string; readonly offset: number | undefined; readonly data?: never };

/**
 * The most values that the aliases of a document may stand for together; a text counts once for each 64 characters. As many
 * grants as 8 MiB of YAML hold may each have ten fields by aliases.
 */
const MOST_REPEATED = 2_000_000;

const LETTERS = 64;

/** The value of an anchor. */
interface Anchored {
    readonly data: unknown;
    /** As MOST_REPEATED counts. */
    readonly values: number;
    readonly isOpen: boolean;
}

/** Thrown and caught in this file, to leave the recursion. */
class Refused extends Error {
    constructor(
        message: string,
        readonly offset: number | undefined,
    ) {
        super(message);
    }
}

/**
 * Turns parsed YAML into plain data, looking at each node once. The package's own `toJS` searches the whole document for
 * each alias.
 *
 *   node                                        data
 *   an alias                                    the same value as the latest anchor of that name before it
 *   an alias of nothing, or within its anchor   refused
 *   a map                                       an object; a key is the text of a scalar, null is ""
 *   a map with a key twice, or a list as a key  refused
 *   aliases for more than MOST_REPEATED values  refused
 */
export function plainData(root: ParsedNode | null, kinds: Kinds, numbers: Numbers = "value"): PlainData {
    try {
        return { data: converter(kinds, numbers)(root) };
    } catch (error) {
        if (error instanceof Refused) return { problem: error.message, offset: error.offset };
        throw error;
    }
}

function converter({ isAlias, isMap, isScalar, isSeq }: Kinds, numbers: Numbers): (node: unknown) => unknown {
    const anchors = new Map<string, Anchored>();
    /** How many values were converted, each alias counted with all that it stands for; and how many of them by aliases. */
    let [values, repeated] = [0, 0];

    function ofAlias({ source, range }: Alias.Parsed): unknown {
        const anchored = anchors.get(source);
        if (anchored === undefined) {
            const rule = "Unresolved alias (the anchor must be set before the alias)";
            throw new Refused(`cannot be parsed: ${rule}: ${source}`, range[0]);
        }
        if (anchored.isOpen) throw new Refused(`the alias *${source} holds itself`, range[0]);
        values += anchored.values;
        repeated += anchored.values;
        if (repeated > MOST_REPEATED) {
            const limit = MOST_REPEATED.toLocaleString("en-US");
            throw new Refused(`its aliases multiply: they stand for more than ${limit} values`, range[0]);
        }
        return anchored.data;
    }

    function ofMap({ items }: YAMLMap.Parsed): unknown {
        const map: Record<string, unknown> = {};
        const seen = new Set<string>();
        for (const { key, value } of items) {
            const name = of(key);
            const offset = key?.range?.[0];
            if (typeof name === "object" && name !== null) throw new Refused("a list or a map cannot be a key", offset);
            const text = name === null ? "" : String(name);
            if (seen.has(text)) throw new Refused(`the key "${shown(text)}" is there twice`, offset);
            seen.add(text);
            set(map, text, of(value));
        }
        return map;
    }

    function ofNode(node: unknown): unknown {
        if (isScalar(node)) {
            const data = ofScalar(node, numbers);
            values += typeof node.value === "string" ? 1 + Math.floor(node.value.length / LETTERS) : 1;
            return data;
        }
        values += 1;
        if (isMap(node)) return ofMap(node as YAMLMap.Parsed);
        return isSeq(node) ? node.items.map(of) : null;
    }

    function of(node: unknown): unknown {
        if (isAlias(node)) return ofAlias(node as Alias.Parsed);
        const { anchor } = (node ?? {}) as { readonly anchor?: string };
        if (anchor === undefined) return ofNode(node);
        anchors.set(anchor, { data: undefined, values: 0, isOpen: true });
        const before = values;
        const data = ofNode(node);
        anchors.set(anchor, { data, values: values - before, isOpen: false });
        return data;
    }
    return of;
}

function ofScalar({ value, source }: Scalar, numbers: Numbers): unknown {
    const isChanged = numbers === "as-written" && typeof value === "number" && String(value) !== source;
    return isChanged ? (source ?? value) : (value ?? null);
}

/** As `map[name] = value`, for every name: this one would set the prototype. */
function set(map: Record<string, unknown>, name: string, value: unknown): void {
    if (name !== "__proto__") map[name] = value;
    else Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
}

function shown(name: string): string {
    return name.length <= 100 ? name : `${name.slice(0, 100)}…`;
}
