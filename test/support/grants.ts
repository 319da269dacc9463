import { spanOf } from "../../src/core/addresses/ip";
import type { Grant } from "../../src/core/grants/grants";

/** The moment at which every test happens, unless its fake clock moves on. */
export const NOW = Date.parse("2026-12-01T12:00:00Z");

export const A = "198.51.100.1/32";
export const B = "198.51.100.3/32";
export const C = "203.0.113.0/24";

/** A grant of one or more ranges that ends in `minutesLeft`; zero or less is over. */
export function grant(ranges: string | readonly string[], minutesLeft = 60, more: Partial<Grant> = {}): Grant {
    const texts = typeof ranges === "string" ? [ranges] : ranges;
    return {
        id: `grant of ${texts.join(", ")}`,
        spans: texts.map(spanOf),
        expiresAtMs: NOW + minutesLeft * 60_000,
        labels: {},
        ...more,
    };
}
