import { z } from "zod";

const LISTEN = "is not HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464";

/** A host, an IPv6 address in brackets, and a port. */
export const ADDRESS = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<name>[^\s:[\]]+)):(?<port>\d{1,5})$/i;

const ZONES = "the ids of the zones to keep, such as [nzo1a2b3c4d5e6f7g8h9]";

const MEMBERSHIPS = "each with its name and zones, such as [{ name: payroll, zones: [nzo1] }]";

const NAME = "is not a name such as payroll: up to 63 letters, digits, dots, hyphens and underscores";

const text = z.string().min(1, "is empty");

const name = z.string({ error: NAME }).regex(/^[a-z\d][\w.-]{0,62}$/i, NAME);

const secret = text.regex(/^(env|file):./, "is not written here: say where it is, as env:NAME or file:PATH");

/** Okta's ids of groups that it shows begin so. */
const GROUP = "is not the id of an Okta group, such as 00g1a2b3c4d5e6f7g8h9";

const duration = z
    .string({ error: "is not a time such as 30s, 15m or 4h" })
    .regex(/^[1-9]\d{0,6}(s|m|h|d)$/, "is not a time such as 30s, 15m or 4h")
    .transform((written) => {
        const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[written.slice(-1) as "s" | "m" | "h" | "d"];
        return Number(written.slice(0, -1)) * unit;
    });

const spans = z.array(text, { error: "is not a list of addresses, CIDRs and ranges" });

export const LIMITS = z.strictObject({
    maxRemovals: z
        .union([z.string(), z.number()], { error: "is neither a number, nor a percentage, nor off" })
        .optional()
        .meta({
            description: "the [removal limit](../explanation/removals.md): a number, a percentage or `off`",
            usual: "`50%`",
        }),
    maxRemovalsWindow: text
        .optional()
        .meta({ description: "the time over which removals are added up", usual: "`10m`" }),
    widestPrefix: z
        .number({ error: "is not a prefix length from 1 to 32" })
        .optional()
        .meta({ description: "the shortest prefix that a grant may have", usual: "24" }),
    deny: spans.optional().meta({ description: "ranges that no grant may touch", usual: "none" }),
    maxTimeToLive: text
        .optional()
        .meta({ description: "the longest time that a grant may last, such as `12h`", usual: "no limit" }),
    permanent: z
        .enum(["allowed", "refused"], { error: "is neither allowed nor refused" })
        .optional()
        .meta({ description: "`refused`: a grant without an end is unusable", usual: "`allowed`" }),
    allowUnroutable: z.boolean({ error: "is neither true nor false" }).optional().meta({
        description: "`true`: accept grants of private and other addresses that never reach Okta",
        usual: "`false`",
    }),
});

export const OKTA = z.strictObject({
    orgName: text.optional().describe("the first part of the org's host: `acme`"),
    baseUrl: text.optional().meta({ description: "the rest of the host", usual: "`okta.com`" }),
    url: text.optional().describe("the whole address, for an emulator"),
    apiToken: secret.optional().describe("where the API token is"),
    accessToken: secret.optional().describe("where an access token is"),
    clientId: text.optional().describe("the client id of an OAuth app"),
    privateKey: secret.optional().describe("where its private key is"),
    privateKeyId: text.optional().describe("the id of that key"),
    scopes: z
        .union([z.string(), z.array(z.string())], { error: "is not a list of scopes" })
        .transform((value) => (typeof value === "string" ? value : value.join(",")))
        .optional()
        .meta({ description: "the scopes to ask for", usual: "those that are needed" }),
});

