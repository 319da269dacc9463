import { z } from "zod";
import { fail, hasCode } from "../errors/errors";
import { quote } from "../errors/quote";
import { ALLOWED, type Allowed, isAllowedName } from "../judging/allowed";
import { parseRules, type RulesText } from "../membership/rules";
import { parseProxies } from "../zones/proxies";

/** What a stack's configuration says under `zonekeeper:`. */
export interface Settings {
    readonly zoneName: string;
    readonly source?: Record<string, string>;
    readonly membership: "pulumi" | "agent";
    readonly shards: number;
    readonly policyId?: string;
    readonly policyName?: string;
    /** A rule of `policyId` that names the zones already. */
    readonly ruleId?: string;
    readonly policyStack?: string;
    readonly apps?: string[];
    readonly selector?: Record<string, string>;
    readonly staticGateways?: string[];
    /** As the Okta provider spells them: see parseProxies. */
    readonly proxies?: string[];
    readonly deny?: string[];
    readonly widestPrefix?: number;
    readonly allowUnroutable?: boolean;
    readonly maxRemovals?: string;
    readonly confirmRemovals?: boolean;
    readonly orgId?: string;
    /** Whether the rule requires the user as well as the address. */
    readonly bindToUser?: boolean;
    readonly allow?: Allowed[];
}

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

/** The value is not shown: somebody may have written a secret into it. */
const SOURCE_PROBLEM = "is not a file, a URL, or an object of texts such as {type: file, path: grants.yaml}";
const SELECTOR_PROBLEM = 'is not an object of labels such as {"app": "payroll"}';

const SCHEMA = z.object({
    zoneName: text.max(120, "is longer than 120 characters"),
    source: z
        .preprocess(sourceObject, z.record(z.string(), z.string({ error: SOURCE_PROBLEM }), { error: SOURCE_PROBLEM }))
        .optional(),
    membership: z.enum(["pulumi", "agent"], wrong("is neither pulumi nor agent")),
    shards: z
        .string()
        .regex(/^([1-9]\d?|100)$/, wrong("is not a whole number from 1 to 100, the most zones of an org"))
        .transform(Number),
    policyId: text.optional(),
    policyName: text.optional(),
    ruleId: text.optional(),
    policyStack: z
        .string()
        .regex(
            /^[\w.-]+\/[\w.-]+\/[\w.-]+$/,
            wrong("is not the whole name of a stack, such as organization/policies/production"),
        )
        .optional(),
    apps: list("app ids"),
    selector: z
        .preprocess(
            json,
            z.record(
                z.string(),
                z.union([z.string(), z.number(), z.boolean()], { error: SELECTOR_PROBLEM }).transform(String),
                { error: SELECTOR_PROBLEM },
            ),
        )
        .optional(),
    staticGateways: list("addresses, CIDRs and ranges"),
    proxies: list("addresses, CIDRs and ranges"),
    deny: list("addresses, CIDRs and ranges"),
    widestPrefix: z.string().regex(/^\d+$/, wrong("is not a prefix length from 1 to 32")).transform(Number).optional(),
    allowUnroutable: z.stringbool(wrong("is neither true nor false")).optional(),
    maxRemovals: z.string().optional(),
    confirmRemovals: z.stringbool(wrong("is neither true nor false")).optional(),
    orgId: z
        .string()
        .regex(/^00o\w{17}$/, wrong("is not the id of an Okta org, such as 00o1abcdefGHIJKLM2p7"))
        .optional(),
    bindToUser: z.stringbool(wrong("is neither true nor false")).optional(),
    allow: list("names"),
});

const KEYS = Object.keys(SCHEMA.shape);

/**
 * Reads the configuration of a stack.
 *
 * @param config Keys without `zonekeeper:`, values as Pulumi has them: texts, and objects as JSON.
 * @param stack Names the zone by default.
 * @throws `bad-input` with a sentence on each setting that is wrong
 */
export function readSettings(config: Readonly<Record<string, string>>, stack: string): Settings {
    const given = { zoneName: `Zonekeeper (${stack})`, membership: "pulumi", shards: "1", ...config };
    const unknown = Object.keys(config).filter((key) => !KEYS.includes(key));
    const { data, error } = SCHEMA.safeParse(given);
    const problems = [
        ...unknown.map((key) => `zonekeeper:${key} is not a setting; there are ${KEYS.join(", ")}`),
        ...(error?.issues ?? []).map(({ path, message }) => `zonekeeper:${String(path[0])} ${message}`),
        ...(data === undefined ? [] : [...contradictions(data as Settings), ...deeperProblems(data)]),
    ];
    if (data === undefined || problems.length > 0) return fail("bad-input", [...new Set(problems)].join("\n"));
    const { proxies, ...rest } = data;
    return { ...rest, ...(proxies && { proxies: parseProxies(proxies) }) } as Settings;
}

/** What the parsers of rules and proxies say, whose sentences begin with the setting. */
function deeperProblems({ proxies = [], ...rules }: RulesText & { proxies?: string[] | undefined }): string[] {
    return [...problemsOf(() => parseRules(rules)), ...problemsOf(() => parseProxies(proxies))];
}

function problemsOf(parse: () => unknown): string[] {
    try {
        parse();
        return [];
    } catch (error) {
        if (!hasCode(error, "bad-input")) throw error;
        return [`zonekeeper:${error.message}`];
    }
}

function contradictions({ membership, source, apps = [], allow = [], ...settings }: Settings): string[] {
    const found: string[] = [];
    const unknown = allow.filter((name) => !isAllowedName(name));
    if (unknown.length > 0) {
        found.push(`zonekeeper:allow ${unknown.map(quote).join(", ")} is none of ${ALLOWED.join(", ")}`);
    }
    if (membership === "pulumi" && source === undefined) {
        found.push("zonekeeper:source is missing; say where the grants are, such as {type: file, path: grants.yaml}");
    }
    const policies = (["policyId", "policyName", "policyStack"] as const).filter((key) => settings[key] !== undefined);
    if (policies.length > 1) {
        const named = policies.map((key) => `zonekeeper:${key}`).join(" and ");
        found.push(`${named} name a policy each; keep one of them`);
    }
    if (settings.bindToUser && membership !== "agent") {
        found.push(
            "zonekeeper:bindToUser needs zonekeeper:membership agent: only an agent keeps the members of the group",
        );
    }
    if (settings.bindToUser && settings.ruleId !== undefined) {
        found.push("zonekeeper:bindToUser is for a rule that the program makes; leave it out, or zonekeeper:ruleId");
    }
    if (settings.ruleId !== undefined && settings.policyId === undefined) {
        found.push("zonekeeper:ruleId names a rule of zonekeeper:policyId, which is missing");
    }
    if (apps.length > 0 && policies.length > 0) {
        found.push(
            `zonekeeper:apps are put on the policy that is created; leave them out with ${policies.join(" or ")}`,
        );
    }
    return found;
}

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
