import { z } from "zod";

/** The end of a sentence that begins with the setting and its value. */
const wrong = (problem: string) => ({
    error: ({ input }: { readonly input?: unknown }) => `${JSON.stringify(input)} ${problem}`,
});

const text = z.string().trim().min(1, "is empty");

/** Lists may be written as JSON or with commas. */
const list = (what: string) => {
    const error = `is not a list of ${what}: write a,b or ["a","b"]`;
    const items = (value: unknown) =>
        typeof value === "string" && !/^\s*[[{]/.test(value)
            ? value.split(",").map((item) => item.trim())
            : json(value);
    return z.preprocess(items, z.array(z.string({ error }).min(1, error), { error })).optional();
};

/** The value is not shown, as it may hold a secret. */
const SOURCE_PROBLEM = "is not a file, a URL, or an object of texts such as {type: file, path: grants.yaml}";
const SELECTOR_PROBLEM = 'is not an object of labels such as {"app": "payroll"}';

/** The settings of a stack. `usual` is a default that the schema does not have; docs/reference/settings.md shows both. */
export const STACK_SCHEMA = z.object({
    zoneName: text
        .max(120, "is longer than 120 characters")
        .meta({ description: "name of the zone; shards get ` 2`, ` 3`, …", usual: "`Zonekeeper (<stack>)`" }),
    source: z
        .preprocess(sourceObject, z.record(z.string(), z.string({ error: SOURCE_PROBLEM }), { error: SOURCE_PROBLEM }))
        .optional()
        .describe("where the grants are: a path, a URL or an object, as in [Source](#source)"),
    membership: z.enum(["pulumi", "agent"], wrong("is neither pulumi nor agent")).meta({
        description: "`pulumi`: each `pulumi up` sets the gateways; `agent`: the program leaves them to the agent",
        usual: "`pulumi`",
    }),
    shards: z
        .string()
        .regex(/^([1-9]\d?|100)$/, wrong("is not a whole number from 1 to 100, the most zones of an org"))
        .transform(Number)
        .meta({
            description: "how many zones share the membership, 1 to 100; each has room for 150 entries",
            usual: "1",
        }),
    policyId: text.optional().meta({
        description: "an existing authentication policy that gets the rule",
        usual: "a policy is created that denies by default",
    }),
    policyName: text.optional().describe("the same, by its name"),
    ruleId: text.optional().meta({
        description: "a rule of `policyId` that already names the zone and is not changed",
        usual: "a rule is created",
    }),
    policyStack: z
        .string()
        .regex(
            /^[\w.-]+\/[\w.-]+\/[\w.-]+$/,
            wrong("is not the whole name of a stack, such as organization/policies/production"),
        )
        .optional()
        .describe(
            "the same as `policyId`, from the output `policyId` of another stack: `organization/policies/production`",
        ),
    apps: list("app ids").meta({ description: "ids of the apps to put on the created policy", usual: "none" }),
    selector: z
        .preprocess(
            json,
            z.record(
                z.string(),
                z.union([z.string(), z.number(), z.boolean()], { error: SELECTOR_PROBLEM }).transform(String),
                { error: SELECTOR_PROBLEM },
            ),
        )
        .optional()
        .meta({ description: "labels that a grant must have", usual: "none" }),
    staticGateways: list("addresses, CIDRs and ranges").meta({
        description: "entries to keep besides the grants",
        usual: "none",
    }),
    proxies: list("addresses, CIDRs and ranges").meta({ description: "trusted proxies of each zone", usual: "none" }),
    deny: list("addresses, CIDRs and ranges").meta({ description: "ranges that no grant may touch", usual: "none" }),
    widestPrefix: z
        .string()
        .regex(/^\d+$/, wrong("is not a prefix length from 1 to 32"))
        .transform(Number)
        .optional()
        .meta({ description: "the shortest prefix that a grant may have", usual: "24" }),
    allowUnroutable: z.stringbool(wrong("is neither true nor false")).optional().meta({
        description: "`true`: accept grants of private and other addresses that never reach Okta",
        usual: "`false`",
    }),
    maxRemovals: z.string().optional().meta({
        description:
            "the [removal limit](../explanation/removals.md): a number (`0` holds every removal), a percentage (never fewer than 3) or `off`",
        usual: "`50%`",
    }),
    confirmRemovals: z
        .stringbool(wrong("is neither true nor false"))
        .optional()
        .meta({ description: "`true`: releases held removals, for one run", usual: "`false`" }),
    orgId: z
        .string()
        .regex(/^00o\w{17}$/, wrong("is not the id of an Okta org, such as 00o1abcdefGHIJKLM2p7"))
        .optional()
        .meta({ description: "Okta's id of the only org that may be written (`00o…`)", usual: "any org" }),
    bindToUser: z.stringbool(wrong("is neither true nor false")).optional().meta({
        description:
            "`true`: the rule requires the [user as well as the address](../guides/bound-to-users.md); needs `membership: agent`",
        usual: "`false`",
    }),
    allow: list("names").meta({
        description:
            "changes that are refused otherwise, because they [evict people or let everybody in](../guides/deploy.md#by-name-only)",
        usual: "none",
    }),
});

function json(value: unknown): unknown {
    if (typeof value !== "string") return value;
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

/** A plain text is the path or the URL of a source. */
function sourceObject(setting: unknown): unknown {
    const value = json(setting);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
        return { ...value, ...plainAsTexts(value) };
    }
    if (typeof value !== "string" || /^\s*({|$)/.test(value)) return value;
    if (/^https?:\/\//.test(value)) return { type: "http", url: value };
    // Of another scheme: it is neither.
    if (/^(?!file:|postgres(ql)?:)[a-z][a-z\d+.-]+:\/\//i.test(value)) return value;
    return /^postgres(ql)?:\/\//.test(value) ? { type: "postgres", url: value } : { type: "file", path: value };
}

/** Pulumi makes numbers of texts of digits, and booleans of `true` and `false`. */
function plainAsTexts(settings: object): Record<string, string> {
    const numbers = Object.entries(settings).filter(
        ([key, value]) =>
            (["hours", "pollSeconds"].includes(key) && typeof value === "number") ||
            (key === "allowInsecure" && typeof value === "boolean"),
    );
    return Object.fromEntries(numbers.map(([key, value]) => [key, String(value)]));
}
