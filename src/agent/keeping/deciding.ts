import type { Grant } from "../../core/grants/grants";
import { selectedGrants } from "../../core/grants/grants";
import type { Plan, Refusal } from "../../core/membership/plan";
import type { Rules } from "../../core/membership/rules";
import type { Zone } from "../../okta/zones/zones";
import { decide } from "../../reconcile";
import type { Record } from "../telling/events";
import type { GrantsInForce } from "./grantsInForce";

export interface DecidingOptions {
    readonly rules: Rules;
    readonly grants: Pick<GrantsInForce, "current" | "isClosed">;
    readonly record: Record;
}

/** Plans, with the brake and whoever lets go of it. */
export interface Deciding {
    /** What should become of these zones; undefined while there is nothing to go by. */
    plan(zones: readonly Zone[], nowMs: number): Promise<Plan | undefined>;
    /** The grants that the zones are for, active or not. */
    selected(): readonly Grant[];
    /** What `maxRemovals` holds, by the latest plan. */
    held(): readonly string[];
    refused(): readonly Refusal[];
    /** How often somebody let go of what was held. */
    confirmations(): number;
    /** Lets go of what is held, if it is just this. @returns what was confirmed; nothing if something else is held */
    confirm(held: readonly string[], by: string, reason?: string): Promise<readonly string[]>;
}

export function openDeciding({ rules, grants, record }: DecidingOptions): Deciding {
    let held: readonly string[] = [];
    let refused: readonly Refusal[] = [];
    let confirmed: ReadonlySet<string> = new Set();
    let confirmations = 0;

    async function tell(plan: Plan): Promise<void> {
        const [wasHeld, known] = [held, new Set(refused.map(({ id }) => id))];
        [held, refused] = [plan.held, plan.refused];
        if (held.length > 0 && !isSameSet(held, wasHeld)) await record({ type: "removals.held", held });
        for (const { id, reason } of refused) {
            if (!known.has(id) && !id.startsWith("held ")) await record({ type: "grant.refused", id, reason });
        }
    }

    return {
        async plan(zones, nowMs) {
            const reading = grants.current();
            if (reading === undefined) return undefined;
            const input = { reading, actual: zones, rules, nowMs };
            let plan = decide(input);
            const mayGo = grants.isClosed() || plan.held.every((range) => confirmed.has(range));
            if (plan.held.length > 0 && mayGo) plan = decide({ ...input, isConfirmed: true });
            else if (plan.held.length === 0) confirmed = new Set();
            await tell(plan);
            return plan;
        },
        selected: () => selectedGrants(grants.current()?.grants ?? [], rules.selector),
        held: () => held,
        refused: () => refused,
        confirmations: () => confirmations,
        async confirm(ranges, by, reason) {
            if (held.length === 0 || !isSameSet(ranges, held)) return [];
            await record({ type: "removals.confirmed", held, by, ...(reason !== undefined && { reason }) });
            confirmed = new Set(ranges);
            confirmations++;
            return ranges;
        },
    };
}

function isSameSet(these: readonly string[], those: readonly string[]): boolean {
    return these.length === those.length && these.every((text) => those.includes(text));
}
