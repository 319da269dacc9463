import type { Emulator } from "../../emulator/emulator";
import { parseSpan } from "../../src/core/addresses/ip";
import { coversSpan, mergeSpans } from "../../src/core/addresses/spans";

/**
 * The states since then in which one of these addresses was outside of every
 * zone: Okta's rule lets in from any of them.
 */
export function momentsWithout(granted: readonly string[], { history }: Emulator, since: number): string[] {
    const now = new Map<string, readonly string[]>();
    return history.flatMap(({ zoneId, gateways, status, gone, cause }, index) => {
        now.set(zoneId, gone || status === "INACTIVE" ? [] : gateways);
        const inside = mergeSpans([...now.values()].flat().flatMap((text) => parseSpan(text, "clear").span ?? []));
        const missing = granted.filter((text) => !coversSpan(inside, parseSpan(text).span ?? { low: 0, high: 0 }));
        return index < since || missing.length === 0 ? [] : [`${missing.join(", ")} after ${cause}`];
    });
}
