import { strict as assert } from "node:assert";
import fc from "fast-check";

import type { Known } from "../../../src/core/doctor/facts";
import type { StandingGrant } from "../../../src/core/membership/standing";
import { why } from "../../../src/core/why/why";
import type { MembershipNow, WhyFacts } from "../../../src/core/why/whyFacts";

const STATES: readonly StandingGrant["state"][] = [
    "scheduled",
    "pending",
    "accepted",
    "effective",
    "refused",
    "waiting",
    "denied",
    "leaving",
    "ended",
];
const IN = ["accepted", "effective", "leaving"];

const ADDRESSES = ["203.0.113.7", "203.0.113.8", "198.51.100.9"];

const zone = fc.record({
    id: fc.constantFrom("nzo1", "nzo2"),
    name: fc.constant("Staff"),
    type: fc.constantFrom("IP", "DYNAMIC"),
    status: fc.constantFrom("ACTIVE", "ACTIVE", "INACTIVE"),
    usage: fc.constantFrom("POLICY", "POLICY", "BLOCKLIST"),
    system: fc.constant(false),
    gateways: fc.subarray(ADDRESSES.map((address) => `${address}/32`)),
    proxies: fc.subarray(["198.51.100.9/32"]),
});

const grant = fc.record({
    id: fc.constantFrom("g-1", "g-2", "g-3"),
    user: fc.constantFrom("ana@example.com", "ANA@example.com", "bob@example.com"),
    ip: fc.subarray(ADDRESSES, { minLength: 1 }).map((list) => list.map((address) => `${address}/32`)),
    expiresAt: fc.constant("2026-12-01T18:00:00Z"),
    startsAt: fc.constant("2026-11-01T18:00:00Z"),
    state: fc.constantFrom(...STATES),
});

const membership = fc.record({
    grants: fc.array(grant, { maxLength: 4 }),
    holds: fc.constant([]),
    heldBecause: fc.constant(undefined),
    staticGateways: fc.constant([]),
    isKnown: fc.boolean(),
});

const hop = fc.constantFrom(...ADDRESSES, "2001:db8::1", "unknown");

const UNKNOWN = { unknown: { name: "okta-forbidden", reason: "needs a scope", remedy: "Give it." } } as const;

function known<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Known<T>> {
    return fc.oneof<fc.MaybeWeightedArbitrary<Known<T>>[]>(
        { weight: 5, arbitrary: value.map((it) => ({ value: it })) },
        fc.constant(UNKNOWN),
    );
}

const signIn = fc.record({
    eventType: fc.constant("user.session.start"),
    atMs: fc.constant(0),
    result: fc.constant("DENY"),
    user: fc.constant(undefined),
    chain: fc.array(hop, { minLength: 1, maxLength: 3 }),
    refusal: fc.constantFrom(undefined, undefined, "a blocklist refused it"),
});

const facts: fc.Arbitrary<WhyFacts> = fc.record({
    nowMs: fc.constant(0),
    orgUrl: fc.constant("https://acme.okta.com"),
    subject: fc.constant("ana@example.com"),
    zoneIds: fc.constant(["nzo1"]),
    zones: known(fc.uniqueArray(zone, { maxLength: 2, selector: ({ id }) => id })),
    person: fc.constantFrom(undefined, { name: "ana@example.com", user: UNKNOWN }),
    chain: fc.option(fc.tuple(hop, fc.constantFrom(...ADDRESSES)), { nil: undefined }),
    event: fc.constant(undefined),
    membership: fc.option(known(membership), { nil: undefined }),
    unusable: fc.constantFrom([], [{ id: "g-9", field: "ip", reason: "is IPv6", user: "ana@example.com" }]),
    sourceProblem: fc.constantFrom(undefined, "cannot read grants"),
    clockProblem: fc.constant(undefined),
    agent: fc.constantFrom(undefined, { at: "127.0.0.1:9464", problem: "nothing listens there" }),
    policies: fc.constant(UNKNOWN),
    sessionPolicies: fc.constant(undefined),
    threatInsight: fc.constant(undefined),
    signIns: known(fc.array(signIn, { maxLength: 3 })),
    changes: fc.constant({ value: [] }),
    ownId: fc.constant(undefined),
});

