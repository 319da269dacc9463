import { z } from "zod";

import { nearest } from "../../core/errors/nearest";
import { tableSql } from "../postgres/table";
import { deliveriesOf, USUAL_PUSHES } from "../webhook/pushSchema";
import { isSecretReference } from "./secret";
import type { PortalSpec, PushStoreSpec } from "./sourceSpec";
import { parsePostgresUrl } from "./sourceUrl";
import { parsed, refuse, required, SAY_WHERE, strictSettings } from "./strictSettings";

/**
 * The URL of a database, or where it is.
 *
 * @param what Begins the sentence on what is wrong with it.
 */
export function databaseUrl(what: string) {
    return required(`${what} is missing: ${SAY_WHERE}`).transform(
        (url, context): ReturnType<typeof parsePostgresUrl> =>
            isSecretReference(url) ? { url } : parsed(context, () => parsePostgresUrl(url, what)),
    );
}

/** The sentence on what is not the name of a table. */
export function tableProblem(what: string, usual: string): string {
    return `${what} is not the name of a table, such as ${usual} or app.${usual}`;
}

const TABLE = tableProblem("the table of the source's store", USUAL_PUSHES);

const PUSH_EXAMPLE = "{type: postgres, url: env:DATABASE_URL}";

const pushTable = strictSettings("a store of type postgres", {
    type: z.literal("postgres"),
    url: databaseUrl("the url of the source's store"),
    table: z.string(TABLE).nullish(),
}).transform(({ type, url: read, table }, context): PushStoreSpec => {
    if (read.channel !== undefined) return refuse(context, "the source's store has no channel of its own");
    const named = table ?? read.table ?? USUAL_PUSHES;
    const sql = tableSql(named);
    if (sql === undefined) return refuse(context, TABLE);
    if (tableSql(deliveriesOf(sql)) === undefined) {
        return refuse(context, "the table of the source's store has a name that is too long: 52 letters are the most");
    }
    return { type, url: read.url, table: named };
});

/** Where a webhook source keeps what was pushed. */
export const PUSH_STORE = z.discriminatedUnion(
    "type",
    [strictSettings("a store of type file", { type: z.literal("file") }), pushTable],
    {
        error: ({ input }) => {
            if (!isSettings(input)) return `the source's store is not one: leave it out, or give ${PUSH_EXAMPLE}`;
            const meant = typeof input.type === "string" ? nearest(input.type, ["file", "postgres"]) : undefined;
            const hint = meant === undefined ? `give ${PUSH_EXAMPLE}` : `did you mean ${meant}?`;
            return `the type of the source's store is neither file nor postgres: ${hint}`;
        },
    },
);

const PORTAL_EXAMPLE = "{type: file, path: portal.jsonl} or {type: postgres, url: env:DATABASE_URL}";

/** The store of a portal, as the portal's own configuration has it. */
export const PORTAL_STORE = z.discriminatedUnion(
    "type",
    [
        strictSettings("a portal's store of type file", {
            type: z.literal("file"),
            path: required("the path of the portal's store is missing"),
        }),
        strictSettings("a portal's store of type postgres", {
            type: z.literal("postgres"),
            url: databaseUrl("the url of the portal's store").describe(
                "where the URL is, or the URL without a password",
            ),
        }).transform(({ type, url: { url } }): PortalSpec["store"] => ({ type, url })),
    ],
    {
        error: ({ input }) =>
            isSettings(input)
                ? `the type of the portal's store is neither file nor postgres: give ${PORTAL_EXAMPLE}`
                : `the source's store is missing: give that of the portal, ${PORTAL_EXAMPLE}`,
    },
);

function isSettings(value: unknown): value is { readonly type?: unknown } {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
