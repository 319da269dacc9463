import { userKey } from "../../src/core/membership/denials";
import { addressesIn, tellAddress } from "../addresses";
import type { Bounds } from "../bounds";
import type { Facts } from "../facts";
import { mayBeActive, type Run } from "../knowledge";
import type { GivenDenial } from "../trace";

/** Whether a denial keeps out a grant, or an address of it. */
export function isDeniedTo({ denial }: GivenDenial, { id, user }: Pick<Run, "id" | "user">, address: number): boolean {
    const { span, grant } = denial;
    if (span !== undefined) return span.low <= address && address <= span.high;
    if (grant !== undefined) return grant === id;
    return user !== undefined && denial.user !== undefined && userKey(user) === userKey(denial.user);
}

/**
 * What is denied is out, whatever a source says or the removal brake holds, where nothing was wrong with Okta and the hosts:
 * each address that is denied, and each that only denied users and grants would have.
 */
export function denies(facts: Facts, bounds: Bounds): string[] {
    const { trace } = facts;
    return trace.denials.flatMap((given) =>
        trace.terms.flatMap(({ process, fromMs, toMs }) => {
            const ms = Math.max(given.fromMs, fromMs + bounds.recoverMs) + bounds.starvedMs;
            if (ms >= Math.min(toMs, given.toMs, trace.history.endsAtMs)) return [];
            if (!facts.isCalm(ms - bounds.recoverMs, ms)) return [];
            const times = facts.timesOf(process, ms);
            const runs = facts.knowledge(process).runs.filter(({ fromMs }) => fromMs <= ms);
            const isBarred = (run: Run) =>
                trace.denials.some(
                    (each) => each.fromMs <= ms - bounds.starvedMs && ms < each.toMs && isDeniedTo(each, run, NOWHERE),
                );
            const barred = runs.filter((run) => isDeniedTo(given, run, NOWHERE));
            const others = runs.filter((run) => mayBeActive(run, times) && !isBarred(run));
            const elsewhere = new Set(others.flatMap(({ addresses }) => [...addresses]));
            const denied = new Set(addressesIn(given.denial.span));
            const out = [
                ...denied,
                ...barred
                    .flatMap(({ addresses }) => [...addresses])
                    .filter((each) => !elsewhere.has(each) && !facts.fixed.has(each)),
            ];
            const inside = facts.insideAt(ms);
            return [...new Set(out)]
                .filter((address) => inside.has(address) && !isFoundOnly(facts, address, runs))
                .map((address) => `${tellAddress(address)} is denied, and inside at ${ms} ms`);
        }),
    );
}

/** No address: only who is denied as a user or a grant counts. */
const NOWHERE = Number.NaN;

/** Entries that were found in a zone are nobody's, so that a denied user or grant has nothing to do with them. */
function isFoundOnly({ trace }: Facts, address: number, runs: readonly Run[]): boolean {
    return (
        trace.history.found !== undefined &&
        !runs.some(({ addresses }) => addresses.has(address)) &&
        trace.denials.every(({ denial }) => denial.span === undefined)
    );
}
