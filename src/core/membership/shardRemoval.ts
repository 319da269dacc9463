import { parseSpan } from "../addresses/ip";
import { coversSpan, mergeSpans } from "../addresses/spans";
import { quote } from "../errors/quote";
import { askFor } from "../judging/allowed";
import { SENTINEL } from "../zones/zone";

interface Shard {
    readonly name: string;
    /** Canonical ranges, or texts that cannot be parsed. */
    readonly gateways: readonly string[];
}

/**
 * Why these zones must not leave the membership of an agent; undefined if
 * every address in one of them is also in a zone that stays.
 *
 * @example 'taking zone "Staff 2" away would put out 2 gateways that no other zone holds, such as 203.0.113.7/32: …'
 */
export function judgeShardRemoval(leaving: readonly Shard[], staying: readonly Shard[]): string | undefined {
    const kept = staying.flatMap(({ gateways }) => gateways);
    const spans = mergeSpans(kept.flatMap((range) => parseSpan(range, "clear").span ?? []));
    const isKept = (range: string) => {
        const { span } = parseSpan(range, "clear");
        return range === SENTINEL || (span === undefined ? kept.includes(range) : coversSpan(spans, span));
    };
    const outside = leaving.flatMap(({ gateways }) => gateways).filter((range) => !isKept(range));
    if (outside.length === 0) return undefined;
    const names = leaving.map(({ name }) => quote(name)).join(", ");
    const count = outside.length === 1 ? "1 gateway" : `${outside.length} gateways`;
    return (
        `taking zone ${names} away would put out ${count} that no other zone holds, such as ${outside[0]}: ` +
        `take it out of the agent's zones first, so that the agent moves them; ${askFor("fewer-shards")}`
    );
}
