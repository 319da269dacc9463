import { partMarker } from "../core/grants/partMarker";

/**
 * Headers of paged APIs. Without `x-`, `x-wp-`, `x-ms-` and `pagination-` each is the field of that name to partMarker.
 */
const PAGE_HEADERS =
    /^(?:x-)?(?:wp-|ms-)?(?:(?:pagination|paging)-)?(next(?:-(?:page|cursor|token|link|offset|page-token))?|cursor|continuation-?token|has-(?:more|next|next-page)|(?:total|count)(?:-?(?:count|items|pages|results|records))?|page-count|pages|pagination|paging)$/;

/**
 * How the headers of an answer show that its body is only a part of the document; undefined if they do not.
 *
 *   answer                                               shows a part
 *   206, Content-Range                                   a range of bytes, or of a list
 *   Link: <…>; rel="next", rel=prev, REL="last Next"     another page
 *   X-Next-Page: 2, X-Has-More: true, …                  as the field of that name in a document, see partMarker
 *   X-Pagination: {"totalCount":12}                      as the map of that name in a document
 *
 * @param entries How many grants are in it; undefined while the body was not read, when only what needs no number is found.
 */
export function partOf(
    { status, headers }: Pick<Response, "status" | "headers">,
    entries?: number,
): string | undefined {
    if (status === 206) return "it answers 206, which is a part of the document";
    if (headers.has("content-range")) return "it answers with Content-Range, which is a part of the document";
    const rel = relationsIn(headers.get("link") ?? "").find((each) => /^(next|prev|previous)$/.test(each));
    if (rel !== undefined) return `it answers with one page: there is a link with rel="${rel}"`;
    if (entries === undefined) return undefined;
    const fields = Object.fromEntries(
        [...headers].flatMap(([name, value]) => {
            const [, field] = PAGE_HEADERS.exec(name) ?? [];
            return field === undefined ? [] : [[field, fieldsIn(value.trim())]];
        }),
    );
    const marker = partMarker(fields, entries);
    return marker === undefined ? undefined : `it answers with one page: the header ${marker}`;
}

/** A header whose value is a JSON object, as a map. */
function fieldsIn(value: string): unknown {
    if (!value.startsWith("{")) return value;
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

/** The relation types of all links of the header, in small letters. Source: RFC 8288, section 3. */
function relationsIn(link: string): string[] {
    const parameters = link.replace(/<[^>]*>/g, "");
    const rels = parameters.matchAll(/[;,\s]rel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s",;]+))/gi);
    return [...rels].flatMap(([, quoted, single, bare]) => (quoted ?? single ?? bare ?? "").toLowerCase().split(/\s+/));
}
