import { fail } from "../../core/errors/errors";

/** The part of fetch that is used here. */
export type Fetch = (
    url: string,
    init: { readonly headers: Record<string, string>; readonly signal: AbortSignal; readonly redirect: "manual" },
) => Promise<Response>;

/** The most redirects for one document. */
const MOST_REDIRECTS = 5;

/**
 * The answer to a GET, after redirects within the origin of the URL. One that
 * leads elsewhere is not followed: the token is meant for this server alone.
 *
 * @throws `source-unreadable` for such a redirect; whatever fetch throws
 */
export async function follow(
    url: URL,
    init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
    fetch: Fetch,
): Promise<Response> {
    let at = url;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
        const response = await fetch(at.href, { ...init, redirect: "manual" });
        const location = response.headers.get("location");
        if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
        await response.body?.cancel();
        if (!URL.canParse(location, at.href)) return fail("source-unreadable", "it redirects to what is not a URL");
        at = new URL(location, at);
        if (at.origin !== url.origin) {
            fail(
                "source-unreadable",
                `it redirects to ${at.origin}: if that is right, write the new URL in the source`,
            );
        }
    }
    return fail("source-unreadable", `it redirects more than ${MOST_REDIRECTS} times`);
}
