import { isLoopback } from "../../core/addresses/loopback";
import { fail } from "../../core/errors/errors";
import { nearest } from "../../core/errors/nearest";
import { USUAL_CHANNEL, USUAL_TABLE } from "../postgres/schema";
import { tableSql } from "../postgres/table";
import { deliveriesOf, USUAL_PUSHES } from "../webhook/pushSchema";
import { isSecretReference, type SecretReference } from "./secret";
import type {
    FileSpec,
    HttpSpec,
    OktaLogSpec,
    PortalSpec,
    PostgresSpec,
    PushStoreSpec,
    SourceSpec,
    WebhookSpec,
} from "./sourceSpec";
import { parseHttpUrl, parsePostgresUrl } from "./sourceUrl";

type Settings = Readonly<Record<string, unknown>>;

/** How the settings of a type are read, and which there are besides `type`. */
const TYPES: Readonly<
    Record<string, { readonly settings: readonly string[]; readonly read: (settings: Settings) => SourceSpec }>
> = {
    file: { settings: ["path"], read: readFile },
    http: { settings: ["url", "token", "allowInsecure"], read: readHttp },
    https: { settings: ["url", "token", "allowInsecure"], read: readHttp },
    postgres: { settings: ["url", "table", "channel"], read: readPostgres },
    webhook: { settings: ["secret", "initial", "store"], read: readWebhook },
    portal: { settings: ["store"], read: readPortal },
    "okta-log": { settings: ["hours", "filter", "pollSeconds"], read: readOktaLog },
};

const NAMES = "file, http, https, postgres, webhook, portal or okta-log";

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
    checkKeys(value, known.settings, `a source of type ${type}`);
    return known.read(settings);
}

function checkKeys(value: object, known: readonly string[], what: string): void {
    const allowed = ["type", ...known];
    const unknown = Object.keys(value).find((key) => !allowed.includes(key));
    if (unknown === undefined) return;
    const meant = nearest(unknown, known);
    const hint = meant === undefined ? `it has ${allowed.join(", ")}` : `did you mean ${meant}?`;
    fail("bad-input", `${what} has no setting "${unknown}": ${hint}`);
}

function readFile({ path }: Settings): FileSpec {
    if (typeof path !== "string" || path === "") return fail("bad-input", "the source's path is missing");
    return { type: "file", path };
}

function readHttp({ type, url, token, allowInsecure = false }: Settings): HttpSpec {
    if (typeof url !== "string" || url === "") return fail("bad-input", "the source's url is missing");
    const href = parseHttpUrl(url, "the source's url");
    if (type === "https" && !href.startsWith("https:")) {
        return fail("bad-input", "the source has type https, but its url does not begin with https://");
    }
    // A stack's configuration has texts only.
    if (!["true", "false"].includes(String(allowInsecure))) {
        return fail("bad-input", "the source's allowInsecure is neither true nor false");
    }
    const isAllowed = String(allowInsecure) === "true";
    if (!isAllowed) checkEncrypted(new URL(href));
    return {
        type: "http",
        url: href,
        ...(token != null && { token: readReference(token, "token") }),
        ...(isAllowed && { allowInsecure: true }),
    };
}

function checkEncrypted({ protocol, hostname, host }: URL): void {
    if (protocol === "https:" || isLoopback(hostname)) return;
    fail(
        "bad-input",
        `the source is read from ${host} over http, so whoever can change the answer on its way decides who is in: ` +
            "write https://, or {type: http, url: …, allowInsecure: true} if that is meant",
    );
}

function readPostgres({ url, ...given }: Settings): PostgresSpec {
    const read = readDatabase(url, "the source's url");
    const table = readTable(given.table ?? read.table ?? USUAL_TABLE, "the source's table", USUAL_TABLE);
    const channel = given.channel ?? read.channel ?? USUAL_CHANNEL;
    if (typeof channel !== "string" || !/^[a-z_][a-z0-9_]{0,46}$/.test(channel)) {
        return fail("bad-input", `the source's channel is not a name of small letters, such as ${USUAL_CHANNEL}`);
    }
    return { type: "postgres", url: read.url, table, channel };
}

function readDatabase(url: unknown, what: string): ReturnType<typeof parsePostgresUrl> {
    if (typeof url !== "string" || url === "") {
        return fail("bad-input", `${what} is missing: say where it is, as env:NAME or file:PATH`);
    }
    return isSecretReference(url) ? { url } : parsePostgresUrl(url, what);
}

function readTable(table: unknown, what: string, usual: string): string {
    if (typeof table === "string" && tableSql(table) !== undefined) return table;
    return fail("bad-input", `${what} is not the name of a table, such as ${usual} or app.${usual}`);
}

function readWebhook({ secret, initial = "unreadable", store = { type: "file" } }: Settings): WebhookSpec {
    const list: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
    if (secret == null || list.length === 0) {
        return fail("bad-input", "the source's secret is missing: say where it is, as env:NAME or file:PATH");
    }
    if (list.length > 5) return fail("bad-input", "the source has more than 5 secrets");
    if (initial !== "unreadable" && initial !== "empty") {
        return fail("bad-input", "the source's initial is neither unreadable nor empty");
    }
    const secrets = list.map((each) => readReference(each, "secret"));
    return { type: "webhook", secret: secrets, initial, store: readStore(store) };
}

function readStore(value: unknown): PushStoreSpec {
    const EXAMPLE = "{type: postgres, url: env:DATABASE_URL}";
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return fail("bad-input", `the source's store is not one: leave it out, or give ${EXAMPLE}`);
    }
    const { type, url, table } = value as Settings;
    if (type === "file") {
        checkKeys(value, [], "a store of type file");
        return { type };
    }
    if (type !== "postgres") {
        const meant = typeof type === "string" ? nearest(type, ["file", "postgres"]) : undefined;
        const hint = meant === undefined ? `give ${EXAMPLE}` : `did you mean ${meant}?`;
        return fail("bad-input", `the type of the source's store is neither file nor postgres: ${hint}`);
    }
    checkKeys(value, ["url", "table"], "a store of type postgres");
    const read = readDatabase(url, "the url of the source's store");
    if (read.channel !== undefined) fail("bad-input", "the source's store has no channel of its own");
    const named = readTable(table ?? read.table ?? USUAL_PUSHES, "the table of the source's store", USUAL_PUSHES);
    if (tableSql(deliveriesOf(tableSql(named) ?? "")) === undefined) {
        fail("bad-input", "the table of the source's store has a name that is too long: 52 letters are the most");
    }
    return { type, url: read.url, table: named };
}

function readPortal({ store }: Settings): PortalSpec {
    const EXAMPLE = "{type: file, path: portal.jsonl} or {type: postgres, url: env:DATABASE_URL}";
    if (typeof store !== "object" || store === null || Array.isArray(store)) {
        return fail("bad-input", `the source's store is missing: give that of the portal, ${EXAMPLE}`);
    }
    const { type, path, url } = store as Settings;
    if (type === "file") {
        checkKeys(store, ["path"], "a portal's store of type file");
        if (typeof path !== "string" || path === "") fail("bad-input", "the path of the portal's store is missing");
        return { type: "portal", store: { type, path: path as string } };
    }
    if (type !== "postgres") {
        return fail("bad-input", `the type of the portal's store is neither file nor postgres: give ${EXAMPLE}`);
    }
    checkKeys(store, ["url"], "a portal's store of type postgres");
    return { type: "portal", store: { type, url: readDatabase(url, "the url of the portal's store").url } };
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
