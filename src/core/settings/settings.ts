import { fail, hasCode } from "../errors/errors";
import { quote } from "../errors/quote";
import { ALLOWED, type Allowed, isAllowedName } from "../judging/allowed";
import { parseRules, type RulesText } from "../membership/rules";
import { parseProxies } from "../zones/proxies";
import { STACK_SCHEMA } from "./stackSchema";

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

const KEYS = Object.keys(STACK_SCHEMA.shape);

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
    const { data, error } = STACK_SCHEMA.safeParse(given);
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
