import { textIn } from "../http/request";
import { refuse } from "../problem";
import { hashOf } from "../sessions";

/** A form of the page as it was sent. */
export interface SentForm {
    /** Its fields, without `once`. */
    readonly fields: unknown;
    /** Stands for an `Idempotency-Key`; undefined for a form without `once`. */
    readonly key: string | undefined;
}

/**
 * Reads `once` of a form. Its key holds path and fields as well: a page that a browser kept may be sent again with other fields, and
 * that is another request. With its spaces it is no `Idempotency-Key` of the API.
 *
 * @throws a problem where `once` is none of the page
 */
export function readOnce(path: string, body: unknown): SentForm {
    const once = textIn(body, "once");
    if (once === undefined) return { fields: body, key: undefined };
    if (!/^[\w-]{1,64}$/.test(once)) {
        return refuse(400, "portal-malformed", "once is not 1 to 64 letters, digits, - and _: load the page again");
    }
    const { once: _once, _csrf, ...fields } = body as Readonly<Record<string, unknown>>;
    return { fields, key: `form ${once} ${hashOf(JSON.stringify([path, fields]))}` };
}
