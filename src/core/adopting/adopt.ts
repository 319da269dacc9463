import { parseSpan, type Span } from "../addresses/ip";
import { mergeSpans, overlapsSpan } from "../addresses/spans";
import { hasCode } from "../errors/errors";
import { type Grant, isActive } from "../grants/grants";
import { ANY_TIME } from "../judging/judgeGrants";
import { admit } from "../membership/admission";
import { type PlanInput, planGateways, type Refusal } from "../membership/plan";
import { readSettings, type Settings } from "../settings/settings";
import { spellProxy } from "../zones/proxies";
import { GATEWAY_LIMIT, SENTINEL } from "../zones/zone";

/** A zone that was not created by Zonekeeper, as it is now. */
export interface ForeignZone {
    readonly id: string;
    readonly name: string;
    readonly status: "ACTIVE" | "INACTIVE";
    /** Canonical ranges; one that cannot be read, such as IPv6, as Okta has it. */
    readonly gateways: readonly string[];
    /** As Okta has them. */
    readonly proxies: readonly string[];
}

export interface AdoptInput {
    readonly zone: ForeignZone;
    /** Usable and selected grants, active or not; empty without a source. */
    readonly grants: readonly Grant[];
    /** Milliseconds since 1970 in UTC. */
    readonly nowMs: number;
    /** Addresses that no grant may touch. @default [] */
    readonly deny?: readonly Span[];
}

/** How to bring the zone under Zonekeeper, and what the first deployment changes. */
export interface Adoption {
    readonly gateways: readonly Adopted[];
    /** The settings of the stack with which the zone stays as it is. */
    readonly settings: Pick<Settings, "zoneName" | "staticGateways" | "proxies">;
    /** Granted addresses that are added. */
    readonly add: readonly string[];
    /** Active grants that are not in the zone afterwards, and why. */
    readonly refused: readonly Refusal[];
    /** A sentence on each thing that the first deployment would change and that no setting prevents. */
    readonly decisions: readonly string[];
}

export interface Adopted {
    readonly range: string;
    readonly fate: "granted" | "static" | "sentinel" | "kept";
    /** Ids of the active grants that hold the range, or a part of it. */
    readonly grantIds: readonly string[];
}

/**
 * Decides what becomes of each gateway of a zone that comes under Zonekeeper:
 *
 *   gateway                             fate       because
 *   wholly held by active grants        granted    it stays for as long as they do
 *   any other one that can be read      static     nobody is evicted: it becomes a static gateway
 *   the sentinel                        sentinel   no user has it; it is removed where other entries exist
 *   IPv6, or otherwise unreadable       kept       no setting can hold it, and every plan leaves it as Okta has it
 */
export function adoptZone({ zone, grants, nowMs, deny = [] }: AdoptInput): Adoption {
    const now = { id: zone.id, gateways: zone.gateways, limit: GATEWAY_LIMIT.POLICY };
    const { admitted, refused: denied } = admit(grants, { selector: {}, deny, timeToLive: ANY_TIME }, nowMs);
    const plan = (more: Partial<PlanInput>) => planGateways({ zones: [now], grants: admitted, nowMs, ...more });
    const leaving = mergeSpans(plan({}).zones.flatMap(({ remove }) => readable(remove)));
    const active = grants.filter((grant) => isActive(grant, nowMs));
    const gateways = zone.gateways.map((range) => adopted(range, leaving, active));
    const staticGateways = gateways.filter(({ fate }) => fate === "static").map(({ range }) => range);
    const proxies = zone.proxies.filter(isReadable).map(spellProxy);
    const { zones, refused } = plan({ staticGateways: readable(staticGateways) });
    return {
        gateways,
        settings: {
            zoneName: zone.name,
            ...(staticGateways.length > 0 && { staticGateways }),
            ...(proxies.length > 0 && { proxies }),
        },
        add: zones.flatMap(({ add }) => add).filter((range) => range !== SENTINEL),
        refused: [...denied, ...refused],
        decisions: decisionsOn(zone),
    };
}

/** @param leaving What the grants alone would put out, sorted and apart. */
function adopted(range: string, leaving: readonly Span[], active: readonly Grant[]): Adopted {
    const { span } = parseSpan(range, "clear");
    if (span === undefined) return { range, fate: "kept", grantIds: [] };
    const grantIds = active.filter(({ spans }) => spans.some((each) => overlapsSpan([span], each))).map(({ id }) => id);
    if (range === SENTINEL) return { range, fate: "sentinel", grantIds };
    return { range, fate: overlapsSpan(leaving, span) ? "static" : "granted", grantIds };
}

function decisionsOn({ name, status, proxies }: ForeignZone): string[] {
    const problems = (texts: readonly string[]) => texts.flatMap((text) => parseSpan(text, "clear").problem ?? []);
    const rename = renamed(name);
    return [
        ...problems(proxies).map((problem) => `a trusted proxy goes out: ${problem}`),
        ...(status === "INACTIVE" ? ["the zone is INACTIVE and is activated: people inside it get in"] : []),
        ...(rename === undefined ? [] : [rename]),
    ];
}

/** The setting does not take every name that Okta does. */
function renamed(name: string): string | undefined {
    try {
        const { zoneName } = readSettings({ zoneName: name, membership: "agent" }, "");
        return zoneName === name ? undefined : `the zone gets another name, without blanks around it: "${zoneName}"`;
    } catch (error) {
        if (!hasCode(error, "bad-input")) throw error;
        return `the zone needs another name: ${error.message}`;
    }
}

function readable(texts: readonly string[]): Span[] {
    return texts.flatMap((text) => parseSpan(text, "clear").span ?? []);
}

function isReadable(text: string): boolean {
    return readable([text]).length > 0;
}
