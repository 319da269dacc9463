/** Keys whose values are secret. */
const SECRET_KEY =
    /^(.*[_-])?(authorization|cookie|set-cookie|password|passwd|secret|token|assertion|signature|dpop)$|apitoken|accesstoken|privatekey|clientsecret|sharedsecret/i;

/** The user and password of a URL, as in `postgres://me:secret@db/grants`. */
const URL_LOGIN = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi;

/** Deeper values are left out: nothing that is logged on purpose is nested so deep. */
const DEEPEST = 6;

const HIDDEN = "[hidden]";

/**
 * A value with its secrets redacted, for a log. This is a second protection: callers
 * do not pass secrets to logs.
 *
 *   value                                      logged
 *   { apiToken: "…" }, { authorization: "…" }  { apiToken: "[hidden]" }, …
 *   "… postgres://me:secret@db/grants …"       "… postgres://[hidden]@db/grants …"
 *   a text with a secret that `redact` knows  as `redact` leaves it
 *   an Error                                   its message and code, and no stack
 */
export function redacted(value: unknown, redact: (text: string) => string, depth = 0): unknown {
    if (typeof value === "string") return redact(value).replace(URL_LOGIN, `$1${HIDDEN}@`);
    if (typeof value !== "object" || value === null) return typeof value === "bigint" ? String(value) : value;
    if (depth >= DEEPEST) return "[too deep]";
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Error) {
        const { message, code } = value as Error & { readonly code?: unknown };
        return redacted({ message, ...(code !== undefined && { code }) }, redact, depth + 1);
    }
    if (Array.isArray(value)) return value.map((each) => redacted(each, redact, depth + 1));
    return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [
            redact(key),
            SECRET_KEY.test(key) && each !== undefined ? HIDDEN : redacted(each, redact, depth + 1),
        ]),
    );
}
