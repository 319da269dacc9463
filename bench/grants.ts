import type { Grant } from "../src/core/grants/grants";

/** Grants as a measure needs them: always the same ones, in no order. */
export interface Workload {
    readonly name: string;
    readonly grants: readonly Grant[];
}

export const GRANTS = 10_000;

/** The moment at which the decision is made. */
export const NOW_MS = Date.UTC(2026, 10, 23, 12);

/** 11.0.0.0: a grant of 10.0.0.0 would be unusable. */
const FIRST_ADDRESS = 11 * 2 ** 24;

/** Has no factor in common with the number of grants, so its multiples visit each of them. */
const STRIDE = 7_919;

/** A grant of one address that ends in eight hours. */
export function grantOf(id: string, address: number): Grant {
    const expiresAtMs = NOW_MS + 8 * 3_600_000;
    return { id, spans: [{ low: address, high: address }], expiresAtMs, labels: {} };
}

/** Grants on addresses with a gap behind each, several grants to an address where there are fewer addresses. */
export function apart(grants: number, addresses: number): Grant[] {
    return shuffled(grants, (index) => FIRST_ADDRESS + (index % addresses) * 2);
}

/** Grants on an address each, four in a row and then a gap. */
export function inRows(grants: number): Grant[] {
    return shuffled(grants, (index) => FIRST_ADDRESS + Math.floor(index / 4) * 8 + (index % 4));
}

function shuffled(grants: number, addressOf: (index: number) => number): Grant[] {
    return Array.from({ length: grants }, (_, nth) => {
        const index = (nth * STRIDE) % grants;
        return grantOf(`g-${index}`, addressOf(index));
    });
}
