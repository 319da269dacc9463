import { z } from "zod";

import { linearPattern } from "../../patterns/linearPattern";
import { formatDuration, parseDuration } from "../duration";

/** The message for a value of another type; what is left out is told as that. */
const otherwise = (message: string) => ({
    error: ({ input }: { readonly input?: unknown }) => (input === undefined ? "is missing" : message),
});

export const text = z.string(otherwise("is not a text")).min(1, "is empty").max(500, "is longer than 500 characters");

export const secret = text.regex(
    /^(env|file):./,
    "must be the place of the secret, env:NAME or file:PATH, and never the secret itself",
);

const MOST_MS = 366 * 86_400_000;

const duration = z.string(otherwise("is not a time such as 30m, 4h or 1h30m")).transform((written, context) => {
    const ms = parseDuration(written);
    if (ms === undefined || ms > MOST_MS) {
        const message = ms === undefined ? "is not a time such as 30m, 4h or 1h30m" : "is longer than a year";
        context.addIssue({ code: "custom", message });
        return z.NEVER;
    }
    return ms;
});

const atLeast = (leastMs: number) =>
    duration.refine((ms) => ms >= leastMs, `is shorter than ${formatDuration(leastMs)}`);

const names = z.array(text, { error: "is not a list of names" }).max(100, "has more than 100 names");

/** `{ groups: [Payroll] }`; nobody is eligible where it is left out. */
export const eligible = z
    .strictObject({ groups: names.default([]), users: names.default([]) }, otherwise("is not { groups: [NAME] }"))
    .refine(({ groups, users }) => groups.length + users.length > 0, "names nobody: give groups or users");

const pattern = text.transform((written, context) => {
    const read = linearPattern(written);
    if (!("problem" in read)) return read;
    const message = `is not a regular expression of RE2 such as ^(INC|CHG)-\\d+$: ${read.problem}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
});

export const access = z.strictObject({
    name: text.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is not a name of small letters, digits and hyphens"),
    title: text.max(80, "is longer than 80 characters").optional(),
    eligible,
    duration: z.strictObject({
        default: atLeast(60_000),
        max: atLeast(60_000),
        extendable: z.boolean({ error: "is neither true nor false" }).default(true),
    }),
    reason: z
        .enum(["required", "optional", "none"], { error: "is none of required, optional and none" })
        .default("optional"),
    ticket: pattern.optional(),
    production: z.boolean({ error: "is neither true nor false" }).optional(),
    grantOnLogin: z.boolean({ error: "is neither true nor false" }).default(false),
    approval: z
        .strictObject({
            approvers: eligible,
            count: z.number({ error: "is not a number" }).int().min(1, "is less than 1").max(10).default(1),
            requestTimeout: atLeast(60_000).default(3_600_000),
        })
        .optional(),
    breakGlass: z.strictObject({ eligible, duration: atLeast(60_000) }).optional(),
    labels: z.record(text, text, { error: "is not a map of labels such as { access: payroll }" }).optional(),
});

const claim = z
    .union([z.string(), z.number().int(), z.boolean()], { error: "is not a text, a number or a boolean" })
    .transform(String);

export const workload = z.strictObject({
    name: text,
    issuer: text,
    audience: text,
    claims: z
        .record(text, z.union([claim.transform((value) => [value]), z.array(claim).min(1, "is empty")]), {
            error: "is not a map of claims such as { repository_id: '123456' }",
        })
        .refine((claims) => Object.keys(claims).length > 0, "is empty: every token of the issuer would be taken"),
    accesses: names.min(1, "is empty"),
    maxDuration: atLeast(60_000).default(3_600_000),
    runClaim: text.optional(),
});

/** An address and nothing else: what is more in it could be taken for a header or for another recipient. */
const mailbox = text.regex(
    /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/,
    "is not an e-mail address such as it@example.com",
);

export const notify = z.discriminatedUnion(
    "type",
    [
        z.strictObject({ type: z.literal("slack"), url: secret }),
        z.strictObject({ type: z.literal("webhook"), url: text, secret }),
        z.strictObject({
            type: z.literal("email"),
            url: secret,
            from: mailbox,
            to: z.array(mailbox, otherwise("is not a list of e-mail addresses")).min(1, "is empty").max(50),
        }),
    ],
    { error: "is none of slack, webhook and email" },
);

export const store = z.discriminatedUnion(
    "type",
    [
        z.strictObject({ type: z.literal("file"), path: text }),
        z.strictObject({ type: z.literal("postgres"), url: text }),
    ],
    { error: "is neither { type: file, path: … } nor { type: postgres, url: env:DATABASE_URL }" },
);

export const session = z.strictObject({
    secret,
    duration: atLeast(60_000).default(36_000_000),
    idle: atLeast(60_000).default(7_200_000),
    recheck: atLeast(1_000).default(900_000),
});

export const okta = z.strictObject({
    orgName: text.optional(),
    baseUrl: text.optional(),
    url: text.optional(),
    clientId: text.optional(),
    privateKey: secret.optional(),
    privateKeyId: text.optional(),
    accessToken: secret.optional(),
    scopes: z.literal("okta.logs.read", { error: "is not okta.logs.read, which is all that is needed" }).optional(),
});

export const login = z.strictObject({
    issuer: text,
    clientId: text,
    clientSecret: secret.optional(),
    scopes: z
        .array(text, { error: "is not a list of scopes" })
        .refine((scopes) => scopes.includes("openid"), "lacks openid")
        .optional(),
    groupsClaim: text.default("groups"),
    userClaim: text.optional(),
});

export const SCHEMA = z.strictObject({
    url: text,
    ipv4Url: text.optional(),
    listen: text.default("127.0.0.1:9465"),
    trustedProxies: z.array(text, { error: "is not a list of addresses" }).default([]),
    login,
    addressFrom: z
        .enum(["connection", "okta-log"], { error: "is neither connection nor okta-log" })
        .default("connection"),
    addressFallback: z.literal("connection", { error: "is not connection" }).optional(),
    okta: okta.optional(),
    session,
    store,
    maxAddresses: z.number({ error: "is not a number from 1 to 20" }).int().min(1).max(20).default(3),
    allowUnroutable: z.boolean({ error: "is neither true nor false" }).default(false),
    production: z.boolean({ error: "is neither true nor false" }).optional(),
    accesses: z.array(access, otherwise("is not a list of accesses")).min(1, "is empty").max(500),
    admins: eligible.optional(),
    workloads: z.array(workload, { error: "is not a list of workloads" }).default([]),
    notify: z.array(notify, { error: "is not a list such as [{ type: slack, url: env:SLACK_URL }]" }).default([]),
    state: text.default("./zonekeeper-portal"),
    log: z
        .enum(["debug", "info", "warn", "error"], { error: "is none of debug, info, warn and error" })
        .default("info"),
});

export type Written = z.output<typeof SCHEMA>;
