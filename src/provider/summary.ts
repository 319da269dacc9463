import { quote } from "../core/errors/quote";
import type { Unusable } from "../core/grants/grantsDocument";
import type { Decision } from "../core/membership/decide";
import { brakeSentence } from "../core/membership/held";
import { SENTINEL } from "../core/zones/zone";

/** The most addresses that are named; the stack's outputs contain all of them. */
const NAMED = 10;

/** The most unusable entries with a line each. */
const LINES = 100;

/** The part of a decision that is reported. */
export type Told = Pick<Decision, "plan" | "refused" | "held" | "judgement">;

/**
 * The effects of a decision, one line each, for the preview. Empty if there are none.
 *
 *   2 gateways come in, 1 goes out, 147 stay; in: 198.51.100.9/32, 203.0.113.4/32; out: 203.0.113.7/32; refused: g-17
 *   warning: 12 addresses are held and stay: 203.0.113.1/32, …: held by maxRemovals: …; grants that wait for it: g-40; …
 *   warning: the grant "g-5" is left out: expiresAt is missing
 */
export function summarize(told: Told, unusable: readonly Unusable[]): string[] {
    return [...changeLine(told), ...heldLine(told), ...unusableLines(told, unusable)];
}

function changeLine({ plan: { zones }, refused }: Told): string[] {
    const comes = withoutSentinel(zones.flatMap(({ add }) => add));
    const goes = withoutSentinel(zones.flatMap(({ remove }) => remove));
    const inside = withoutSentinel(zones.flatMap(({ gateways }) => gateways));
    const moves = [
        `${counted(comes.length, "gateway")} ${comes.length === 1 ? "comes" : "come"} in`,
        `${goes.length} ${goes.length === 1 ? "goes" : "go"} out`,
        `${inside.length - comes.length} stay`,
    ];
    const left = refused.filter(({ kind }) => kind === "room" || kind === "limit" || kind === "denied");
    const parts = [
        ...(comes.length + goes.length > 0 ? [moves.join(", ")] : []),
        ...(comes.length > 0 ? [`in: ${listed(comes)}`] : []),
        ...(goes.length > 0 ? [`out: ${listed(goes)}`] : []),
        ...(left.length > 0 ? [`refused: ${listed(left.map(({ id }) => id))}`] : []),
    ];
    return parts.length > 0 ? [parts.join("; ")] : [];
}

/** Which addresses are held, why, and how to confirm their removal. */
function heldLine({ held, judgement }: Told): string[] {
    if (held.length === 0) return [];
    const addresses = `${counted(held.length, "address")} ${held.length === 1 ? "is held and stays" : "are held and stay"}`;
    const waiting = judgement.waiting.map(({ id }) => id);
    const isUnexplained = judgement.losses.some(({ grant }) => grant === undefined);
    const parts = [
        `${addresses}: ${listed(held.map(({ address }) => address))}`,
        brakeSentence(judgement, 0),
        ...(isUnexplained ? ["an entry of which nothing is remembered counts as a known active grant"] : []),
        ...(waiting.length > 0 ? [`new grants wait meanwhile: ${listed(waiting)}`] : []),
        "to confirm it, set zonekeeper:confirmRemovals to true for one run",
    ];
    return [`warning: ${parts.join("; ")}`];
}

function unusableLines({ refused }: Told, unusable: readonly Unusable[]): string[] {
    const stays = new Map(refused.filter(({ kind }) => kind === "unusable").map(({ id, reason }) => [id, reason]));
    const lines = unusable.slice(0, LINES).map(({ id, field, reason }) => {
        const result = stays.get(id) ?? "it admits nobody";
        return `warning: the grant ${quote(id)} cannot be used: ${field} ${reason}; ${result}`;
    });
    const more = unusable.length - LINES;
    return more > 0
        ? [...lines, `warning: ${counted(more, "more grant")} cannot be used; the output unusable has all of them`]
        : lines;
}

/** The first few. */
function listed(names: readonly string[]): string {
    const more = names.length - NAMED;
    return more > 0 ? `${names.slice(0, NAMED).join(", ")} and ${more} more` : names.join(", ");
}

function withoutSentinel(ranges: readonly string[]): string[] {
    return ranges.filter((range) => range !== SENTINEL);
}

function counted(count: number, noun: string): string {
    const plural = noun.endsWith("s") ? `${noun}es` : `${noun}s`;
    return `${count} ${count === 1 ? noun : plural}`;
}