export const LEADER = z.discriminatedUnion(
    "type",
    [
        z.strictObject({
            type: z.literal("file"),
            path: text.optional().meta({ description: "the lock file", usual: "`leader.lock` in `state`" }),
        }),
        z.strictObject({
            type: z.literal("postgres"),
            url: secret.describe("where the URL of the database is"),
            key: z.number().int().optional().meta({ description: "the advisory lock", usual: "from the zones" }),
        }),
        z.strictObject({
            type: z.literal("kubernetes"),
            name: text.describe("the name of the Lease"),
            namespace: text.optional().meta({ description: "its namespace", usual: "that of the pod" }),
            identity: text.optional().meta({ description: "who holds it", usual: "`HOSTNAME` and a random part" }),
        }),
    ],
    { error: "is none of file, postgres and kubernetes" },
);

/** What the process has once. */
const PROCESS = {
    listen: z
        .string({ error: LISTEN })
        .regex(ADDRESS, LISTEN)
        .refine((value) => Number(value.split(":").at(-1)) <= 65535, LISTEN)
        .default("127.0.0.1:9464")
        .describe("where the agent answers HTTP"),
    state: text.default("./zonekeeper-state").describe("the folder of the ledger, the known grants and the denials"),
    rateShare: z
        .string({ error: "is not a percentage from 1% to 100%" })
        .regex(/^([1-9]\d?|100)%$/, "is not a percentage from 1% to 100%")
        .default("25%")
        .describe("the share of the org's rate limit that the agent may use"),
    leader: LEADER.default({ type: "file" }).describe(
        "how [one of several agents](../guides/agent-leadership.md) is chosen to write",
    ),
    token: secret.optional().meta({
        description: "where the token is for `POST /api/confirm` and, on a network address, for every page",
        usual: "these are refused",
    }),
    log: z
        .enum(["debug", "info", "warn", "error"], { error: "is none of debug, info, warn and error" })
        .default("info")
        .describe("the lowest level that is logged"),
    ledger: z
        .strictObject({
            rotateBytes: z.number().int().min(4096).max(1_073_741_824).default(16_777_216),
            keepFiles: z.number().int().min(0).max(100_000).default(0),
        })
        .prefault({})
        .meta({
            description:
                "when a [ledger](ledger.md) file is full (`rotateBytes`), and how many are kept (`keepFiles`, 0: all)",
            usual: "`{ rotateBytes: 16777216, keepFiles: 0 }`",
        }),
};

const source = z
    .unknown()
    .refine((value) => value !== undefined && value !== null, "is missing: where the grants are")
    .meta({
        description: "where the grants are: a path, a URL or an object, as in [Source](#source)",
        usual: "required",
    });

/** What the memberships of a configuration may have in common: each one of its own counts instead. */
const COMMON = {
    limits: LIMITS.optional().describe("see [limits](#limits)"),
    firstContact: z.enum(["hold", "apply"], { error: "is neither hold nor apply" }).optional().meta({
        description:
            "`apply`: entries that no grant admits leave a zone that is new to the agent at once, within `maxRemovals`",
        usual: "`hold`",
    }),
    onRevoke: z
        .enum(["keep-sessions", "clear-sessions"], { error: "is neither keep-sessions nor clear-sessions" })
        .optional()
        .meta({
            description: "`clear-sessions`: end the Okta sessions of users whose last grant has ended",
            usual: "`keep-sessions`",
        }),
    drift: z.enum(["heal", "report"], { error: "is neither heal nor report" }).optional().meta({
        description: "`report`: entries of other writers stay in the zone until it is written again",
        usual: "`heal`",
    }),
    maxStale: duration.optional().meta({
        description: "after so long without a readable source nobody is inside",
        usual: "the last grants stay",
    }),
    poll: duration
        .optional()
        .meta({ description: "how often the source is read, besides its change events", usual: "`30s`" }),
};

