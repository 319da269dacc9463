import { fileURLToPath } from "node:url";

import { fail } from "../../core/errors/errors";
import { parseSourceSettings } from "./sourceSchema";
import type { SourceSpec } from "./sourceSpec";
import { parseHttpUrl, parsePostgresUrl } from "./sourceUrl";

const EXAMPLES =
    'a file such as grants.yaml, a URL such as https://example.com/grants, or {"type": "file", "path": "grants.yaml"}';

/**
 * Reads the setting that says where grants come from.
 *
 *   value                                    source
 *   grants.yaml, ./x.json, /srv/x.yml        file, as given
 *   file:grants.yaml, file:///srv/x.yml      file, without the scheme
 *   https://example.com/grants               http
 *   http://127.0.0.1:8080/grants             http
 *   http://example.com/grants                refused, unless {type: http, url: …, allowInsecure: true}
 *   postgres://ana@db/app?table=grants       postgres, without a password
 *   okta-log, webhook                        these, with their usual settings; webhook wants a secret
 *   {type: file, path: grants.yaml}          file
 *   {type: https, url: …, token: env:NAME}   http with a bearer token
 *   {type: postgres, url: env:NAME, …}       postgres, with the whole URL in an environment variable
 *   '{"type":"file","path":"x.json"}'        file: a text may hold the object as JSON
 *   https://ana:secret@example.com/          refused: a secret is never written in a setting
 *   {type: https, url: …, token: s3cr3t}     refused: the same
 *   postgres://ana:secret@db/app             refused: the same
 *
 * @throws `bad-input`; the message holds no credential
 */
export function parseSourceSpec(value: unknown): SourceSpec {
    if (typeof value === "string") return parseText(value.trim());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return parseSourceSettings(value);
    return fail("bad-input", `the source is missing or is not one: give ${EXAMPLES}`);
}

function parseText(text: string): SourceSpec {
    if (text === "") return fail("bad-input", `the source is empty: give ${EXAMPLES}`);
    if (text.startsWith("{")) return parseSourceSettings(parseJson(text));
    if (/^file:\/\//i.test(text)) return { type: "file", path: pathOf(text) };
    if (/^file:/i.test(text)) return parseSourceSettings({ type: "file", path: text.slice("file:".length) });
    if (text === "webhook" || text === "okta-log") return parseSourceSettings({ type: text });
    const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
    if (scheme === undefined) return { type: "file", path: text };
    if (/^https?$/i.test(scheme)) {
        return parseSourceSettings({ type: "http", url: parseHttpUrl(text, "the source") });
    }
    if (/^postgres(ql)?$/i.test(scheme)) {
        return parseSourceSettings({ type: "postgres", ...parsePostgresUrl(text, "the source") });
    }
    return fail("bad-input", `the source has the scheme ${scheme}://, but is read from file, http, https or postgres`);
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
