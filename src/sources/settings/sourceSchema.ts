import { z } from "zod";

import { isLoopback } from "../../core/addresses/loopback";
import { fail } from "../../core/errors/errors";
import { nearest } from "../../core/errors/nearest";
import { USUAL_CHANNEL, USUAL_TABLE } from "../postgres/schema";
import { tableSql } from "../postgres/table";
import type { HttpSpec, OktaLogSpec, PostgresSpec, SourceSpec } from "./sourceSpec";
import { parseHttpUrl } from "./sourceUrl";
import { databaseUrl, PORTAL_STORE, PUSH_STORE, tableProblem } from "./storeSchema";
import { parsed, refuse, required, SAY_WHERE, secretReference, strictSettings } from "./strictSettings";

const file = strictSettings("a source of type file", {
    type: z.literal("file"),
    path: required("the source's path is missing").describe("`.yaml`, `.yml` or `.json`"),
});

const FLAG = "the source's allowInsecure is not true or false, without quotes";

const http = <Type extends "http" | "https">(type: Type) =>
    strictSettings(`a source of type ${type}`, {
        type: z.literal(type),
        url: required("the source's url is missing")
            .transform((url, context) => parsed(context, () => parseHttpUrl(url, "the source's url")))
            .describe("without user and password"),
        token: secretReference("the source's token").nullish().describe("where the bearer token is"),
        allowInsecure: z
            .boolean(FLAG)
            .default(false)
            .describe("`true`: the URL may begin with `http://` and name another machine"),
    }).transform(({ url, token, allowInsecure }, context): HttpSpec => {
        if (type === "https" && !url.startsWith("https:")) {
            return refuse(context, "the source has type https, but its url does not begin with https://");
        }
        const { protocol, hostname, host } = new URL(url);
        if (!allowInsecure && protocol !== "https:" && !isLoopback(hostname)) return refuse(context, unencrypted(host));
        return { type: "http", url, ...(token != null && { token }), ...(allowInsecure && { allowInsecure: true }) };
    });

function unencrypted(host: string): string {
    return (
        `the source is read from ${host} over http, so anybody who can change the answer in transit decides who is inside: ` +
        "write https://, or {type: http, url: …, allowInsecure: true} if that is meant"
    );
}

const TABLE = tableProblem("the source's table", USUAL_TABLE);
const CHANNEL = `the source's channel is not a name of small letters, such as ${USUAL_CHANNEL}`;

const postgres = strictSettings("a source of type postgres", {
    type: z.literal("postgres"),
    url: databaseUrl("the source's url").describe(
        "where the URL is, as it may hold a password; or the URL without one",
    ),
    table: z
        .string(TABLE)
        .nullish()
        .meta({ description: "a table or a view", usual: `\`${USUAL_TABLE}\`` }),
    channel: z
        .string(CHANNEL)
        .nullish()
        .meta({ description: "where changes are announced", usual: `\`${USUAL_CHANNEL}\`` }),
}).transform(({ type, url: read, ...given }, context): PostgresSpec => {
    const table = given.table ?? read.table ?? USUAL_TABLE;
    const channel = given.channel ?? read.channel ?? USUAL_CHANNEL;
    if (tableSql(table) === undefined) return refuse(context, TABLE);
    if (!/^[a-z_][a-z0-9_]{0,46}$/.test(channel)) return refuse(context, CHANNEL);
    return { type, url: read.url, table, channel };
});

const SECRET_MISSING = `the source's secret is missing: ${SAY_WHERE}`;

const webhook = strictSettings("a source of type webhook", {
    type: z.literal("webhook"),
    secret: z
        .preprocess(
            (value) => (value == null || Array.isArray(value) ? value : [value]),
            z
                .array(secretReference("the source's secret"), SECRET_MISSING)
                .min(1, SECRET_MISSING)
                .max(5, "the source has more than 5 secrets")
                .readonly(),
        )
        .describe("where the secret of the signatures is, or a list of up to 5"),
    initial: z
        .enum(["unreadable", "empty"], "the source's initial is neither unreadable nor empty")
        .default("unreadable")
        .describe("what the source is before the first full snapshot"),
    store: PUSH_STORE.default({ type: "file" }).describe(
        "where pushed grants are kept: in the agent's `state` folder, or `{ type: postgres, url: env:NAME, table: … }`, which agents share",
    ),
});

const portal = strictSettings("a source of type portal", {
    type: z.literal("portal"),
    store: PORTAL_STORE.describe(
        "that of the portal: `{ type: file, path: … }` or `{ type: postgres, url: env:NAME }`",
    ),
});

const FILTER = "the source's filter is not a text of Okta's filter language of up to 1000 characters";

const oktaLog = strictSettings("a source of type okta-log", {
    type: z.literal("okta-log"),
    hours: wholeNumber("hours", 1, 168, 8).meta({
        description: "how long a sign-in grants its address: 1 to 168",
        usual: "8",
    }),
    filter: z
        .string(FILTER)
        .max(1000, FILTER)
        .refine((filter) => filter.trim() !== "", FILTER)
        .nullish()
        .meta({ description: "which successful sign-ins count, in Okta's filter language", usual: "all" }),
    pollSeconds: wholeNumber("pollSeconds", 2, 300, 10).meta({
        description: "how often the log is read: 2 to 300",
        usual: "10",
    }),
}).transform(({ filter, ...rest }): OktaLogSpec => ({ ...rest, ...(filter != null && { filter }) }));

/** A number; `pulumi config set --path` keeps numbers and flags as they are. */
function wholeNumber(setting: string, least: number, most: number, usual: number) {
    const problem = `the source's ${setting} is not a whole number from ${least} to ${most}, without quotes`;
    return z.preprocess(
        (value) => value ?? usual,
        z.number(problem).int(problem).min(least, problem).max(most, problem),
    );
}

/** The types of sources, and their settings. */
export const SOURCES = {
    file,
    http: http("http"),
    https: http("https"),
    postgres,
    webhook,
    portal,
    "okta-log": oktaLog,
};

const TYPES = Object.keys(SOURCES);
const NAMES = `${TYPES.slice(0, -1).join(", ")} or ${TYPES.at(-1)}`;

/** A source that is given by its type and settings. */
export const SOURCE = z.discriminatedUnion(
    "type",
    [file, SOURCES.http, SOURCES.https, postgres, webhook, portal, oktaLog],
    {
        error: ({ input }) => {
            const { type } = Object(input) as { readonly type?: unknown };
            if (typeof type !== "string") return `the source's type is missing: give ${NAMES}`;
            const meant = nearest(type, TYPES);
            const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
            return `the source's type "${type}" is not ${NAMES}${hint}`;
        },
    },
);

/**
 * Reads a source that is given by its type and settings.
 *
 * @throws `bad-input` with a sentence on each setting that is wrong, unknown settings first; without any value that
 * may be a credential
 */
export function parseSourceSettings(value: object): SourceSpec {
    const { data, error } = SOURCE.safeParse(value);
    if (data !== undefined) return data;
    const unknownFirst = [...error.issues].sort((a, b) => Number(isUnknown(b)) - Number(isUnknown(a)));
    return fail("bad-input", [...new Set(unknownFirst.map(({ message }) => message))].join("; "));
}

function isUnknown({ code }: z.core.$ZodIssue): boolean {
    return code === "unrecognized_keys";
}
