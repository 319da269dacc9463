import { quote } from "../errors/quote";

type Fields = Readonly<Record<string, unknown>>;

/** A kind of field that shows that a document is only one page of a list. */
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
    /^(odata|x)?(next|prev|previous)(page|link|url|uri|href|cursor|token|offset|skip|marker|bookmark|key|index|start|records|results)*$/;

const HAS_MORE =
    /^(has|is|are|was|were)?(more|next|nextpage|limited|limit(reached|hit|exceeded))(items|results|records|entries|grants|pages|data|available|exists?)*$/;

/** Words that mean a part, so that whatever they say but no is one: true, `1/3`, `size limit`, how many are missing. */
const CUT =
    /^(has|is|are|was|were)?(truncated|partial|incomplete|capped|cut|cutoff|clipped|abridged)(items|results|records|entries|grants|pages|data|list|content|response)*$/;

const TOTAL =
    /^(odata)?(grants?)?(total|count|of|found|matched|matches|expected|(num|number|total|results?|items|records)(of)?(found|matched|matches|available))(of)?(count|items|elements|results|records|rows|entries|grants|size|hits)?$/;

/**
 * Maps in which APIs keep such fields: `links: { next: … }`, `response_metadata: { … }`, `meta: { pagination: { … } }`.
 */
const CONTAINERS = /(^links?|meta|metadata|paging|pagination|pager|^page|info|pageable|^cursors?)$/;

/** `1/3`, `2 of 3`, `page 1 of 3`, `1-15 of 40`: the second number. */
const OF =
    /^\s*(?:[a-z]{1,10}\s+)?\d{1,9}(?:\s*-\s*\d{1,9})?\s*(?:\/|(?:out\s+)?of)\s*(\d{1,9})(?:\s+[a-z]{1,10})?\s*$/i;

