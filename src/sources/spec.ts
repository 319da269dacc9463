import { fileURLToPath } from "node:url";

import { fail } from "../core/errors";
import { isSecretReference, type SecretReference } from "./secret";

/** Which source to open, checked and in one spelling. */
export type SourceSpec = FileSpec | HttpSpec;

export interface FileSpec {
    readonly type: "file";
    /** As it was given; a relative one hangs on the folder that openSource is told. */
    readonly path: string;
}

export interface HttpSpec {
    /** Also for https: the URL tells them apart. */
    readonly type: "http";
    readonly url: string;
    /** Where the bearer token is, never the token itself. */
    readonly token?: SecretReference;
}

/** Settings of each type that can be opened. */
const SETTINGS = {
    file: ["type", "path"],
    http: ["type", "url", "token"],
    https: ["type", "url", "token"],
} as const;

const LATER = ["postgres", "webhook", "okta-log"];

const EXAMPLES =
    "a file such as grants.yaml, a URL such as https://example.com/grants, or {type: file, path: grants.yaml}";

/**
 * Reads the setting that says where grants come from.
 *
 *   value                                    source
 *   grants.yaml, ./x.json, /srv/x.yml        file, as given
 *   file:grants.yaml, file:///srv/x.yml      file, without the scheme
 *   https://example.com/grants               http
 *   {type: file, path: grants.yaml}          file
 *   {type: https, url: …, token: env:NAME}   http with a bearer token
 *   '{"type":"file","path":"x.json"}'        file: a text may hold the object as JSON
 *   https://ana:secret@example.com/          refused: a secret is never written in a setting
 *   {type: https, url: …, token: s3cr3t}     refused: the same
 *   {type: postgres, …}                      refused: not in this command yet
 *
 * @throws `bad-input`; the message holds no credential
 */
export function parseSourceSpec(value: unknown): SourceSpec {
    if (typeof value === "string") return parseText(value.trim());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return parseSettings(value);
    return fail("bad-input", `the source is missing or is not one: give ${EXAMPLES}`);
}

function parseText(text: string): SourceSpec {
    if (text === "") return fail("bad-input", `the source is empty: give ${EXAMPLES}`);
    if (text.startsWith("{")) return parseSettings(parseJson(text));
    if (/^file:\/\//i.test(text)) return { type: "file", path: pathOf(text) };
    if (/^file:/i.test(text)) return parseSettings({ type: "file", path: text.slice("file:".length) });
    const [, scheme = text] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
    if (/^https?$/i.test(scheme)) return { type: "http", url: parseUrl(text, "the source") };
    if (LATER.includes(scheme) || scheme === "postgresql") return refuseLater(scheme);
    if (scheme !== text)
        fail("bad-input", `the source has the scheme ${scheme}://, but is read from file, http or https`);
    return { type: "file", path: text };
}

/** The parser's own message is left out: it quotes the text, which may hold a secret. */
function parseJson(text: string): object {
    try {
        return JSON.parse(text) as object;
    } catch {
        return fail("bad-input", `the source begins with { but is not JSON: give ${EXAMPLES}`);
    }
}

function pathOf(url: string): string {
    try {
        return fileURLToPath(url);
    } catch {
        return fail("bad-input", "the source is not a file URL such as file:///srv/grants.yaml");
    }
}

function parseSettings(value: object): SourceSpec {
    const { type, path, url, token } = value as Readonly<Record<string, unknown>>;
    if (typeof type === "string" && LATER.includes(type)) return refuseLater(type);
    if (type !== "file" && type !== "http" && type !== "https") {
        const found = typeof type === "string" ? `type "${type}" is not` : "type is missing: give";
        return fail("bad-input", `the source's ${found} file, http or https`);
    }
    const allowed: readonly string[] = SETTINGS[type];
    const unknown = Object.keys(value).find((key) => !allowed.includes(key));
    if (unknown !== undefined) {
        fail("bad-input", `a source of type ${type} has no setting "${unknown}": it has ${allowed.join(", ")}`);
    }
    if (type === "file") {
        if (typeof path !== "string" || path === "") return fail("bad-input", "the source's path is missing");
        return { type, path };
    }
    if (typeof url !== "string" || url === "") return fail("bad-input", "the source's url is missing");
    const href = parseUrl(url, "the source's url");
    if (type === "https" && !href.startsWith("https:")) {
        return fail("bad-input", "the source has type https, but its url does not begin with https://");
    }
    return { type: "http", url: href, ...(token != null && { token: parseToken(token) }) };
}

function parseUrl(text: string, what: string): string {
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

function parseToken(token: unknown): SecretReference {
    if (typeof token === "string" && isSecretReference(token)) return token;
    return fail("bad-input", "the source's token is not written here: say where it is, as env:NAME or file:PATH");
}

function refuseLater(type: string): never {
    return fail("bad-input", `a source of type ${type} cannot be used here yet: give ${EXAMPLES}`);
}
