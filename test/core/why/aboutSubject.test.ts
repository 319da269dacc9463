import { strict as assert } from "node:assert";

import fc from "fast-check";

import { isAbout } from "../../../src/core/why/aboutSubject";
import { whyOfView } from "../../../src/core/why/factsOfView";

const address = fc.integer({ min: 1, max: 9 }).map((last) => `203.0.113.${last}`);
const range = fc.oneof(
    address.map((text) => `${text}/32`),
    fc.constantFrom("203.0.113.0/30", "203.0.113.2-203.0.113.5", "198.51.100.0/24", "203.0.113.7-203.0.113.7"),
);
const user = fc.constantFrom("ana@example.com", "Ana@Example.com", "00uana", "bob", undefined);
const grant = fc.record({
    id: fc.constantFrom("g1", "g2", "bob", "203.0.113.1"),
    user,
    ip: fc.array(range, { minLength: 1, maxLength: 3 }),
    state: fc.constantFrom("effective", "pending", "ended", "scheduled", "refused", "leaving"),
    expiresAt: fc.constant("2026-12-01T18:00:00.000Z"),
    startsAt: fc.constant("2026-12-01T09:00:00.000Z"),
});
const text = fc.oneof(
    address,
    address.map((each) => `${each}/32`),
    fc.array(address, { minLength: 2, maxLength: 3 }).map((hops) => hops.join(", ")),
    fc.constantFrom("ana@example.com", " ANA@example.com", "00uana", "bob", "nobody@example.com"),
);

describe("isAbout", () => {
    it("leaves every answer as it is with all grants", () => {
        fc.assert(
            fc.property(
                fc.array(grant, { maxLength: 6 }),
                text,
                fc.array(range, { maxLength: 4 }),
                (all, asked, gateways) => {
                    const grants = all.map(({ user: name, ...rest }) => ({
                        ...rest,
                        ...(name !== undefined && { user: name }),
                    }));
                    const answer = (some: typeof grants) => {
                        const zones = [{ id: "nzo1", name: "Staff", status: "ACTIVE" as const, gateways, proxies: [] }];
                        const source = { healthy: true };
                        const isKnown = grants.length > 0;
                        const rest = {
                            holds: [],
                            staticGateways: [],
                            unusable: [],
                            isLeading: true,
                            notReady: [],
                            isKnown,
                        };
                        try {
                            return whyOfView({ zones, source, grants: some as never, ...rest }, asked, 0);
                        } catch (error) {
                            return String(error);
                        }
                    };
                    assert.deepEqual(answer(grants.filter(isAbout(asked))), answer(grants));
                },
            ),
            { numRuns: 2000 },
        );
    });

    it("leaves out most of many", () => {
        const all = Array.from({ length: 1000 }, (_, n) => ({ id: `g${n}`, ip: [`11.0.${n >> 8}.${n & 255}/32`] }));
        assert.deepEqual(
            all.filter(isAbout("11.0.1.7")).map(({ id }) => id),
            ["g263"],
        );
    });
});
