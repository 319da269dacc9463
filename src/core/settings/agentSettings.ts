import { z } from "zod";

import { fail, hasCode } from "../errors/errors";
import { nearest } from "../errors/nearest";
import { parseRules, type Rules } from "../membership/rules";

/** What the agent is told, checked. Secrets are references, `env:NAME` or `file:PATH`, and never the secrets themselves. */
export interface AgentSettings {
    /** The Okta provider's keys; `url` replaces the org's address, for an emulator. Empty: the `OKTA_*` variables. */
    readonly okta: Readonly<Record<string, string>>;
    /** The shards of the membership, in order; at least one. */
    readonly zones: readonly string[];
    /** As parseSourceSpec takes it. */
    readonly source: unknown;
    readonly listen: Address;
    /** The folder for what has to survive a restart. */
    readonly state: string;
    readonly rules: Rules;
    /** What becomes of entries that no grant admits, of a zone that the agent does not remember. */
    readonly firstContact: "hold" | "apply";
    readonly onRevoke: "keep-sessions" | "clear-sessions";
    /** Whether a change that somebody else made in a zone is undone at once, or with the next write of the zone. */
    readonly drift: "heal" | "report";
    /** The most of the org's rate limit that the agent uses, in percent. */
    readonly rateShare: number;
    /** For how long grants that were read last stay in force while the source cannot be read, in ms; undefined: for ever. */
    readonly maxStaleMs: number | undefined;
    /** How often the source is read without a hint, in ms. */
    readonly pollMs: number;
    readonly leader: LeaderSettings;
    /** Where the token is that `POST /api/confirm` wants; undefined: nobody can confirm over HTTP. */
    readonly token: string | undefined;
    readonly log: "debug" | "info" | "warn" | "error";
    readonly ledger: { readonly rotateBytes: number; readonly keepFiles: number };
}

export interface Address {
    readonly host: string;
    readonly port: number;
}

export type LeaderSettings =
    | { readonly type: "file"; readonly path?: string | undefined }
    | { readonly type: "postgres"; readonly url: string; readonly key?: number | undefined }
    | {
          readonly type: "kubernetes";
          readonly name: string;
          readonly namespace?: string | undefined;
          readonly identity?: string | undefined;
      };

const LISTEN = "is not HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464";

/** A host, an IPv6 address in brackets, and a port. */
const ADDRESS = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<name>[^\s:[\]]+)):(?<port>\d{1,5})$/i;

const ZONES = "the ids of the zones to keep, such as [nzo1a2b3c4d5e6f7g8h9]";

const text = z.string().min(1, "is empty");

const secret = text.regex(/^(env|file):./, "is not written here: say where it is, as env:NAME or file:PATH");

const duration = z
    .string({ error: "is not a time such as 30s, 15m or 4h" })
    .regex(/^[1-9]\d{0,6}(s|m|h|d)$/, "is not a time such as 30s, 15m or 4h")
    .transform((written) => {
        const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[written.slice(-1) as "s" | "m" | "h" | "d"];
        return Number(written.slice(0, -1)) * unit;
    });

const spans = z.array(text, { error: "is not a list of addresses, CIDRs and ranges" });

const limits = z.strictObject({
    maxRemovals: z
        .union([z.string(), z.number()], { error: "is neither a number, nor a percentage, nor off" })
        .optional(),
    maxRemovalsWindow: text.optional(),
    widestPrefix: z.number({ error: "is not a prefix length from 1 to 32" }).optional(),
    deny: spans.optional(),
    maxTimeToLive: text.optional(),
    permanent: z.enum(["allowed", "refused"], { error: "is neither allowed nor refused" }).optional(),
    allowUnroutable: z.boolean({ error: "is neither true nor false" }).optional(),
});

const okta = z.strictObject({
    orgName: text.optional(),
    baseUrl: text.optional(),
    url: text.optional(),
    apiToken: secret.optional(),
    accessToken: secret.optional(),
    clientId: text.optional(),
    privateKey: secret.optional(),
    privateKeyId: text.optional(),
    scopes: z
        .union([z.string(), z.array(z.string())], { error: "is not a list of scopes" })
        .transform((value) => (typeof value === "string" ? value : value.join(",")))
        .optional(),
});

const leader = z.discriminatedUnion(
    "type",
    [
        z.strictObject({ type: z.literal("file"), path: text.optional() }),
        z.strictObject({ type: z.literal("postgres"), url: secret, key: z.number().int().optional() }),
        z.strictObject({
            type: z.literal("kubernetes"),
            name: text,
            namespace: text.optional(),
            identity: text.optional(),
        }),
    ],
    { error: "is none of file, postgres and kubernetes" },
);

