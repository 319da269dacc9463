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

/** What the process has once. */
const PROCESS = {
    listen: z
        .string({ error: LISTEN })
        .regex(ADDRESS, LISTEN)
        .refine((value) => Number(value.split(":").at(-1)) <= 65535, LISTEN)
        .default("127.0.0.1:9464"),
    state: text.default("./zonekeeper-state"),
    rateShare: z
        .string({ error: "is not a percentage from 1% to 100%" })
        .regex(/^([1-9]\d?|100)%$/, "is not a percentage from 1% to 100%")
        .default("25%"),
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
};

const source = z.unknown().refine((value) => value !== undefined && value !== null, "is missing: where the grants are");

/** What the memberships of a configuration may have in common: each one of its own counts instead. */
const COMMON = {
    limits: limits.optional(),
    firstContact: z.enum(["hold", "apply"], { error: "is neither hold nor apply" }).optional(),
    onRevoke: z
        .enum(["keep-sessions", "clear-sessions"], { error: "is neither keep-sessions nor clear-sessions" })
        .optional(),
    drift: z.enum(["heal", "report"], { error: "is neither heal nor report" }).optional(),
    maxStale: duration.optional(),
    poll: duration.optional(),
};

/** What one membership has for itself. */
const OWN = {
    /** A Pulumi stack that says zones, source, selector and limits: see withStack, which takes it out. */
    stack: z.undefined({ error: "is not the name of a stack, such as production" }).optional(),
    zones: z
        .array(z.string().regex(/^[\w-]+$/, "is not the id of a zone, such as nzo1a2b3c4d5e6f7g8h9"), {
            error: ({ input }) => (input == null ? `is missing: ${ZONES}` : `is not a list: ${ZONES}`),
        })
        .min(1, "is empty: name at least one zone")
        .max(100, "has more zones than an org may have, 100")
        .refine((ids) => new Set(ids).size === ids.length, "names a zone twice"),
    staticGateways: spans.default([]),
    group: z
        .string({ error: GROUP })
        .regex(/^00g[\w-]{1,61}$/, GROUP)
        .optional(),
    selector: z.record(z.string(), z.string(), { error: "is not a map of labels such as { app: payroll }" }).optional(),
};

/** One membership, whose settings stand at the top. */
export const ONE = z.strictObject({ ...OWN, okta: okta.default({}), source, ...PROCESS, ...COMMON });

const MEMBERSHIP = z.strictObject({
    name,
    org: text.optional(),
    ...OWN,
    source: z.unknown().optional(),
    ...COMMON,
});

/** Enough for every team of a company; each costs requests while nothing happens. */
const MOST_MEMBERSHIPS = 200;

/** Several of them, in a list. */
export const SEVERAL = z.strictObject({
    okta: okta.optional(),
    orgs: z
        .record(name, okta, { error: "is not a map of orgs such as { acme: { orgName: acme, … } }" })
        .refine((orgs) => Object.keys(orgs).length > 0, "is empty: name at least one org")
        .optional(),
    source: z.unknown().optional(),
    memberships: z
        .array(MEMBERSHIP, {
            error: ({ input }) => (input == null ? `is missing: ${MEMBERSHIPS}` : `is not a list: ${MEMBERSHIPS}`),
        })
        .min(1, "is empty: name at least one membership")
        .max(MOST_MEMBERSHIPS, `has more than ${MOST_MEMBERSHIPS} memberships`),
    ...PROCESS,
    ...COMMON,
});

export type OneDocument = z.output<typeof ONE>;
export type SeveralDocument = z.output<typeof SEVERAL>;
export type MembershipDocument = z.output<typeof MEMBERSHIP>;
export type ProcessDocument = Pick<OneDocument, keyof typeof PROCESS>;
export type OktaDocument = z.output<typeof okta>;

/** The settings of a configuration with a list of memberships, and those of each of them. */
export const SEVERAL_KEYS: readonly string[] = Object.keys(SEVERAL.shape);
export const MEMBERSHIP_KEYS: readonly string[] = Object.keys(MEMBERSHIP.shape);

/** The settings that there are in one place of a document. */
export function keysAt(path: readonly PropertyKey[], form: "one" | "several"): readonly string[] {
    const [first, , third] = path;
    if (first === undefined) return form === "one" ? Object.keys(ONE.shape) : SEVERAL_KEYS;
    if (first === "okta" || first === "orgs") return Object.keys(okta.shape);
    if (first === "memberships" && third === undefined) return MEMBERSHIP_KEYS;
    if (first === "limits" || third === "limits") return Object.keys(limits.shape);
    if (first === "ledger") return ["rotateBytes", "keepFiles"];
    return ["type", "path", "url", "key", "name", "namespace", "identity"];
}
