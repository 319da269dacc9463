/** The parts of an answer that decide whether its `Date` is Okta's. */
export interface DatedAnswer {
    readonly status: number;
    /** The value of a header, whose name is in small letters; null where it is missing. */
    header(name: string): string | null;
}

/** RFC 9110, section 5.6.7: the only form that is still written. */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The `Date` of an answer in milliseconds since 1970, in whole seconds.
 *
 *   answer                                 date
 *   JSON, or without a body                its Date
 *   3xx, 407, 5xx                          undefined: a proxy may have written it
 *   not JSON                               undefined: the page of a proxy or of a portal
 *   with an Age of more than 0             undefined: a cache kept it
 *   without one Date in the usual form     undefined
 */
export function oktaDateIn({ status, header }: DatedAnswer): number | undefined {
    const isForwarded = (status >= 300 && status < 400) || status === 407 || status >= 500;
    const isJson = /^application\/(\w+\+)?json\b/.test(header("content-type") ?? "application/json");
    const isCached = (header("age") ?? "0").trim() !== "0";
    if (isForwarded || !isJson || isCached) return undefined;
    const text = (header("date") ?? "").trim();
    const ms = IMF_FIXDATE.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms;
}