const SCHEMA = z.strictObject({
    /** A Pulumi stack that says zones, source, selector and limits: see withStack, which takes it out. */
    stack: z.undefined({ error: "is not the name of a stack, such as production" }).optional(),
    okta: okta.default({}),
    zones: z
        .array(z.string().regex(/^[\w-]+$/, "is not the id of a zone, such as nzo1a2b3c4d5e6f7g8h9"), {
            error: ({ input }) => (input == null ? `is missing: ${ZONES}` : `is not a list: ${ZONES}`),
        })
        .min(1, "is empty: name at least one zone")
        .max(100, "has more zones than an org may have, 100")
        .refine((ids) => new Set(ids).size === ids.length, "names a zone twice"),
    source: z.unknown().refine((value) => value !== undefined && value !== null, "is missing: where the grants are"),
    listen: z
        .string({ error: LISTEN })
        .regex(ADDRESS, LISTEN)
        .refine((value) => Number(value.split(":").at(-1)) <= 65535, LISTEN)
        .default("127.0.0.1:9464"),
    state: text.default("./zonekeeper-state"),
    limits: limits.default({}),
    firstContact: z.enum(["hold", "apply"], { error: "is neither hold nor apply" }).default("hold"),
    onRevoke: z
        .enum(["keep-sessions", "clear-sessions"], { error: "is neither keep-sessions nor clear-sessions" })
        .default("keep-sessions"),
    staticGateways: spans.default([]),
    selector: z.record(z.string(), z.string(), { error: "is not a map of labels such as { app: payroll }" }).optional(),
    drift: z.enum(["heal", "report"], { error: "is neither heal nor report" }).default("heal"),
    rateShare: z
        .string({ error: "is not a percentage from 1% to 100%" })
        .regex(/^([1-9]\d?|100)%$/, "is not a percentage from 1% to 100%")
        .default("25%"),
    maxStale: duration.optional(),
    poll: duration.default(30_000),
    leader: leader.default({ type: "file" }),
    token: secret.optional(),
    log: z
        .enum(["debug", "info", "warn", "error"], { error: "is none of debug, info, warn and error" })
        .default("info"),
    ledger: z
        .strictObject({
            rotateBytes: z.number().int().min(4096).max(1_073_741_824).default(16_777_216),
            keepFiles: z.number().int().min(0).max(100_000).default(0),
        })
        .prefault({}),
});

/**
 * Reads the agent's configuration, a document that was YAML or JSON.
 *
 *   { "zones": ["nzo1"], "source": { "type": "file", "path": "grants.yaml" } }
 *
 * @throws `bad-input` with a sentence on each setting that is wrong; values that may be secrets are not shown
 */
export function readAgentSettings(document: unknown): AgentSettings {
    if (typeof document !== "object" || document === null || Array.isArray(document)) {
        return fail("bad-input", "the configuration is not a map of settings such as zones: [nzo1] and source: …");
    }
    const { data, error } = SCHEMA.safeParse(document, { error: problemOfType });
    if (data === undefined) {
        return fail("bad-input", [...new Set(error.issues.flatMap(problemsOf))].join("\n"));
    }
    return {
        okta: Object.fromEntries(Object.entries(data.okta).flatMap(([key, value]) => (value ? [[key, value]] : []))),
        zones: data.zones,
        source: data.source,
        listen: addressOf(data.listen),
        state: data.state,
        rules: rulesOf(data),
        firstContact: data.firstContact,
        onRevoke: data.onRevoke,
        drift: data.drift,
        rateShare: Number(data.rateShare.slice(0, -1)),
        maxStaleMs: data.maxStale,
        pollMs: data.poll,
        leader: data.leader,
        token: data.token,
        log: data.log,
        ledger: data.ledger,
    };
}

function addressOf(listen: string): Address {
    const { ipv6, name = "", port } = ADDRESS.exec(listen)?.groups ?? {};
    return { host: ipv6 ?? name, port: Number(port) };
}

function rulesOf({ limits, staticGateways, selector }: z.output<typeof SCHEMA>): Rules {
    try {
        return parseRules({ ...limits, staticGateways, selector });
    } catch (error) {
        if (!hasCode(error, "bad-input")) throw error;
        return fail("bad-input", `the setting ${error.message}`);
    }
}

/** What a value should have been, for the settings that do not say it themselves. */
const KINDS: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    object: "a map of settings",
    record: "a map",
    array: "a list",
};

function problemOfType(issue: z.core.$ZodRawIssue): string | undefined {
    if (issue.code !== "invalid_type") return undefined;
    return issue.input === undefined ? "is missing" : `is not ${KINDS[issue.expected] ?? issue.expected}`;
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
    const path = issue.path.map(String).join(".");
    if (issue.code !== "unrecognized_keys") return [`the setting ${path || "(all)"} ${issue.message}`];
    const known = keysAt(issue.path);
    return issue.keys.map((key) => {
        const meant = nearest(key, known);
        const hint = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
        return `there is no setting ${[...issue.path.map(String), key].join(".")}; ${hint}`;
    });
}

/** The settings that there are in one place of the document. */
function keysAt(path: readonly PropertyKey[]): string[] {
    if (path.length === 0) return Object.keys(SCHEMA.shape);
    if (path[0] === "okta") return Object.keys(okta.shape);
    if (path[0] === "limits") return Object.keys(limits.shape);
    if (path[0] === "ledger") return ["rotateBytes", "keepFiles"];
    return ["type", "path", "url", "key", "name", "namespace", "identity"];
}
