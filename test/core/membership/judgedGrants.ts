import type { Grant } from "../../../src/core/grants/grants";
import { applyBrake, type BrakeInput } from "../../../src/core/membership/brake";
import { grant, NOW } from "../../support/grants";

export const address = (index: number) => `203.0.113.${index}/32`;

/** Grants g1, g2, … of one address each, which end in an hour. */
export const some = (count: number, more: Partial<Grant> = {}) =>
    Array.from({ length: count }, (_, index) => g(index + 1, more));
export const g = (index: number, more: Partial<Grant> = {}) => grant(address(index), 60, { id: `g${index}`, ...more });
export const endsIn = (minutes: number) => ({ expiresAtMs: NOW + minutes * 60_000 });

export function judge(known: readonly Grant[], next: readonly Grant[], more: Partial<BrakeInput> = {}) {
    return applyBrake({ known, next, maxRemovals: { percent: 50 }, nowMs: NOW, ...more });
}