/** `0-10/12`, as a Content-Range has it. RFC 9110, section 14.4. */
const RANGE = /^(?:[a-z]+[ =])?(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i;

/**
 * Says how a document shows that it is only one page of all grants; undefined where it does not. The fields are those
 * of common list APIs (OData, JSON:API, Relay, DynamoDB, Kubernetes, Spring, Django, SCIM, S3). They count next to `grants`, and in a map
 * such as `meta`, `links` or `pagination`; capitals, `_`, `-`, `.`, `@` and `$` do not count. A list of links counts like a map of them.
 *
 *   field                                              shows a part when it is
 *   next, nextPage, next_page_token, @odata.nextLink   anything but null, false, 0, "", [] and {}
 *   prev, previous, previousPage                       the same: then this is a later page
 *   cursor, endCursor, after, marker, bookmark         the same, unless hasMore or its like says false
 *   continue, continuationToken, pageToken, scrollId,  the same
 *   moreUrl, truncatedAt
 *   hasMore, hasNextPage, moreAvailable, limitReached  true, 1 or yes
 *   truncated, partial, incomplete, capped             anything but null, false, no, 0, "", [], {} and 1/1
 *   complete, done, final, isFirst, isLast             false
 *   total, totalCount, count, numFound                 a number of more than the entries, or such as 15/40 or 1-15 of 40
 *   showing, shown, displayed, returned                such as 15/40 or 1-15 of 40, where that is more than the entries
 *   current, with total                                another number
 *   range                                              such as 0-10/12: not from the first to the last
 *   page, pages, totalPages, lastPage, chunk, parts    a number of more than 1, or such as 1/3; a map with such an `of`
 *   offset, skip                                       a number of more than 0
 *   startIndex                                         a number of more than 1
 *   remaining, remainingItemCount                      a number of more than 0
 *   limit, pageSize, perPage, maxResults, top          just the number of entries, and no total or hasMore says that these are all
 *
 * @param fields The document.
 * @param entries How many grants it has.
 */
export function partMarker(fields: Fields, entries: number): string | undefined {
    return markerIn(fields, { entries, saysAll: saysAll(fields, entries, 0) }, "", 0);
}

/** In characters: a longer number may be a cursor. */
const LONGEST_SHOWN = 15;

const MOST_LINKS = 20;

/** Deeper maps are not searched, nor maps with more fields: APIs do not keep such fields there. */
const DEEPEST = 2;
export const MOST_FIELDS = 1000;

function markerIn(fields: Fields, document: Document, path: string, depth: number): string | undefined {
    for (const [name, value] of Object.entries(fields)) {
        const letters = lettersOf(name);
        if (letters === "current" && numberOf(fields.total) > numberOf(value))
            return `${quote(path + name)} is ${value}`;
        if (MARKERS.some((marker) => marker.name.test(letters) && marker.isPart(value, document))) {
            // A link or a cursor may hold a secret, so only numbers and booleans are shown.
            const isShown = typeof value !== "object" && String(value).length <= LONGEST_SHOWN;
            const shown = isShown && !Number.isNaN(numberOf(value)) ? `is ${value}` : "is set";
            return `${quote(path + name)} ${isTrue(value) || value === false ? `is ${value}` : shown}`;
        }
        const map = depth < DEEPEST && CONTAINERS.test(letters) ? mapOf(value) : undefined;
        if (map === undefined) continue;
        const inside = markerIn(map, document, `${path}${name}.`, depth + 1);
        if (inside !== undefined) return inside;
    }
    return undefined;
}

const MARKERS: readonly Marker[] = [
    { name: NEXT, isPart: (value) => isSomething(value) },
    {
        name: /^(((end|after|last)?(cursor|marker|bookmark))|after|lastkey)$/,
        isPart: (value, { saysAll }) => !isMap(value) && isSomething(value) && !saysAll,
    },
    {
        name: /^(continue|continuation|(continuation|resumption|page|pagination)(token|key)|scrollid|lastevaluatedkey|more(url|uri|link|href)|truncatedat)$/,
        isPart: (value) => isSomething(value),
    },
    { name: HAS_MORE, isPart: isTrue },
    { name: CUT, isPart: (value) => isSomething(value) && !saysNo(value) },
    {
        name: /^(is|has)?(complete|completed|full|whole|final|finished|done|all|end|eof|first|last|firstpage|lastpage|finalpage)$/,
        isPart: (value) => value === false || value === "false",
    },
    {
        name: /^(content)?range$/,
        isPart(value) {
            const [, from, to, of] = RANGE.exec(String(value)) ?? [];
            return from !== undefined && (Number(from) > 0 || (of !== "*" && Number(to) + 1 < Number(of)));
        },
    },
    { name: TOTAL, isPart: (value, { entries }) => numberOf(value) > entries || allOf(value) > entries },
    {
        name: /^(showing|shown|displayed|returned)(items|results|records|entries|grants|rows)?$/,
        isPart: (value, { entries }) => allOf(value) > entries,
    },
    {
        name: /^((total|num|number|max)(of)?)?(page(s|count|number)?|chunk|part|segment|(chunk|part|batche?|segment)(s|count))$|^lastpage$/,
        isPart: (value) => numberOf(value) > 1,
    },
    {
        name: /^(page|chunk|part|batche?|segment|slice|fragment|piece|portion)(s|number)?$/,
        isPart: (value) => allOf(value) > 1 || (isMap(value) && numberOf(value.of) > 1),
    },
    { name: /^(offset|skip|(items?)?remaining(items?)?(count)?)$/, isPart: (value) => numberOf(value) > 0 },
    { name: /^startindex$/, isPart: (value) => numberOf(value) > 1 },
    {
        name: /^(limit|top|take|(page|batch|chunk)(size|limit)|(items|results)?perpage|max(results|items|records|entries|rows))$/,
        isPart: (value, { entries, saysAll }) => entries > 0 && numberOf(value) === entries && !saysAll,
    },
];

function saysAll(fields: Fields, entries: number, depth: number): boolean {
    return Object.entries(fields).some(([name, value]) => {
        const letters = lettersOf(name);
        if ((HAS_MORE.test(letters) || CUT.test(letters)) && (value === false || value === "false")) return true;
        if (NEXT.test(letters)) return !isSomething(value);
        if (TOTAL.test(letters)) return numberOf(value) <= entries;
        const map = depth < DEEPEST && CONTAINERS.test(letters) ? mapOf(value) : undefined;
        return map !== undefined && saysAll(map, entries, depth + 1);
    });
}

/** Whether a value is not empty. A value that is nested deeper than any empty link counts as not empty. */
function isSomething(value: unknown, depth = 0): boolean {
    if (isMap(value)) return depth > 2 * DEEPEST || Object.values(value).some((each) => isSomething(each, depth + 1));
    if (Array.isArray(value)) return value.length > 0;
    return value != null && ![false, 0, "", "false", "null", "none"].includes(value as string);
}

/** The number of which a text such as `1/3` or `1-15 of 40` names some; NaN for any other. */
function allOf(value: unknown): number {
    return typeof value === "string" ? Number(OF.exec(value)?.[1] ?? Number.NaN) : Number.NaN;
}

/** Of a word that means a part: no, 0 in another form, or the one part that there is. */
function saysNo(value: unknown): boolean {
    if (numberOf(value) === 0 || allOf(value) === 1) return true;
    return typeof value === "string" && /^\s*(no|n|off|never|false|none|null|complete)?\s*$/i.test(value);
}

function isTrue(value: unknown): boolean {
    return (
        value === true ||
        ["true", "yes"].includes(String(value).toLowerCase()) ||
        (value !== "1" && numberOf(value) === 1)
    );
}

/** A list of links as a map: `[{ rel: next, href: … }]` is `{ next: … }`. */
function mapOf(value: unknown): Fields | undefined {
    if (!Array.isArray(value)) return isContainer(value) ? value : undefined;
    const links = value.slice(0, MOST_LINKS).filter(isMap);
    return Object.fromEntries(links.map(({ rel, ...link }) => [String(rel), isSomething(link) ? link : null]));
}

function isContainer(value: unknown): value is Fields {
    return isMap(value) && Object.keys(value).length <= MOST_FIELDS;
}

function isMap(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** NaN for a value that is not a number. A number in another form, such as 1.0, is a text, see parseJson. */
function numberOf(value: unknown): number {
    if (typeof value === "number") return value;
    return typeof value === "string" && /^[+-]?[\d.][\w.+-]{0,30}$/.test(value) ? Number(value) : Number.NaN;
}

function lettersOf(name: string): string {
    return name.toLowerCase().replace(/[\s_.@$-]/g, "");
}
