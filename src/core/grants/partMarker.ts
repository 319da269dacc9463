import { quote } from "../errors/quote";

type Fields = Readonly<Record<string, unknown>>;

/** A kind of field by which the page of a list says that it is not the whole list. */
interface Marker {
    /** Matches the name in small letters, without separators. */
    readonly name: RegExp;
    readonly isPart: (value: unknown, document: Document) => boolean;
}

interface Document {
    /** How many grants it has. */
    readonly entries: number;
    /** Whether some field says that these are all. */
    readonly saysAll: boolean;
}

const NEXT =
    /^(odata)?(next|prev|previous)(page|link|url|uri|href|cursor|token|offset|marker|key|index|start|records|results)*$/;

const HAS_MORE = /^(has|is)?(more|next|nextpage|moreitems|moreresults|truncated|partial|incomplete)$/;

const TOTAL = /^(odata)?(grants?)?(total|count)(of)?(count|items|elements|results|records|entries|grants|size|hits)?$/;

/** Maps in which APIs keep such fields: `links: { next: … }`, `meta: { pagination: { … } }`. */
const CONTAINERS = /^(links?|meta|metadata|paging|pagination|pager|page|pageinfo|pageable|cursors?)$/;

/**
 * Says how a document shows that it is only one page of all grants; undefined where it does not. The fields are those
 * of the list APIs in use (OData, JSON:API, Relay, DynamoDB, Kubernetes, Spring, Django, SCIM, S3). They count beside `grants`, and in a map
 * such as `meta`, `links` or `pagination`; capitals, `_`, `-`, `.` and `@` do not count.
 *
 *   field                                              shows a part when it is
 *   next, nextPage, next_page_token, @odata.nextLink   anything but null, false, 0, "", [] and {}
 *   prev, previous, previousPage                       the same: then this is a later page
 *   cursor, endCursor                                  the same, unless hasMore or its like says false
 *   continue, continuationToken, pageToken, scrollId   the same
 *   hasMore, has_more, hasNextPage, more, truncated    true
 *   complete, isFirst, isLast                          false
 *   total, totalCount, count, totalResults             a number of more than the entries
 *   page, pages, totalPages, lastPage                  a number of more than 1
 *   offset, skip                                       a number of more than 0
 *   startIndex                                         a number of more than 1
 *   remaining, remainingItemCount                      a number of more than 0
 *   limit, pageSize, perPage                           just the number of entries, and no total or hasMore says that these are all
 *
 * @param fields The document.
 * @param entries How many grants it has.
 */
export function partMarker(fields: Fields, entries: number): string | undefined {
    return markerIn(fields, { entries, saysAll: saysAll(fields, entries, 0) }, "", 0);
}

/** In characters: a longer number may be a cursor. */
const LONGEST_SHOWN = 15;

/** Deeper maps are not looked at. */
const DEEPEST = 2;

function markerIn(fields: Fields, document: Document, path: string, depth: number): string | undefined {
    for (const [name, value] of Object.entries(fields)) {
        const letters = lettersOf(name);
        if (MARKERS.some((marker) => marker.name.test(letters) && marker.isPart(value, document))) {
            // A link or a cursor may hold a secret, so only numbers and booleans are shown.
            const isShown = typeof value !== "object" && String(value).length <= LONGEST_SHOWN;
            const shown = isShown && !Number.isNaN(numberOf(value)) ? `is ${value}` : "is set";
            return `${quote(path + name)} ${isTrue(value) || value === false ? `is ${value}` : shown}`;
        }
        if (depth === DEEPEST || !CONTAINERS.test(letters) || !isMap(value)) continue;
        const inside = markerIn(value, document, `${path}${name}.`, depth + 1);
        if (inside !== undefined) return inside;
    }
    return undefined;
}

const MARKERS: readonly Marker[] = [
    { name: NEXT, isPart: isSomething },
    {
        name: /^(end)?cursor$/,
        isPart: (value, { saysAll }) => !isMap(value) && isSomething(value) && !saysAll,
    },
    {
        name: /^(continue|(continuation|resumption|page|pagination)(token|key)|scrollid|lastevaluatedkey)$/,
        isPart: isSomething,
    },
    { name: HAS_MORE, isPart: isTrue },
    {
        name: /^(is)?(complete|first|last|firstpage|lastpage)$/,
        isPart: (value) => value === false || value === "false",
    },
    { name: TOTAL, isPart: (value, { entries }) => numberOf(value) > entries },
    {
        name: /^(page|pages|(total|num|number|max)(of)?pages|pagecount|pagenumber|lastpage)$/,
        isPart: (value) => numberOf(value) > 1,
    },
    { name: /^(offset|skip|(items?)?remaining(items?)?(count)?)$/, isPart: (value) => numberOf(value) > 0 },
    { name: /^startindex$/, isPart: (value) => numberOf(value) > 1 },
    {
        name: /^(limit|pagesize|perpage)$/,
        isPart: (value, { entries, saysAll }) => entries > 0 && numberOf(value) === entries && !saysAll,
    },
];

function saysAll(fields: Fields, entries: number, depth: number): boolean {
    return Object.entries(fields).some(([name, value]) => {
        const letters = lettersOf(name);
        if (HAS_MORE.test(letters) && (value === false || value === "false")) return true;
        if (NEXT.test(letters)) return !isSomething(value);
        if (TOTAL.test(letters)) return numberOf(value) <= entries;
        return depth < DEEPEST && CONTAINERS.test(letters) && isMap(value) && saysAll(value, entries, depth + 1);
    });
}

function isSomething(value: unknown): boolean {
    if (isMap(value)) return Object.values(value).some(isSomething);
    if (Array.isArray(value)) return value.length > 0;
    return value != null && ![false, 0, "", "false", "null", "none"].includes(value as string);
}

function isTrue(value: unknown): boolean {
    return value === true || value === "true" || (value !== "1" && numberOf(value) === 1);
}

function isMap(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** NaN for what is no number. One that is not in its usual form, such as 1.0, is a text, see parseJson. */
function numberOf(value: unknown): number {
    if (typeof value === "number") return value;
    return typeof value === "string" && /^[+-]?[\d.][\w.+-]{0,30}$/.test(value) ? Number(value) : Number.NaN;
}

function lettersOf(name: string): string {
    return name.toLowerCase().replace(/[\s_.@-]/g, "");
}
