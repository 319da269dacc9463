import { fail } from "../core/errors/errors";
import { unexpected } from "./exchange/unexpected";
import type { OktaHttp } from "./http";

/** More than any org has; a list that goes on for longer goes round in a circle. */
const MAX_PAGES = 1000;

/**
 * All items of a list, over as many pages as Okta makes of it.
 *
 * The next page is always asked of the same org, whatever host its link names:
 * behind a proxy the two differ, and the credential is for the org alone.
 *
 * @throws `okta-unreachable` where a page is no list; as `request` does
 */
export async function readPages(http: OktaHttp, firstPath: string, signal: AbortSignal): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    let path: string | undefined = firstPath;
    for (let page = 0; path !== undefined; page++) {
        if (page >= MAX_PAGES) fail("okta-unreachable", `GET ${firstPath}: the list has more than ${MAX_PAGES} pages`);
        const { headers, body } = await http.request("GET", path, { signal });
        if (!Array.isArray(body)) return unexpected(path, "a list");
        items.push(...body);
        path = nextPath(headers.get("link"), http.orgUrl);
    }
    return items;
}

/**
 * Path and query of the link to the next page, or undefined on the last one.
 * Okta sends a header for each link, which fetch joins:
 * `<https://acme.okta.com/api/v1/zones?limit=20>; rel="self", <https://acme.okta.com/api/v1/zones?after=x>; rel="next"`
 */
export function nextPath(link: string | null, orgUrl: string): string | undefined {
    for (const [, target = "", parameters = ""] of (link ?? "").matchAll(
        /<([^>]*)>((?:\s*;\s*[^,;"]+(?:"[^"]*")?)*)/g,
    )) {
        if (!/;\s*rel\s*=\s*"?next"?\s*(;|$)/i.test(parameters) || !URL.canParse(target, orgUrl)) continue;
        const { pathname, search } = new URL(target, orgUrl);
        return pathname + search;
    }
    return undefined;
}
