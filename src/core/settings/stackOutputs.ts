import { z } from "zod";

import { fail } from "../errors/errors";
import type { Settings } from "./settings";

/** What a stack says of its membership, for the tools that keep the gateways besides `pulumi up`: its output `settings`. */
export interface StackSettings {
    readonly membership: "pulumi" | "agent";
    readonly source?: Readonly<Record<string, string>> | undefined;
    readonly selector?: Readonly<Record<string, string>> | undefined;
    readonly staticGateways?: string[] | undefined;
    readonly deny?: string[] | undefined;
    readonly widestPrefix?: number | undefined;
    readonly allowUnroutable?: boolean | undefined;
    readonly maxRemovals?: string | undefined;
}

/** The settings of a stack that reach `sync` and the agent; each is there once, in the configuration of the stack. */
export const SHARED = [
    "source",
    "selector",
    "staticGateways",
    "deny",
    "widestPrefix",
    "allowUnroutable",
    "maxRemovals",
] as const satisfies readonly (keyof StackSettings & keyof Settings)[];

/** What the program exports as `settings`. */
export function settingsOutput(settings: Settings): StackSettings {
    const given = SHARED.filter((key) => settings[key] !== undefined).map((key) => [key, settings[key]]);
    return { membership: settings.membership, ...Object.fromEntries(given) };
}

/**
 * A sentence on settings that the program itself does not use, since an agent keeps the gateways; undefined where there are none.
 * They are for `sync --stack` and for an agent with `stack:`.
 */
export function unusedSettings(settings: Settings, stack: string): string | undefined {
    if (settings.membership !== "agent") return undefined;
    const unused = [...SHARED, "confirmRemovals" as const].filter((key) => settings[key] !== undefined);
    if (unused.length === 0) return undefined;
    const [names, verb] = [unused.map((key) => `zonekeeper:${key}`).join(", "), unused.length === 1 ? "is" : "are"];
    return (
        `${names} ${verb} not used by pulumi up, which lets nobody in: zonekeeper:membership is agent. ` +
        `An agent uses them with stack: ${stack} in its configuration, and zonekeeper sync with --stack ${stack}`
    );
}

const texts = z.array(z.string());

const OUTPUTS = z.object({
    zoneIds: z.array(z.string().regex(/^[\w-]+$/)).min(1),
    groupId: z.string().optional(),
    settings: z.object({
        membership: z.enum(["pulumi", "agent"]),
        source: z.record(z.string(), z.string()).optional(),
        selector: z.record(z.string(), z.string()).optional(),
        staticGateways: texts.optional(),
        deny: texts.optional(),
        widestPrefix: z.number().optional(),
        allowUnroutable: z.boolean().optional(),
        maxRemovals: z.string().optional(),
    }),
});

export interface StackOutputs {
    readonly zoneIds: readonly string[];
    /** The group of `bindToUser`. */
    readonly groupId?: string | undefined;
    readonly settings: StackSettings;
}

/**
 * Reads what `pulumi stack output --json` prints.
 *
 * @throws `bad-input` that says which output is missing
 */
export function readStackOutputs(document: unknown, stack: string): StackOutputs {
    const { data, error } = OUTPUTS.safeParse(document);
    if (data !== undefined) return data;
    const [name = "zoneIds"] = (error.issues[0]?.path ?? []).map(String);
    const remedy =
        "run pulumi up in that stack; a program of your own has to export zoneIds and settings: see docs/guides/package.md";
    return fail("bad-input", `the stack ${stack} has no usable output ${name}: ${remedy}`);
}

/** What in the configuration of an agent comes from its stack, and so is not said twice. */
const IN_AGENT = ["zones", "selector", "staticGateways"] as const;
const IN_LIMITS = ["deny", "widestPrefix", "allowUnroutable", "maxRemovals"] as const;

/**
 * The configuration of an agent with what its stack says, in place of `stack:`.
 *
 * @throws `bad-input` for what is said in both places, where nobody could tell which one counts
 */
export function withStack(document: object, stack: string, { zoneIds, groupId, settings }: StackOutputs): object {
    const { stack: _, ...own } = document as Readonly<Record<string, unknown>>;
    const limits = (own.limits ?? {}) as Readonly<Record<string, unknown>>;
    const twice = [
        ...IN_AGENT.filter((key) => own[key] !== undefined),
        ...IN_LIMITS.filter((key) => limits[key] !== undefined).map((key) => `limits.${key}`),
        ...(own.group !== undefined && groupId !== undefined ? ["group"] : []),
        ...(own.source !== undefined && settings.source !== undefined ? ["source"] : []),
    ];
    if (twice.length > 0) {
        const it = twice.length === 1 ? "it" : "them";
        fail(
            "bad-input",
            `${twice.join(", ")}: the stack ${stack} says so already; leave ${it} out, and set ${it} there`,
        );
    }
    const { selector, staticGateways, source, membership: _who, ...others } = settings;
    return {
        ...own,
        zones: zoneIds,
        ...(groupId !== undefined && { group: groupId }),
        ...(selector && { selector }),
        ...(staticGateways && { staticGateways }),
        ...(source && { source }),
        limits: { ...limits, ...others },
    };
}