/** What one membership has for itself. */
const OWN = {
    /** A Pulumi stack that says zones, source, selector and limits: see withStack, which takes it out. */
    stack: z
        .undefined({ error: "is not the name of a stack, such as production" })
        .optional()
        .describe("a Pulumi stack that says zones, source, selector, static gateways and limits, in place of them"),
    zones: z
        .array(z.string().regex(/^[\w-]+$/, "is not the id of a zone, such as nzo1a2b3c4d5e6f7g8h9"), {
            error: ({ input }) => (input == null ? `is missing: ${ZONES}` : `is not a list: ${ZONES}`),
        })
        .min(1, "is empty: name at least one zone")
        .max(100, "has more zones than an org may have, 100")
        .refine((ids) => new Set(ids).size === ids.length, "names a zone twice")
        .describe("the ids of the zones, the shards in order"),
    staticGateways: spans.default([]).describe("entries to keep besides the grants"),
    group: z
        .string({ error: GROUP })
        .regex(/^00g[\w-]{1,61}$/, GROUP)
        .optional()
        .meta({
            description: "the id of the Okta group that [binds grants to users](../guides/bound-to-users.md)",
            usual: "grants are bound to addresses only",
        }),
    selector: z
        .record(z.string(), z.string(), { error: "is not a map of labels such as { app: payroll }" })
        .optional()
        .meta({ description: "labels that a grant must have", usual: "none" }),
};

/** One membership, whose settings stand at the top. */
export const ONE = z.strictObject({
    ...OWN,
    okta: OKTA.default({}).describe("the Okta org, see [okta](#okta)"),
    source,
    ...PROCESS,
    ...COMMON,
});

export const MEMBERSHIP = z.strictObject({
    name: name.describe("its name, in the status, metrics and ledger"),
    org: text.optional().meta({ description: "its org", usual: "the only one" }),
    ...OWN,
    source: z.unknown().optional().meta({ description: "where its grants are", usual: "the source above" }),
    ...COMMON,
});

/** Enough for every team of a company; each costs requests while nothing happens. */
const MOST_MEMBERSHIPS = 200;

/** Several of them, in a list. */
export const SEVERAL = z.strictObject({
    okta: OKTA.optional().describe("the only org"),
    orgs: z
        .record(name, OKTA, { error: "is not a map of orgs such as { acme: { orgName: acme, … } }" })
        .refine((orgs) => Object.keys(orgs).length > 0, "is empty: name at least one org")
        .optional()
        .describe("the Okta orgs by name, each as [okta](#okta); in place of `okta`"),
    source: z.unknown().optional().describe("the source of each membership that names none"),
    memberships: z
        .array(MEMBERSHIP, {
            error: ({ input }) => (input == null ? `is missing: ${MEMBERSHIPS}` : `is not a list: ${MEMBERSHIPS}`),
        })
        .min(1, "is empty: name at least one membership")
        .max(MOST_MEMBERSHIPS, `has more than ${MOST_MEMBERSHIPS} memberships`)
        .describe("the list of memberships"),
    ...PROCESS,
    ...COMMON,
});

export type OneDocument = z.output<typeof ONE>;
export type SeveralDocument = z.output<typeof SEVERAL>;
export type MembershipDocument = z.output<typeof MEMBERSHIP>;
export type ProcessDocument = Pick<OneDocument, keyof typeof PROCESS>;
export type OktaDocument = z.output<typeof OKTA>;

/** The settings of a configuration with a list of memberships, and those of each of them. */
export const SEVERAL_KEYS: readonly string[] = Object.keys(SEVERAL.shape);
export const MEMBERSHIP_KEYS: readonly string[] = Object.keys(MEMBERSHIP.shape);

/** The settings that there are in one place of a document. */
export function keysAt(path: readonly PropertyKey[], form: "one" | "several"): readonly string[] {
    const [first, , third] = path;
    if (first === undefined) return form === "one" ? Object.keys(ONE.shape) : SEVERAL_KEYS;
    if (first === "okta" || first === "orgs") return Object.keys(OKTA.shape);
    if (first === "memberships" && third === undefined) return MEMBERSHIP_KEYS;
    if (first === "limits" || third === "limits") return Object.keys(LIMITS.shape);
    if (first === "ledger") return ["rotateBytes", "keepFiles"];
    return ["type", "path", "url", "key", "name", "namespace", "identity"];
}
