import type { ZonePlan } from "./plan";

/**
 * The order in which to write the zones that a plan changes.
 *
 *   something moves from zone to zone   who gains goes first, so that what moves is never outside of both
 *   otherwise, enough requests          who gains goes first: people wait for it
 *   otherwise, too few requests         who loses goes first: access that has ended comes before access to come
 */
export function writeOrder(changed: readonly ZonePlan[], requests: "enough" | "few"): ZonePlan[] {
    const added = new Set(changed.flatMap(({ add }) => add));
    const isMove = changed.some(({ remove }) => remove.some((address) => added.has(address)));
    const rank =
        requests === "enough" || isMove
            ? ({ add }: ZonePlan) => Number(add.length > 0)
            : ({ remove }: ZonePlan) => Number(remove.length > 0);
    return [...changed].sort((a, b) => rank(b) - rank(a));
}
