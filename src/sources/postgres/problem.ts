import { networkProblem } from "../../core/outgoing/networkProblem";
import { tlsProblem } from "./tls";

/** The columns that a table or a view has to have. */
export const COLUMNS = "id, user_name, ip, starts_at, expires_at, permanent, reason, labels";

/** Remedies by the error codes of PostgreSQL. */
export type Remedies = Readonly<Record<string, string>>;

/** The remedies for reading a table of grants. */
const READING: Remedies = {
    "42P01": "`zonekeeper schema` prints the SQL that makes the table",
    "42703": `a table of grants, or a view, has the columns ${COLUMNS}`,
    "42501": "grant SELECT on it to this user",
    "28P01": "check the user and the password in the URL",
    "57014": "it takes too long to read the table",
};

/** Problems by the text of an error, for errors without a code of their own. */
const WORDS: readonly (readonly [words: RegExp, problem: string])[] = [
    [
        /^timeout expired$/,
        "no connection within 5 s; check host and port in the URL, and that no firewall is in between",
    ],
    [/^Query read timeout$/, "no answer within 15 s; see what keeps the database busy"],
    [
        /^Connection terminated|^(read|write) (ECONNRESET|EPIPE)/,
        "the connection was cut; check that host and port in the URL are those of PostgreSQL, and its log",
    ],
    [
        /^SASL: .*password must be a (non-empty )?string/,
        "the server wants a password, and the URL has none; write it into the URL",
    ],
];

/**
 * Whether PostgreSQL itself refused, so that a retry over another connection is useless.
 * Its codes have five characters and never begin with E, as EPIPE does.
 */
export function isRefusal(cause: unknown): boolean {
    const code = codeOf(cause);
    return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(57P|08|E)/.test(code);
}

/** Why a query failed, as the end of a sentence; undefined for an error that is not from the database. */
export function databaseProblem(cause: unknown, remedies = READING): string | undefined {
    if (!(cause instanceof Error)) return undefined;
    const code = codeOf(cause);
    const inner = cause instanceof AggregateError ? (cause.errors as Error[]).map(({ message }) => message) : [];
    const message = cause.message || inner.join(", ");
    const words = tlsProblem(cause) ?? fileProblem(cause) ?? WORDS.find(([pattern]) => pattern.test(message))?.[1];
    if (words !== undefined) return words;
    if (code === undefined && !/^SASL|connection/i.test(message)) return undefined;
    const remedy = rightsRemedy(cause) ?? remedies[code ?? ""];
    return remedy === undefined ? (networkProblem(cause)?.text ?? message) : `${message}; ${remedy}`;
}

/** The remedy for a lack of rights on rows or a schema. PostgreSQL has the same code for both and for tables. */
function rightsRemedy(cause: Error): string | undefined {
    if (codeOf(cause) !== "42501") return undefined;
    // By the name of PostgreSQL's function, since messages may be in another language.
    if ((cause as { readonly routine?: unknown }).routine === "check_enable_rls") {
        return "hidden rows would count as withdrawn, so nothing is read: give this user BYPASSRLS, or read a view of a user who sees all rows, or disable row level security on the table";
    }
    return /schema/.test(cause.message) ? "grant USAGE on it to this user" : undefined;
}

/** A problem with a file of a certificate or a key, which pg reads when it parses the URL. */
function fileProblem({ code, message }: Error & { readonly code?: unknown }): string | undefined {
    return /^(ENOENT|EACCES|EISDIR|ENOTDIR)$/.test(String(code)) && /, (open|read)\b/.test(message)
        ? `a file that the URL names cannot be read: ${message}`
        : undefined;
}

function codeOf(cause: unknown): string | undefined {
    const { code } = cause as { readonly code?: unknown };
    return typeof code === "string" ? code : undefined;
}
