import { formatSpan, spanOf } from "../addresses/ip";
import { coversSpan, subtractSpans } from "../addresses/spans";
import { GATEWAY_LIMIT, SENTINEL } from "../zones/zone";
import { metBy, type NamedZone, roleOf } from "./access";
import { evaluateChain } from "./chain";
import { applyEdits, type Edit, lostBy, spansOf } from "./edits";
import { ipv4Hops } from "./hop";

/** A change as text. */
export interface ChangeText {
    /** What to do, as the end of "to be inside, …". */
    readonly todo: string;
    /** Sentences on its other effects, and on what to check first. */
    readonly notes: readonly string[];
}

/** Edits of one kind to one list of one zone. */
interface Group {
    readonly zone: NamedZone;
    readonly after: NamedZone;
    readonly edits: readonly Edit[];
    readonly entries: readonly string[];
    readonly kind: "add gateways" | "add proxies" | "remove gateways" | "remove proxies" | "activate";
}

/** @param edits The result of smallestChange for these zones and this chain. */
export function describeChange(
    edits: readonly Edit[],
    zones: readonly NamedZone[],
    chain: readonly string[],
): ChangeText {
    const groups = groupsOf(edits, zones);
    return {
        todo: groups.map((group) => `${order(group, zones.length)}${effect(group, chain)}`).join(", and "),
        notes: groups.flatMap((group) => notesOn(group, chain)),
    };
}

function groupsOf(edits: readonly Edit[], zones: readonly NamedZone[]): Group[] {
    const after = applyEdits(zones, edits);
    const kindOf = (edit: Edit) => (edit.do === "activate" ? "activate" : (`${edit.do} ${edit.list}` as const));
    return zones.flatMap((zone, index) => {
        const own = edits.filter(({ zoneId }) => zoneId === zone.id);
        return [...new Set(own.map(kindOf))].map((kind) => {
            const some = own.filter((edit) => kindOf(edit) === kind);
            const entries = some.flatMap((edit) => (edit.do === "activate" ? [] : edit.entry));
            return { zone, after: after[index] ?? zone, edits: some, entries, kind };
        });
    });
}

function order({ zone, entries, kind }: Group, zones: number): string {
    const it = zones === 1 ? "the zone" : `"${zone.name}"`;
    const isOne = entries.length === 1;
    const all = entries.join(" and ");
    return {
        "add gateways": `add ${all} to the gateways of ${it}`,
        "add proxies": `add ${all} to the trusted proxies of ${it}`,
        "remove gateways": `remove the gateway${isOne ? "" : "s"} ${all} from ${it}`,
        "remove proxies": `remove the trusted prox${isOne ? "y" : "ies"} ${all} from ${it}`,
        activate: `activate ${it}`,
    }[kind];
}

/** Its effect on other requests, or how it works. */
function effect({ zone, after, edits, entries, kind }: Group, chain: readonly string[]): string {
    const role = roleOf(zone);
    if (kind === "activate") return `, which ${role === "blocklist" ? "refuses" : "lets in"} everybody who is in it`;
    if (kind === "remove proxies") return ", after which nobody who comes through there is inside";
    if (kind === "add proxies") {
        const decides = evaluateChain(metBy(after, chain), chain).steps.at(-1)?.ip;
        return ` (then ${decides}, which is in a gateway, decides)`;
    }
    const others = kind === "remove gateways" ? lostBy(edits, [zone]) - lostHops(entries, after, chain).length : 0;
    if (others === 0) return "";
    const verb = { policy: "put out", blocklist: "no longer refuse", exempt: "no longer exempt" }[role];
    const addresses = others === 1 ? "address" : "addresses";
    return `, which would also ${verb} ${others.toLocaleString("en-US")} other ${addresses}`;
}

/** The addresses of the chain that leave the gateways. */
function lostHops(entries: readonly string[], after: NamedZone, chain: readonly string[]): string[] {
    const [gone, left] = [spansOf(entries), spansOf(after.gateways)];
    return ipv4Hops(chain).filter((ip) => coversSpan(gone, spanOf(ip)) && !coversSpan(left, spanOf(ip)));
}

function notesOn(group: Group, chain: readonly string[]): string[] {
    const { zone, after, kind } = group;
    const [first] = chain;
    const addresses = group.entries.map((entry) => entry.replace(/\/32$/, ""));
    const notes: string[] = [];
    if (kind === "add proxies") {
        notes.push(
            `Only if ${addresses.join(" and ")} is a proxy of yours: Okta then trusts what it says about its caller.`,
        );
    }
    const through = kind === "add gateways" && roleOf(zone) === "policy" && addresses.find((ip) => ip !== first);
    if (through) {
        notes.push(
            `That lets in everybody who comes through ${through}. If it is a proxy of yours, list it among the trusted ` +
                "proxies instead, and the address before it among the gateways.",
        );
    }
    return [...notes, ...gapNote(group, chain), ...roomNotes(zone, after)];
}

/** How to remove the addresses of the chain and no others. */
function gapNote({ zone, after, edits, entries, kind }: Group, chain: readonly string[]): string[] {
    const hops = lostHops(entries, after, chain);
    if (kind !== "remove gateways" || lostBy(edits, [zone]) === hops.length) return [];
    const rest = spansOf(entries).flatMap((span) => subtractSpans(span, spansOf(hops)));
    const place = rest.map(formatSpan).join(" and ");
    return [
        `To take out ${hops.join(" and ")} alone, put ${place} in ${entries.length === 1 ? "its" : "their"} place.`,
    ];
}

function roomNotes(zone: NamedZone, after: NamedZone): string[] {
    const limits = { gateways: GATEWAY_LIMIT[zone.usage ?? "POLICY"], proxies: GATEWAY_LIMIT.POLICY };
    const notes: string[] = [];
    for (const [list, words] of [["gateways", "gateways"] as const, ["proxies", "trusted proxies"] as const]) {
        if (zone.isSystem === true || after[list].length <= Math.max(limits[list], zone[list].length)) continue;
        notes.push(`"${zone.name}" is full: it has ${zone[list].length} ${words}, so another one has to go first.`);
    }
    if (
        zone.isSystem !== true &&
        roleOf(zone) === "policy" &&
        after.gateways.length === 0 &&
        zone.gateways.length > 0
    ) {
        notes.push(
            `"${zone.name}" would have no gateway left: add ${SENTINEL}, which admits nobody, in the same step.`,
        );
    }
    return notes;
}
