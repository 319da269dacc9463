import { isLoopback } from "../core/addresses/loopback";
import { fail } from "../core/errors/errors";

/** Where Okta publishes its ranges. Source: Okta help, "Allow access to Okta IP addresses". */
export const PUBLISHED = "https://s3.amazonaws.com/okta-ip-ranges/ip_ranges.json";

/** Where a file of ranges is. */
export type Place =
    | { readonly type: "file"; readonly path: string }
    | {
          readonly type: "url";
          readonly url: string;
          /** Without the query, which may hold a key: for messages and comments. */
          readonly name: string;
      };

/**
 * Reads a file or a URL as people write it.
 *
 *   text                              place
 *   okta_ip_ranges.json, ./old.json   file
 *   https://example.com/ranges.json   URL
 *   http://127.0.0.1:8080/            URL: it does not leave the machine
 *   http://example.com/ranges.json    refused: anybody on the network path could write the firewall's list
 *   https://ana:secret@example.com/   refused: a secret in a setting
 *   ftp://example.com/ranges.json     refused
 *
 * @param setting What people call it, such as `--from`.
 * @throws `bad-input`
 */
export function parsePlace(text: string, setting: string): Place {
    if (text.trim() === "") return fail("bad-input", `${setting} is empty: give a file or an https URL`);
    const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
    if (scheme === undefined) return { type: "file", path: text };
    if (!/^https?$/i.test(scheme)) return fail("bad-input", `${setting} begins with ${scheme}://: give an https URL`);
    if (!URL.canParse(text)) return fail("bad-input", `${setting} is not a URL such as ${PUBLISHED}`);
    const url = new URL(text);
    if (url.username !== "" || url.password !== "") {
        return fail("bad-input", `${setting} has a user or a password in it: take them out`);
    }
    if (url.protocol === "http:" && !isLoopback(url.hostname)) {
        return fail("bad-input", `${setting} is http://${url.host}, where it can be changed in transit: use https`);
    }
    url.hash = "";
    return { type: "url", url: url.href, name: `${url.origin}${url.pathname}` };
}
