import { strict as assert } from "node:assert";

import { spanOf } from "../../../src/core/addresses/ip";
import {
    type StandingFacts,
    type StandingGrant,
    standingOfAddress,
    standingOfPerson,
} from "../../../src/core/membership/standing";

const ADDRESS = "203.0.113.7/32";
const END = "2026-12-01T18:00:00.000Z";

const grant = (more: Partial<StandingGrant>): StandingGrant => ({
    id: "g1",
    user: "ana@example.com",
    ip: [ADDRESS],
    expiresAt: END,
    state: "effective",
    ...more,
});

const facts = (more: Partial<StandingFacts>): StandingFacts => ({
    gateways: [ADDRESS],
    grants: [],
    holds: [],
    staticGateways: [],
    ...more,
});

const BRAKE =
    "held by maxRemovals: all 3 known active grants would lose an address; confirm it, or restore their grants";

const TABLE: readonly (readonly [title: string, facts: Partial<StandingFacts>, isIn: boolean, because: string])[] = [
    ["a grant", { grants: [grant({})] }, true, `the grant g1 admits it until ${END}`],
    ["a wider grant", { grants: [grant({ ip: ["203.0.113.0/24"] })] }, true, `the grant g1 admits it until ${END}`],
    [
        "a grant that the removal brake holds",
        { grants: [grant({})], holds: [{ address: ADDRESS, why: "gone" }], heldBecause: BRAKE },
        true,
        BRAKE,
    ],
    [
        "an entry found at first contact",
        { holds: [{ address: ADDRESS, why: "unknown" }] },
        true,
        "it was found at first contact and no grant admits it; it stays until its removal is confirmed",
    ],
    [
        "a static gateway that left the settings",
        { holds: [{ address: ADDRESS, why: "static" }], staticGateways: [ADDRESS] },
        true,
        "it was a static gateway and left the settings; it stays until its removal is confirmed",
    ],
    ["a static gateway", { staticGateways: ["203.0.113.0/24"] }, true, "it is a static gateway"],
    [
        "a grant that has ended",
        { grants: [grant({ state: "leaving" })] },
        true,
        `the grant g1 has ended at ${END}, and the next write takes it out`,
    ],
    ["drift", {}, true, "another writer put it into the zone; it goes with the next round"],
    [
        "what is inside, where nothing is remembered",
        { isRemembered: false },
        true,
        "no grant admits it: its grant was removed, or another writer put it into the zone, which only a state folder could " +
            "tell (--state, or --config of the agent)",
    ],
    ["nothing", { gateways: [] }, false, "no grant has it"],
    [
        "a grant that is not written yet",
        { gateways: [], grants: [grant({ state: "pending" })] },
        false,
        "the grant g1 is active, and is not in a zone yet",
    ],
    [
        "a grant that waits, beside one that ended",
        { gateways: [], grants: [grant({ id: "g0", state: "ended" }), grant({ state: "waiting", why: BRAKE })] },
        false,
        `the grant g1 is kept out: ${BRAKE}`,
    ],
    [
        "a grant that is denied",
        { gateways: [], grants: [grant({ state: "denied", why: "denied by mia" })] },
        false,
        "the grant g1 is kept out: denied by mia",
    ],
    [
        "a grant that starts later",
        { gateways: [], grants: [grant({ state: "scheduled", startsAt: END })] },
        false,
        `the grant g1 starts at ${END}`,
    ],
    [
        "a grant that ended",
        { gateways: [], grants: [grant({ state: "ended" })] },
        false,
        `the grant g1 ended at ${END}`,
    ],
];

describe("standingOfAddress", () => {
    for (const [title, more, isIn, because] of TABLE) {
        it(`says that an address is ${isIn ? "in" : "out"} by ${title}`, () => {
            const standing = standingOfAddress(facts(more), spanOf(ADDRESS));
            assert.deepEqual([standing.isIn, standing.because], [isIn, because]);
        });
    }
});

describe("standingOfPerson", () => {
    it("says the same of the person of a grant", () => {
        for (const [title, more, isIn, because] of TABLE.filter(([, { grants = [] }]) => grants.length > 0)) {
            const standing = standingOfPerson(facts(more), "Ana@example.com");
            assert.deepEqual([standing.isIn, standing.because], [isIn, because], title);
        }
    });

    it("goes by the grant that counts, of several", () => {
        const grants = [grant({ id: "g0", state: "ended" }), grant({})];
        assert.deepEqual(
            standingOfPerson(facts({ grants }), "ana@example.com").because,
            `the grant g1 admits it until ${END}`,
        );
    });

    it("knows nobody without a grant, although their address is in", () => {
        assert.deepEqual(standingOfPerson(facts({ grants: [grant({})] }), "bob@example.com"), {
            isIn: false,
            because: "no grant has this user",
            grants: [],
        });
    });
});
