import type { Adoption } from "../../core/adopting/adopt";
import { SENTINEL } from "../../core/zones/zone";
import type { StackMembership } from "../stack/stackMembership";
import { shellWord } from "../terminal/shellWord";

export interface WritersOptions {
    readonly zoneId: string;
    /** The value of `--source`. */
    readonly source: string | undefined;
    readonly adoption: Pick<Adoption, "settings">;
    readonly rules: WritersRules;
    readonly stack: StackMembership;
    readonly okta: string | undefined;
}

/** The rules in the options of `adopt`. */
export interface WritersRules {
    readonly selector?: Readonly<Record<string, string>>;
    readonly deny?: readonly string[];
    readonly widestPrefix?: string;
    readonly allowUnroutable?: boolean;
}

/**
 * What writes the gateways after the deployment, and with which settings. With an agent the program reads neither
 * static gateways nor a source, so `sync` and the agent need the same ones, or they evict users without a grant.
 */
export function describeWriters(options: WritersOptions): string[] {
    const { membership, file } = options.stack;
    if (membership === "pulumi") {
        const later = "With zonekeeper:membership agent, `adopt` prints what `sync` and the agent need instead.";
        return [`The stack's membership is pulumi (${file}): each \`pulumi up\` keeps the gateways. ${later}`];
    }
    const leaves = "`pulumi up` leaves the gateways as they are, and reads neither staticGateways nor source.";
    const head = `The stack's membership is agent (${file}): ${leaves}`;
    if (options.source === undefined) {
        return [
            head,
            "Give --source, and `adopt` prints what `sync` and the agent need: without the same static gateways they evict",
            "people without a grant.",
        ];
    }
    return [
        head,
        "Then one of the two keeps them, with the same static gateways: without these it evicts people without a grant.",
        `  ${syncCommand(options)}`,
        "or `npx zonekeeper agent --config agent.yaml`, where agent.yaml has:",
        ...agentConfig(options).map((line) => `  ${line}`),
    ];
}

function syncCommand({ zoneId, source = "", adoption, rules, okta }: WritersOptions): string {
    const { selector = {}, deny = [], widestPrefix, allowUnroutable } = rules;
    const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    return [
        "npx zonekeeper sync --zone",
        zoneId,
        "--source",
        shellWord(source),
        ...many("--static", staticIn(adoption)),
        ...many("--selector", labels),
        ...many("--deny", deny),
        ...(widestPrefix === undefined ? [] : ["--widest-prefix", shellWord(widestPrefix)]),
        ...(allowUnroutable ? ["--allow-unroutable"] : []),
        ...(okta === undefined ? [] : ["--okta", shellWord(okta)]),
    ].join(" ");
}

/** JSON is YAML too, and needs no rules for quotes. */
function agentConfig({ zoneId, source = "", adoption, rules, okta }: WritersOptions): string[] {
    const { selector, deny, widestPrefix, allowUnroutable } = rules;
    const limits = {
        ...(deny && { deny }),
        ...(widestPrefix !== undefined && { widestPrefix: Number(widestPrefix) }),
        ...(allowUnroutable && { allowUnroutable }),
    };
    const statics = staticIn(adoption);
    return Object.entries({
        ...(okta !== undefined && { okta: { url: okta } }),
        zones: [zoneId],
        source,
        ...(selector && { selector }),
        ...(statics.length > 0 && { staticGateways: statics }),
        ...(Object.keys(limits).length > 0 && { limits }),
    }).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
}

function staticIn({ settings }: Pick<Adoption, "settings">): readonly string[] {
    return (settings.staticGateways ?? []).filter((range) => range !== SENTINEL);
}

function many(flag: string, words: readonly string[]): string[] {
    return words.length === 0 ? [] : [flag, ...words.map(shellWord)];
}