/** A person about whom everything is known, and whom nothing else keeps out. */
function personWith(grants: readonly StandingGrant[], more: Partial<WhyFacts> = {}): WhyFacts {
    const value: MembershipNow = { grants, holds: [], heldBecause: undefined, staticGateways: [], isKnown: true };
    const [first] = fc.sample(facts, { numRuns: 1, seed: 1 });
    return {
        ...(first as WhyFacts),
        zones: { value: [{ ...STAFF, gateways: ["203.0.113.7/32"], proxies: [] }] },
        person: {
            name: "ana@example.com",
            user: { value: { id: "00u1", login: "ana@example.com", status: "ACTIVE" } },
        },
        chain: undefined,
        membership: { value },
        unusable: [],
        sourceProblem: undefined,
        signIns: { value: [] },
        ...more,
    };
}

const STAFF = { id: "nzo1", name: "Staff", type: "IP", status: "ACTIVE", usage: "POLICY", system: false };

function grantIn(state: StandingGrant["state"], id = "g-1"): StandingGrant {
    return { id, user: "ana@example.com", ip: ["203.0.113.7/32"], expiresAt: "2026-12-01T18:00:00Z", state };
}

describe("why", () => {
    for (const [state, inside, kind, status] of [
        ["effective", true, "grant", "ok"],
        ["accepted", true, "grant", "ok"],
        ["leaving", true, "grant", "unknown"],
        ["pending", false, "pending", "bad"],
        ["waiting", false, "held", "bad"],
        ["denied", false, "denied", "bad"],
        ["refused", false, "denied", "bad"],
        ["scheduled", false, "not-yet", "bad"],
        ["ended", false, "ended", "bad"],
    ] as const) {
        it(`says of a grant that is ${state}: ${kind}, ${status}`, () => {
            const answer = why(personWith([grantIn(state)]));
            const line = answer.lines.find(({ subject }) => subject === "g-1");
            assert.deepEqual([answer.inside, line?.kind, line?.status], [inside, kind, status]);
            assert.equal(answer.because, line?.message);
        });
    }

    it("does not mind a grant that has ended, or starts later, beside one that is in", () => {
        const grants = [grantIn("ended", "g-2"), grantIn("scheduled", "g-3"), grantIn("effective")];
        const { inside, because, lines } = why(personWith(grants));
        assert.equal(inside, true);
        assert.match(because, /^the grant g-1 /);
        assert.deepEqual(
            lines.filter(({ status }) => status === "bad"),
            [],
        );
    });

    it("judges the latest sign-in alone", () => {
        const event = {
            eventType: "user.session.start",
            atMs: 0,
            result: "SUCCESS",
            user: undefined,
            refusal: undefined,
        };
        const seen = (...ips: string[]) => ({ value: ips.map((ip) => ({ ...event, chain: [ip] })) });
        const grants = [grantIn("effective")];
        assert.equal(why(personWith(grants, { signIns: seen("203.0.113.7", "198.51.100.9") })).inside, true);
        assert.equal(why(personWith(grants, { signIns: seen("198.51.100.9", "203.0.113.7") })).inside, false);
    });

    it("says, whatever it is given, what one of its lines says, and a step for what is bad", () => {
        fc.assert(
            fc.property(facts, (given) => {
                const { inside, because, next, lines } = why(given);
                const told = lines.find(({ message }) => message === because);
                assert.ok(told !== undefined || because === "a zone has it", because);
                if (told?.status === "ok") assert.match(next, /^$|^If they cannot get in all the same, look at this: /);
                const bad = lines.filter(({ status }) => status === "bad");
                if (inside !== undefined && bad.length > 0) assert.equal(told?.status, "bad", because);
                if (inside === false) assert.ok(bad.length > 0, JSON.stringify(lines));
            }),
        );
    });

    it("lets nobody be in without a zone that is known and an entry or a grant that is in", () => {
        fc.assert(
            fc.property(facts, (given) => {
                if (why(given).inside !== true) return;
                const zones = given.zones.value ?? [];
                const entries = zones.filter(({ id, status }) => id === "nzo1" && status === "ACTIVE");
                const grants = given.membership?.value?.grants ?? [];
                assert.ok(entries.length > 0);
                const isIn = grants.some(({ state }) => IN.includes(state));
                assert.ok(isIn || entries.some(({ gateways }) => gateways.length > 0));
            }),
        );
    });
});
