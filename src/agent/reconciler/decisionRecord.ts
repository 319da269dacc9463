import { spanOf } from "../../core/addresses/ip";
import { coversSpan, mergeSpans } from "../../core/addresses/spans";
import type { Decision } from "../../core/membership/decide";
import { brakeSentence, type Held } from "../../core/membership/held";
import type { Refusal } from "../../core/membership/plan";
import type { Rules } from "../../core/membership/rules";
import { sameMembers } from "../../core/sets";
import type { RecordEvent } from "../events/events";
import { tellHeld } from "../events/format";

/** Writes down what is new about each decision. */
export interface DecisionRecord {
    /** @throws `ledger-unwritable` */
    decided(
        now: Decision,
        before: Decision | undefined,
        refusals: { readonly before: readonly Refusal[]; readonly now: readonly Refusal[] },
    ): Promise<void>;
    /** A person confirmed all this. @throws `ledger-unwritable` */
    confirmed(held: readonly Held[], by: string, reason: string | undefined): Promise<void>;
    /** A time of leading begins. */
    begin(): void;
}

/** Grants that are named beside what is held. */
const MOST_TOLD = 1000;

export function openDecisionRecord(record: RecordEvent, rules: Pick<Rules, "windowMs">): DecisionRecord {
    /** Of the two that a release answers: a decision of just before a confirmation may be recorded after it. */
    let lastTold: "held" | "confirmed" | undefined;

    async function decided(
        now: Decision,
        before: Decision | undefined,
        refusals: { readonly before: readonly Refusal[]; readonly now: readonly Refusal[] },
    ): Promise<void> {
        const [addresses, were] = [addressesOf(now.held), addressesOf(before?.held ?? [])];
        const isAsTold = sameMembers(itemsOf(now.held), itemsOf(before?.held ?? [])) && lastTold !== "confirmed";
        if (addresses.length > 0 && !isAsTold) {
            lastTold = "held";
            const why = now.judgement.verdict === "held" ? brakeSentence(now.judgement, rules.windowMs) : undefined;
            await record({
                type: "removals.held",
                held: addresses,
                grants: now.held.flatMap(tellHeld).slice(0, MOST_TOLD),
                ...(why !== undefined && { why }),
            });
        }
        // What was confirmed is recorded as such; the rest may have come back to the source meanwhile.
        const confirmed = mergeSpans(now.released?.spans ?? []);
        const unconfirmed = were.filter((address) => lastTold === "held" || !coversSpan(confirmed, spanOf(address)));
        if (unconfirmed.length > 0 && addresses.length === 0) {
            lastTold = undefined;
            await record({ type: "removals.released", held: unconfirmed });
        }
        if (now.aboveLimit !== undefined) {
            const ids = now.judgement.deliberate.flatMap(({ grant }) => grant?.id ?? []);
            await record({ type: "removals.above-limit", grants: ids.slice(0, MOST_TOLD), most: now.aboveLimit });
        }
        const told = new Set(refusals.before.map(({ id, kind }) => `${kind} ${id}`));
        for (const { id, reason, kind } of refusals.now) {
            const isHeldRange = kind === "held" && id.startsWith("held ");
            if (!told.has(`${kind} ${id}`) && !isHeldRange) await record({ type: "grant.refused", id, reason, kind });
        }
    }

    return {
        decided,
        async confirmed(held, by, reason) {
            lastTold = "confirmed";
            await record({
                type: "removals.confirmed",
                held: addressesOf(held),
                grants: held.flatMap(tellHeld).slice(0, MOST_TOLD),
                by,
                ...(reason !== undefined && { reason }),
            });
        },
        begin() {
            lastTold = undefined;
        },
    };
}

/** Each address with each grant that holds it: a later reading may hold the same addresses by others. */
function itemsOf(held: readonly Held[]): readonly string[] {
    return held.flatMap(({ address, grants }) => [address, ...grants.map(({ id }) => `${address} ${id}`)]);
}

export function addressesOf(held: readonly Held[]): readonly string[] {
    return held.map(({ address }) => address);
}
