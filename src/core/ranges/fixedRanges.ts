import { formatSpan, spanOf } from "../addresses/ip";
import { mergeSpans, separateSpans } from "../addresses/spans";
import type { Plan } from "../membership/plan";
import { GATEWAY_LIMIT } from "../zones/zone";
import { shrinkage } from "./shrinkage";

/**
 * The fewest entries of a zone with the same addresses: CIDRs, and ranges where
 * no CIDR fits.
 *
 * @throws `bad-range`
 */
export function fewestEntries(ranges: readonly string[]): string[] {
    return mergeSpans(ranges.map(spanOf)).map(formatSpan);
}

export interface FixedInput {
    readonly plan: Plan;
    /** What was to be inside the last time, and what is now. */
    readonly before: readonly string[];
    readonly after: readonly string[];
    /** Whether a loss was confirmed. */
    readonly isConfirmed: boolean;
}

/**
 * Why zones that hold given ranges, and no grants, are not to be written: a
 * sentence; undefined where all is well. With grants a full zone refuses
 * newcomers and goes on; half a list of ranges is wrong.
 *
 *   the ranges                              because
 *   are none                                a list that is empty is a mistake
 *   do not all find room                    an app that knows half of its callers fails at times
 *   lost more than half since the last run  a list that was cut looks so; it can be confirmed
 */
export function fixedProblem({ plan, before, after, isConfirmed }: FixedInput): string | undefined {
    if (after.length === 0) return "the ranges are empty: a zone without them is made by taking it out of the program";
    const [first, ...others] = plan.refused;
    if (first !== undefined) {
        const zones = plan.zones.length;
        const room = `${zones === 1 ? "1 zone has" : `${zones} zones have`} room for ${zones * GATEWAY_LIMIT.POLICY}`;
        const left = `${others.length + 1} of them find none, such as ${first.id.replace("static ", "")}`;
        return `${after.length} ranges are too many: ${room}, and ${left}; set shards: ${shardsFor(after, zones)}`;
    }
    const [old, now] = [before, after].map((ranges) => [{ name: "ranges", spans: separateSpans(ranges.map(spanOf)) }]);
    const lost = isConfirmed ? undefined : shrinkage(old ?? [], now ?? []);
    if (lost === undefined) return undefined;
    return `the ranges look cut: ${lost.replace("the cell ranges", "the list")}; look at them, and set confirmRemovals: true for one run`;
}

/** How many zones hold so many entries; more than there are now. */
function shardsFor(entries: readonly string[], now: number): number {
    return Math.max(now + 1, Math.ceil(entries.length / GATEWAY_LIMIT.POLICY));
}
