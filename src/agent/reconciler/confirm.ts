import { spanOf } from "../../core/addresses/ip";
import { NO_MEMORY } from "../../core/membership/memory";
import { sameMembers } from "../../core/sets";
import { tellHeld } from "../events/format";
import { remember } from "./decide";
import { addressesOf, MOST_TOLD } from "./decisionLines";
import type { ReconcilerEvent } from "./event";
import type { AskedConfirmation } from "./state";
import { nextNumber, setDecided, type Turn } from "./turn";

type Confirm = Extract<ReconcilerEvent, { readonly type: "confirm" }>;

/** A person confirms what is held: first the ledger's line, then the memory, and when that is kept, the answer. */
export function confirm(turn: Turn, { asked, held: addresses, by, reason }: Confirm): void {
    const { decision } = turn.state.decided;
    const held = decision?.held ?? [];
    // What was judged since and is not shown yet is not confirmed.
    if (turn.state.memory === undefined || decision === undefined || held.length === 0)
        return void answer(turn, asked, []);
    if (!sameMembers(addresses, addressesOf(held))) return void answer(turn, asked, []);
    setDecided(turn, { lastTold: "confirmed" });
    const number = nextNumber(turn);
    const others = held.filter(({ why }) => why === "static" || why === "unknown");
    const spans = others.map(({ address }) => spanOf(address));
    const items = decision.memory.held;
    const one = { asked, number, isRecorded: false, items, held: addresses, spans, by, reason };
    turn.state = { ...turn.state, confirmations: [...turn.state.confirmations, one] };
    const event = {
        type: "removals.confirmed",
        held: addressesOf(held),
        grants: held.flatMap(tellHeld).slice(0, MOST_TOLD),
        by,
        ...(reason !== undefined && { reason }),
    } as const;
    turn.effects.push({ do: "begin", lane: "confirmation", number, task: { do: "record", event } });
}

/** The line is written: what is confirmed goes with the next decision. Then the memory is kept: the answer. */
export function confirmationDone(turn: Turn, number: number): void {
    const one = turn.state.confirmations.find((each) => each.number === number);
    if (one === undefined) return;
    if (one.isRecorded) {
        drop(turn, one);
        return void answer(turn, one.asked, one.held);
    }
    const { items, spans, by, reason } = one;
    remember(turn, { ...(turn.state.memory ?? NO_MEMORY), confirmation: { items, spans, by, reason } });
    setDecided(turn, { confirmations: turn.state.decided.confirmations + 1 });
    const kept = { ...one, number: nextNumber(turn), isRecorded: true };
    replace(turn, one, [kept]);
    turn.effects.push({ do: "begin", lane: "confirmation", number: kept.number, task: { do: "keep" } });
}

/** The caller is told why. */
export function confirmationFailed(turn: Turn, number: number, error: unknown): void {
    const one = turn.state.confirmations.find((each) => each.number === number);
    if (one === undefined) return;
    drop(turn, one);
    turn.effects.push({ do: "refuse", asked: one.asked, error });
}

function drop(turn: Turn, one: AskedConfirmation): void {
    replace(turn, one, []);
}

function replace(turn: Turn, one: AskedConfirmation, by: readonly AskedConfirmation[]): void {
    const confirmations = turn.state.confirmations.flatMap((each) => (each === one ? by : [each]));
    turn.state = { ...turn.state, confirmations };
}

function answer(turn: Turn, asked: number, confirmed: readonly string[]): void {
    turn.effects.push({ do: "answer", asked, confirmed });
    turn.effects.push({ do: "wake" });
}
