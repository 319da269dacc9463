import { formatSpan, parseSpan } from "../addresses/ip";
import { quote } from "../errors/quote";
import type { Allowed } from "../judging/allowed";
import { askFor } from "../judging/allowed";
import { SENTINEL, type Usage } from "../zones/zone";

/** What a program says of a zone besides its gateways. */
export interface ZoneSettings {
    readonly name: string;
    readonly usage: Usage;
    readonly status: "ACTIVE" | "INACTIVE";
    readonly proxies: readonly string[];
}

/** A zone with people in it. */
export interface LiveZone extends ZoneSettings {
    readonly gateways: readonly string[];
}

export interface Permission {
    /** Whether it matters: a stack that is not protected only says what happens. */
    readonly isGuarded: boolean;
    /** What `zonekeeper:allow` names. */
    readonly allow: readonly string[];
}

/** What is about to happen, for people; and why it must not, where that is so. */
export interface Judgement {
    readonly says: readonly string[];
    readonly refusal?: string;
}

/**
 * What new settings of a zone mean for those inside.
 *
 *   the change                     it says                                        refused when guarded
 *   name, proxies                  what they become, and how many gateways stay   never
 *   status to ACTIVE               that its gateways are let in again             never
 *   usage POLICY to BLOCKLIST      that who was let in is kept out                without `blocklist`
 *   usage BLOCKLIST to POLICY      that who was kept out is let in                without `blocklist`
 *   usage, with nobody inside      that it becomes one                            never
 */
export function judgeSettings(live: LiveZone, wanted: ZoneSettings, { isGuarded, allow }: Permission): Judgement {
    const changes = [
        ...(live.name === wanted.name ? [] : [`the name becomes ${quote(wanted.name)}`]),
        ...(sameRanges(live.proxies, wanted.proxies) ? [] : [proxiesBecome(wanted.proxies)]),
        ...(live.status === wanted.status ? [] : ["it becomes active again"]),
    ];
    const count = counted(inside(live));
    const turn = live.usage === wanted.usage ? undefined : `zone ${quote(live.name)} ${turned(wanted, count)}`;
    const says = [
        ...(changes.length > 0 ? [`zone ${quote(live.name)}: ${changes.join(", ")}; ${stay(inside(live))}`] : []),
        ...(turn === undefined ? [] : [turn]),
    ];
    const isRefused = turn !== undefined && inside(live) > 0 && isGuarded && !allow.includes("blocklist");
    return isRefused ? { says, refusal: `${turn}; ${askFor("blocklist")}` } : { says };
}

/** What the end of a zone means for those inside; nothing where nobody is. */
export function judgeRemoval(live: LiveZone, { isGuarded, allow }: Permission): Judgement {
    if (inside(live) === 0) return { says: [] };
    const names: Allowed[] = ["remove-zone", "fewer-shards", "destroy"];
    const opens = live.usage === "BLOCKLIST" ? "lets in again" : "puts out";
    const says = `deleting zone ${quote(live.name)} ${opens} ${counted(inside(live))}`;
    const isRefused = isGuarded && !names.some((name) => allow.includes(name));
    return isRefused ? { says: [says], refusal: `${says}; ${askFor("remove-zone")}` } : { says: [says] };
}

function inside({ gateways }: LiveZone): number {
    return gateways.filter((range) => range !== SENTINEL).length;
}

function counted(count: number): string {
    return count === 1 ? "1 gateway" : `${count} gateways`;
}

function stay(count: number): string {
    return `${counted(count)} ${count === 1 ? "stays" : "stay"} inside`;
}

function proxiesBecome(proxies: readonly string[]): string {
    return proxies.length === 0 ? "it has no trusted proxies any more" : `its proxies become ${proxies.join(", ")}`;
}

function turned({ usage }: ZoneSettings, count: string): string {
    return usage === "BLOCKLIST"
        ? `becomes a blocklist: ${count} that rules let in would be kept out of everything`
        : `is a blocklist no more: ${count} that were kept out of everything would be let in by rules that name it`;
}

function sameRanges(one: readonly string[], other: readonly string[]): boolean {
    const canonical = (text: string) => {
        const { span } = parseSpan(text, "clear");
        return span === undefined ? text : formatSpan(span);
    };
    const [ours, theirs] = [one, other].map((list) => [...new Set(list.map(canonical))].sort().join());
    return ours === theirs;
}
