import { fail } from "../../core/errors/errors";

/**
 * A URL over http or https in one spelling.
 *
 * @param what Begins the sentence on what is wrong with it.
 * @throws `bad-input`; the message holds no credential
 */
export function parseHttpUrl(text: string, what: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
        return fail("bad-input", `${what} is not a URL such as https://example.com/grants`);
    }
    if (url.username !== "" || url.password !== "") {
        const shown = `${url.origin}${url.pathname}`;
        fail(
            "bad-input",
            `${what} has a user or a password in it: write ${shown} and say token: env:NAME or file:PATH`,
        );
    }
    url.hash = "";
    return url.href;
}

/**
 * The URL of a database without a password, with `table` and `channel` taken out of it.
 *
 *   postgres://zonekeeper@db.example.com/access?table=app.grants
 *
 * @param what Begins the sentence on what is wrong with it.
 * @throws `bad-input`; the message holds no credential
 */
export function parsePostgresUrl(
    text: string,
    what: string,
): { readonly url: string; readonly table?: string; readonly channel?: string } {
    if (!/^postgres(ql)?:\/\//i.test(text) || !URL.canParse(text)) {
        return fail("bad-input", `${what} is not env:NAME, file:PATH, or a URL such as postgres://user@host/database`);
    }
    const url = new URL(text);
    if (url.password !== "" || url.searchParams.has("password")) {
        fail(
            "bad-input",
            `${what} has a password in it: keep the whole URL in an environment variable or a file, and write ` +
                "{type: postgres, url: env:NAME} or url: file:PATH",
        );
    }
    const [table, channel] = ["table", "channel"].map((name) => {
        const value = url.searchParams.get(name) ?? undefined;
        url.searchParams.delete(name);
        return value;
    });
    return { url: url.href, ...(table !== undefined && { table }), ...(channel !== undefined && { channel }) };
}
