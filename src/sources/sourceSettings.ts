import { fail } from "../core/errors";
import { nearest } from "../core/nearest";
import { USUAL_CHANNEL, USUAL_TABLE } from "./postgres/schema";
import { tableSql } from "./postgres/table";
import { isSecretReference, type SecretReference } from "./secret";
import type { FileSpec, HttpSpec, OktaLogSpec, PostgresSpec, SourceSpec, WebhookSpec } from "./sourceSpec";
import { parseHttpUrl, parsePostgresUrl } from "./sourceUrl";

type Settings = Readonly<Record<string, unknown>>;

/** How the settings of a type are read, and which there are besides `type`. */
const TYPES: Readonly<
    Record<string, { readonly settings: readonly string[]; readonly read: (settings: Settings) => SourceSpec }>
> = {
    file: { settings: ["path"], read: readFile },
    http: { settings: ["url", "token"], read: readHttp },
    https: { settings: ["url", "token"], read: readHttp },
    postgres: { settings: ["url", "table", "channel"], read: readPostgres },
    webhook: { settings: ["secret", "initial"], read: readWebhook },
    "okta-log": { settings: ["hours", "filter", "pollSeconds"], read: readOktaLog },
};

const NAMES = "file, http, https, postgres, webhook or okta-log";

/**
 * Reads a source that is given by its type and settings. Numbers may be texts,
 * as a stack's configuration has only these.
 *
 * @throws `bad-input`; the message holds no credential
 */
export function parseSourceSettings(value: object): SourceSpec {
    const settings = value as Settings;
    const { type } = settings;
    if (typeof type !== "string") return fail("bad-input", `the source's type is missing: give ${NAMES}`);
    const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    if (known === undefined) {
        const meant = nearest(type, Object.keys(TYPES));
        const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
        return fail("bad-input", `the source's type "${type}" is not ${NAMES}${hint}`);
    }
    const allowed = ["type", ...known.settings];
    const unknown = Object.keys(value).find((key) => !allowed.includes(key));
    if (unknown === undefined) return known.read(settings);
    const meant = nearest(unknown, known.settings);
    const hint = meant === undefined ? `it has ${allowed.join(", ")}` : `did you mean ${meant}?`;
    return fail("bad-input", `a source of type ${type} has no setting "${unknown}": ${hint}`);
}

function readFile({ path }: Settings): FileSpec {
    if (typeof path !== "string" || path === "") return fail("bad-input", "the source's path is missing");
    return { type: "file", path };
}

function readHttp({ type, url, token }: Settings): HttpSpec {
    if (typeof url !== "string" || url === "") return fail("bad-input", "the source's url is missing");
    const href = parseHttpUrl(url, "the source's url");
    if (type === "https" && !href.startsWith("https:")) {
        return fail("bad-input", "the source has type https, but its url does not begin with https://");
    }
    return { type: "http", url: href, ...(token != null && { token: readReference(token, "token") }) };
}

function readPostgres({ url, ...given }: Settings): PostgresSpec {
    if (typeof url !== "string" || url === "") {
        return fail("bad-input", "the source's url is missing: say where it is, as env:NAME or file:PATH");
    }
    const read = isSecretReference(url) ? { url } : parsePostgresUrl(url, "the source's url");
    const table = given.table ?? read.table ?? USUAL_TABLE;
    const channel = given.channel ?? read.channel ?? USUAL_CHANNEL;
    if (typeof table !== "string" || tableSql(table) === undefined) {
        return fail("bad-input", "the source's table is not the name of a table, such as grants or app.grants");
    }
    if (typeof channel !== "string" || !/^[a-z_][a-z0-9_]{0,46}$/.test(channel)) {
        return fail("bad-input", `the source's channel is not a name of small letters, such as ${USUAL_CHANNEL}`);
    }
    return { type: "postgres", url: read.url, table, channel };
}

function readWebhook({ secret, initial = "unreadable" }: Settings): WebhookSpec {
    const list: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
    if (secret == null || list.length === 0) {
        return fail("bad-input", "the source's secret is missing: say where it is, as env:NAME or file:PATH");
    }
    if (list.length > 5) return fail("bad-input", "the source has more than 5 secrets");
    if (initial !== "unreadable" && initial !== "empty") {
        return fail("bad-input", "the source's initial is neither unreadable nor empty");
    }
    return { type: "webhook", secret: list.map((each) => readReference(each, "secret")), initial };
}

function readOktaLog({ hours, filter, pollSeconds }: Settings): OktaLogSpec {
    if (filter != null && (typeof filter !== "string" || filter.trim() === "" || filter.length > 1000)) {
        return fail(
            "bad-input",
            "the source's filter is not a text of Okta's filter language of up to 1000 characters",
        );
    }
    return {
        type: "okta-log",
        hours: readNumber(hours ?? 8, "hours", 1, 168),
        ...(typeof filter === "string" && { filter }),
        pollSeconds: readNumber(pollSeconds ?? 10, "pollSeconds", 2, 300),
    };
}

function readNumber(value: unknown, setting: string, least: number, most: number): number {
    const number = typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number >= least && number <= most) return number;
    return fail("bad-input", `the source's ${setting} is not a whole number from ${least} to ${most}`);
}

function readReference(value: unknown, setting: string): SecretReference {
    if (typeof value === "string" && isSecretReference(value)) return value;
    return fail("bad-input", `the source's ${setting} is not written here: say where it is, as env:NAME or file:PATH`);
}
