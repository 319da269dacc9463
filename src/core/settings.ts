import { z } from "zod";

import { fail } from "./errors";
import { parseRules } from "./rules";

/** What a stack's configuration says under `zonekeeper:`. */
export interface Settings {
    readonly zoneName: string;
    readonly source?: Record<string, string>;
    readonly membership: "pulumi" | "agent";
    readonly shards: number;
    readonly policyId?: string;
    readonly policyName?: string;
    readonly apps?: string[];
    readonly selector?: Record<string, string>;
    readonly staticGateways?: string[];
    readonly deny?: string[];
    readonly widestPrefix?: number;
    readonly maxRemovals?: string;
    readonly confirmRemovals?: boolean;
}

/** Lists may be written as JSON or with commas. */
const list = (what: string) =>
    z.preprocess(
        (text) =>
            typeof text === "string" && !text.trim().startsWith("[")
                ? text.split(",").map((item) => item.trim())
                : json(text),
        z.array(z.string().min(1), { error: `is a list of ${what}` }),
    );

const record = (example: string) =>
    z.preprocess(json, z.record(z.string(), z.coerce.string(), { error: `is an object such as ${example}` }));

const SCHEMA = z.object({
    zoneName: z.string().min(1, "is empty").max(120, "is longer than 120 characters"),
    source: z
        .preprocess(
            sourceObject,
            z.record(z.string(), z.string(), { error: "is an object such as {type: file, path: grants.yaml}" }),
        )
        .optional(),
    membership: z.enum(["pulumi", "agent"], { error: "is pulumi or agent" }),
    shards: z.coerce
        .number({ error: "is a number" })
        .int("is a whole number")
        .min(1, "is at least 1")
        .max(100, "is at most 100: an org has 100 zones"),
    policyId: z.string().min(1, "is empty").optional(),
    policyName: z.string().min(1, "is empty").optional(),
    apps: list("app ids").optional(),
    selector: record('{"app": "payroll"}').optional(),
    staticGateways: list("addresses, CIDRs and ranges").optional(),
    deny: list("addresses, CIDRs and ranges").optional(),
    widestPrefix: z.coerce.number({ error: "is a prefix length from 1 to 32" }).optional(),
    maxRemovals: z.string().optional(),
    confirmRemovals: z.stringbool({ error: "is true or false" }).optional(),
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
        ...(data === undefined ? [] : contradictions(data as Settings)),
    ];
    if (data === undefined || problems.length > 0) return fail("bad-input", problems.join("\n"));
    parseRules(data);
    return data as Settings;
}

function contradictions({ membership, source, policyId, policyName, apps = [] }: Settings): string[] {
    const found: string[] = [];
    if (membership === "pulumi" && source === undefined) {
        found.push("zonekeeper:source is missing; say where the grants are, such as {type: file, path: grants.yaml}");
    }
    if (policyId !== undefined && policyName !== undefined) {
        found.push("zonekeeper:policyId and zonekeeper:policyName name a policy each; keep one of them");
    }
    if (apps.length > 0 && (policyId ?? policyName) !== undefined) {
        found.push("zonekeeper:apps are put on the policy that is created; leave them out with policyId or policyName");
    }
    return found;
}

function json(text: unknown): unknown {
    if (typeof text !== "string") return text;
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/** A plain text is the path or the URL of a source. */
function sourceObject(text: unknown): unknown {
    const value = json(text);
    if (typeof value !== "string") return value;
    return /^https?:\/\//.test(value) ? { type: "http", url: value } : { type: "file", path: value };
}
