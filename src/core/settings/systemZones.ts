import { formatSpan, parseSpan, type Span } from "../addresses/ip";
import { separateSpans } from "../addresses/spans";
import { fail } from "../errors/errors";
import { quote } from "../errors/quote";
import { judgeGateways } from "../judging/judgeGateways";
import type { Usage } from "../zones/zone";

/** IP zones that every org has, by the names that they begin with. */
export const SYSTEM_IP_ZONES = ["LegacyIpZone", "BlockedIpZone", "DefaultExemptIpZone"] as const;

export type SystemIpZone = (typeof SYSTEM_IP_ZONES)[number];

/** What may be set of one of them. */
interface Rules {
    readonly usage: Usage;
    /** The most gateways, and the most proxies. */
    readonly limit: number;
    readonly hasName: boolean;
    readonly hasProxies: boolean;
}

/**
 *   zone                 usage      may be set                entries
 *   LegacyIpZone         POLICY     name, gateways, proxies   5,000 each
 *   BlockedIpZone        BLOCKLIST  gateways                  1,000
 *   DefaultExemptIpZone  POLICY     gateways                  5,000
 *
 * Source: Okta management API, Network Zones, `IPNetworkZone`; for the exempt zone's number that sentence
 * stands above a list in which it is named.
 */
export const RULES: Readonly<Record<SystemIpZone, Rules>> = {
    LegacyIpZone: { usage: "POLICY", limit: 5000, hasName: true, hasProxies: true },
    BlockedIpZone: { usage: "BLOCKLIST", limit: 1000, hasName: false, hasProxies: false },
    DefaultExemptIpZone: { usage: "POLICY", limit: 5000, hasName: false, hasProxies: false },
};

/** What a program says of such a zone. What is left out stays as it was found. */
export interface SystemZoneArgs {
    readonly kind: SystemIpZone;
    /** All its gateways; none is an empty list. */
    readonly gateways: readonly string[];
    readonly name?: string | undefined;
    readonly proxies?: readonly string[] | undefined;
}

/**
 * The arguments with their addresses in one form: canonical, sorted, apart.
 *
 * @throws `bad-input` for what this zone cannot have
 */
export function parseSystemZone<Args extends SystemZoneArgs>(args: Args): Args {
    const { kind, gateways, name, proxies } = args;
    const { usage, limit, hasName, hasProxies } = RULES[kind];
    if (name !== undefined && !hasName) fail("bad-input", `${kind}: its name cannot be changed`);
    if (proxies !== undefined && !hasProxies) fail("bad-input", `${kind}: it has no trusted proxies`);
    const lists = {
        gateways: parseList(kind, "gateways", gateways, limit),
        ...(proxies !== undefined && { proxies: parseList(kind, "proxies", proxies, limit) }),
    };
    const [finding] = judgeGateways({ subject: kind, ...lists, usage, widestPrefix: 1 });
    if (finding !== undefined) fail("bad-input", `${kind}: ${finding.problem}`);
    return { ...args, ...lists };
}

function parseList(kind: string, field: string, texts: readonly string[], limit: number): string[] {
    const spans = texts.map((text): Span => {
        const { span, problem } = parseSpan(text.trim());
        return span ?? fail("bad-input", `${kind}: ${field}: ${problem}`);
    });
    const apart = separateSpans(spans).map(formatSpan);
    if (apart.length <= limit) return apart;
    return fail(
        "bad-input",
        `${kind}: ${field}: ${apart.length} entries, and Okta takes ${limit}; merge some into CIDRs`,
    );
}

/** Live addresses in that form; those that cannot be read come last, as they are. */
export function inOrder(texts: readonly string[]): string[] {
    const readable = texts.flatMap((text) => parseSpan(text, "clear").span ?? []);
    const others = texts.filter((text) => parseSpan(text, "clear").span === undefined);
    return [...separateSpans(readable).map(formatSpan), ...others];
}

interface ListedZone {
    readonly id: string;
    readonly name: string;
    readonly usage: Usage;
    readonly isSystem: boolean;
}

/**
 * The zone among those of an org. LegacyIpZone may have another name by now, and is the one that is left.
 *
 * @throws `zone-missing`
 */
export function findSystemZone<Zone extends ListedZone>(kind: SystemIpZone, zones: readonly Zone[]): Zone {
    const found = zones.filter(({ isSystem, name, usage }) => {
        if (!isSystem || usage !== RULES[kind].usage) return false;
        return kind === "BlockedIpZone" || (name === "DefaultExemptIpZone") === (kind === "DefaultExemptIpZone");
    });
    const [zone, ...others] = found;
    if (zone !== undefined && others.length === 0) return zone;
    const names = found.map(({ name }) => quote(name)).join(", ");
    return fail(
        "zone-missing",
        `the org has ${names || "no zone"} where ${kind} should be; no zone of its kind is ever made`,
    );
}
