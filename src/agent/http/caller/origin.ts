import { quote } from "../../../core/errors/quote";

export interface FormHeaders {
    readonly host?: string | undefined;
    readonly origin?: string | undefined;
    readonly "sec-fetch-site"?: string | undefined;
}

/**
 * Why a form is refused: another site's page may have sent it. The token in the form is the first protection; this is
 * the second. Browsers set both headers themselves, and no page can change them.
 *
 *   Sec-Fetch-Site       Origin         taken   because
 *   same-origin          any            yes     the browser compared the addresses that it knows, also before a proxy
 *   none                 any            yes     the person sent it, and no page
 *   same-site, cross-…   any            no      another site's page sent it
 *   missing              missing        yes     no browser sent it
 *   missing              that of Host   yes     our own page, over plain http
 *   missing              null, other    no      another site's page, or one that hides where it is from
 */
export function originProblem({ host, origin, "sec-fetch-site": site }: FormHeaders): string | undefined {
    if (site === "same-origin" || site === "none") return undefined;
    if (site !== undefined) return "the form was sent by a page of another site: send it from this agent's own page";
    if (origin === undefined) return undefined;
    const isOwn = URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
    return isOwn ? undefined : `the form was sent by a page at ${quote(origin)}: send it from this agent's own page`;
}
