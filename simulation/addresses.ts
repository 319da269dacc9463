import { parseSpan, type Span } from "../src/core/addresses/ip";
import type { ZoneDocument } from "./trace";

/** Single addresses as numbers; what is no IPv4 counts as none. */
export function addressesOf(gateways: readonly string[]): Set<number> {
    return new Set(gateways.flatMap((text) => addressesIn(parseSpan(text, "clear").span)));
}

export function addressesIn(span: Span | undefined): number[] {
    if (span === undefined) return [];
    return Array.from({ length: span.high - span.low + 1 }, (_, index) => span.low + index);
}

export function gatewaysIn(document: ZoneDocument | undefined): string[] {
    return (document?.gateways ?? []).map(({ value }) => value);
}

export function isSame(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
    return a.size === b.size && [...a].every((address) => b.has(address));
}

export function tellAddress(address: number): string {
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}
