import type { Decision } from "../core/membership/decide";
import { SENTINEL } from "../core/zones/zone";

const SHOWN = 5;

/**
 * What a decision means for people, in one line for the preview; undefined when
 * it means nothing to anybody.
 *
 *   2 gateways come in, 1 goes out, 147 stay; refused: g-17, g-18
 */
export function summarize({ plan: { zones }, refused }: Pick<Decision, "plan" | "refused">): string | undefined {
    const [comes, goes] = [zones.flatMap(({ add }) => add), zones.flatMap(({ remove }) => remove)].map(withoutSentinel);
    const inside = withoutSentinel(zones.flatMap(({ gateways }) => gateways));
    const [coming, going] = [comes?.length ?? 0, goes?.length ?? 0];
    const moves = [
        `${counted(coming)} ${coming === 1 ? "comes" : "come"} in`,
        `${going} ${going === 1 ? "goes" : "go"} out`,
        `${inside.length - coming} stay`,
    ];
    const parts = [
        ...(coming + going > 0 ? [moves.join(", ")] : []),
        ...(refused.length > 0 ? [`refused: ${listed(refused.map(({ id }) => id))}`] : []),
    ];
    return parts.length > 0 ? parts.join("; ") : undefined;
}

/** The first few; the stack's output `refused` has them all. */
function listed(ids: readonly string[]): string {
    const more = ids.length - SHOWN;
    return more > 0 ? `${ids.slice(0, SHOWN).join(", ")} and ${more} more` : ids.join(", ");
}

function withoutSentinel(ranges: readonly string[]): string[] {
    return ranges.filter((range) => range !== SENTINEL);
}

function counted(count: number): string {
    return count === 1 ? "1 gateway" : `${count} gateways`;
}
