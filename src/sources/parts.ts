import { partMarker } from "../core/grants/partMarker";

/**
 * Headers of paged APIs. Without `x-`, `x-wp-`, `x-ms-` and `pagination-` each is the field of that name to partMarker.
 */
const PAGE_HEADERS =
    /^(?:x-)?(?:wp-|ms-)?(?:(?:pagination|paging)-)?(next(?:-(?:page|cursor|token|link|offset|page-token))?|cursor|continuation-?token|has-(?:more|next|next-page)|(?:is-)?(?:partial|truncated|incomplete)|page|part|chunk|(?:total|count)(?:-?(?:count|items|pages|results|records))?|page-count|pages|pagination|paging)$/;

/** What a proxy says of an answer that it could not take in as a whole. Source: RFC 9209, section 2.3. */
const INCOMPLETE = /;\s*error\s*=\s*(http_response_(?:incomplete|body_size|transfer_coding|content_coding))\b/i;

/**
 * How the headers of an answer show that its body is only a part of the document; undefined if they do not.
 *
 *   answer                                               shows a part
 *   206, Content-Range, Content-Type: multipart/…        a range of bytes, or of a list; several of them
 *   Proxy-Status: cdn; error=http_response_incomplete    what a proxy in between has of it
 *   Link: <…>; rel="next", rel=prev, REL="last Next"     another page
 *   X-Next-Page: 2, X-Has-More: true, X-Page: 1/3, …     as the field of that name in a document, see partMarker
 *   X-Pagination: {"totalCount":12}                      as the map of that name in a document
 *
 * Warning is not looked at: RFC 9111 made it obsolete, and none of its codes says that an answer is a part.
 *
 * @param answer The status and the headers; or the trailers, which come after the body.
 * @param entries How many grants are in it; undefined while the body was not read, when only what needs no number is found.
 */
export function partOf(
    { status, headers }: Pick<Response, "headers"> & { readonly status?: number },
    entries?: number,
): string | undefined {
    if (status === 206) return "it answers 206, which is a part of the document";
    if (headers.has("content-range")) return "it answers with Content-Range, which is a part of the document";
    const [, type] = /^\s*(multipart\/[\w.+-]{1,40})/i.exec(headers.get("content-type") ?? "") ?? [];
    if (type !== undefined) return `it answers with ${type.toLowerCase()}, which is parts of the document`;
    const [, error] = INCOMPLETE.exec((headers.get("proxy-status") ?? "").replace(/"(?:\\.|[^"\\])*"/g, "")) ?? [];
    if (error !== undefined) return `a proxy in between has only a part of the document: Proxy-Status says ${error}`;
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
