import { strict as assert } from "node:assert";

import type { TaggedEvent } from "../../../src/agent/events/events";
import type { LedgerEvent, Line } from "../../../src/agent/ledger/line";
import { openWriteRequests } from "../../../src/agent/ledger/requests";
import { openRequestsOf } from "../../../src/agent/ledger/requestsOf";
import { openPick, openTrace } from "../../../src/agent/ledger/trace";
import { accepted, intended } from "./events";

const BY = { id: "g-1", request: "r-1" };
const OTHER = { id: "g-2", request: "r-2" };

/** A write because of some grants. */
function writeFor(write: string, ...grants: readonly { readonly id: string; readonly request?: string }[]) {
    const changes = grants.map((grant, at) => {
        return { address: `203.0.113.${at}/32`, change: "add" as const, why: "granted" as const, grants: [grant] };
    });
    return { ...intended(write), changes };
}

function lineOf(event: LedgerEvent, seq: number): Line {
    return { seq, at: "2026-11-30T09:00:00.000Z", prev: "", hash: "", event };
}

describe("the requests of a write", () => {
    it("are shown with everything that followed, each once, and with no other write", () => {
        const { tagged } = openWriteRequests();
        tagged(writeFor("w1", BY, OTHER, BY));
        tagged(writeFor("w2", { id: "g-3" }));
        const told = (event: TaggedEvent) => (tagged(event) as { readonly requests?: readonly string[] }).requests;
        assert.deepEqual(told(accepted("w1")), ["r-1", "r-2"]);
        assert.deepEqual(told({ type: "zone.verified", zone: "nzo1", write: "w1" }), ["r-1", "r-2"]);
        assert.deepEqual([told(accepted("w2")), told(accepted("w9"))], [undefined, undefined]);
    });

    it("include members of a group", () => {
        const { tagged } = openWriteRequests();
        const member = { write: "m1", group: "00g1", user: "ana", userId: "00u1", change: "add" as const };
        tagged({ type: "member.intended", ...member, why: "granted", grants: [BY] });
        assert.deepEqual(tagged({ type: "member.accepted", ...member, status: 204 }), {
            type: "member.accepted",
            ...member,
            status: 204,
            requests: ["r-1"],
        });
    });
});

const SIGNED_IN = (session: string): LedgerEvent => ({ type: "portal.signed-in", session });

/** Lines of portal and agent, and whether they are a part of the story of r-1. */
const LINES: readonly (readonly [LedgerEvent, boolean])[] = [
    [SIGNED_IN("s1"), true],
    [SIGNED_IN("s9"), false],
    [{ type: "portal.requested", request: "r-1", grant: "q-1", session: "s1" }, true],
    [SIGNED_IN("s2"), true],
    [{ type: "portal.approved", request: "r-1", grant: "q-1", session: "s2" }, true],
    [{ type: "portal.granted", request: "r-1", grant: "g-1", session: "s2" }, true],
    [{ type: "portal.granted", request: "r-2", grant: "g-2", session: "s9" }, false],
    [{ type: "portal.requested", request: "r-3", grant: "g-1", session: "s1" }, true],
    [writeFor("w1", BY, OTHER), true],
    [accepted("w1"), true],
    [writeFor("w2", OTHER), false],
    [accepted("w2"), false],
    [{ type: "grant.refused", id: "g-1", reason: "no room", kind: "room" }, true],
    [{ type: "grant.refused", id: "g-2", reason: "no room", kind: "room" }, false],
    [{ type: "sessions.cleared", user: "ana", userId: "00u1", status: 204, request: "r-1" }, true],
    [{ type: "removals.held", held: [], grants: [{ id: "g-1", why: "x" }] }, true],
    [{ type: "removals.above-limit", grants: ["g-1"], most: 1 }, true],
    [{ type: "agent.stopped", why: "SIGTERM" }, false],
];

describe("a trace", () => {
    for (const name of ["r-1", "g-1", "q-1"]) {
        it(`has every line of the request and no other, by ${name}`, () => {
            const trace = openTrace(name);
            for (const [event] of LINES) trace.add(event);
            const pick = openPick(trace.traced());
            const picked = LINES.map(([event], at) => pick(lineOf(event, at)) !== undefined);
            assert.deepEqual(
                picked,
                LINES.map(([, isPart]) => isPart),
            );
        });
    }

    it("leaves out the changes of others in the same write and reading", () => {
        const trace = openTrace("r-1");
        for (const [event] of LINES) trace.add(event);
        const pick = openPick(trace.traced());
        const write = pick(lineOf(writeFor("w1", BY, OTHER), 1))?.event as ReturnType<typeof writeFor>;
        assert.deepEqual(
            write.changes.map(({ grants }) => grants[0]?.id),
            ["g-1"],
        );
        const told = (id: string) => ({ change: "granted" as const, id, ip: [] });
        const reading: LedgerEvent = {
            type: "grants.accepted",
            grants: 2,
            active: 2,
            unusable: 0,
            changed: [told("g-1"), told("g-2")],
        };
        assert.deepEqual(pick(lineOf(reading, 2)), { event: { ...reading, changed: [told("g-1")] } });
    });

    const told = (change: "granted" | "withdrawn", id: string, more: { readonly expiresAt?: string } = {}) => {
        return { change, id, ip: ["203.0.113.7/32"], ...more };
    };
    const read = (...changed: readonly ReturnType<typeof told>[]): LedgerEvent => {
        return { type: "grants.accepted", grants: 1, active: 1, unusable: 0, changed };
    };
    const write = (id: string, change: "add" | "remove"): LedgerEvent => {
        const why = change === "add" ? "granted" : "withdrawn";
        const changes = [{ address: "203.0.113.7/32", change, why, grants: [{ id: "g-2" }] }] as const;
        return { ...intended(id), changes };
    };
    const asked: LedgerEvent = { type: "portal.granted", request: "r-1", grant: "g-1" };
    const by = { address: "203.0.113.7/32", zone: "nzo1", since: "2026-11-30T09:00:00.000Z", status: 200 };

    /** What explains the reading that changes g-1, after these lines. */
    const EXPLAINED: Readonly<Record<string, readonly [readonly LedgerEvent[], LedgerEvent, object]>> = {
        "an address that an earlier write added": [
            [read(told("granted", "g-2")), write("w1", "add"), accepted("w1")],
            read(told("granted", "g-1")),
            { present: [by] },
        ],
        "an address that was added and taken out again": [
            [write("w1", "add"), accepted("w1"), write("w2", "remove"), accepted("w2")],
            read(told("granted", "g-1")),
            {},
        ],
        "a write that Okta did not answer": [[write("w1", "add")], read(told("granted", "g-1")), {}],
        "an address of another membership": [
            [
                { ...write("w1", "add"), membership: "lab" },
                { ...accepted("w1"), membership: "lab" },
            ] as LedgerEvent[],
            read(told("granted", "g-1")),
            {},
        ],
        "an address that another grant still holds": [
            [read(told("granted", "g-1"), told("granted", "g-2"))],
            read(told("withdrawn", "g-1")),
            { held: [{ address: "203.0.113.7/32", by: ["g-2"] }] },
        ],
        "another grant that has ended": [
            [read(told("granted", "g-1"), told("granted", "g-2", { expiresAt: "2026-11-30T08:00:00Z" }))],
            read(told("withdrawn", "g-1")),
            {},
        ],
    };
    for (const [what, [before, reading, expected]] of Object.entries(EXPLAINED)) {
        it(`explains why no write follows: ${what}`, () => {
            const trace = openTrace("r-1");
            trace.add(asked);
            const pick = openPick(trace.traced());
            before.forEach((event, at) => {
                pick(lineOf(event, at));
            });
            const { event: _, ...explained } = pick(lineOf(reading, 9)) ?? { event: undefined };
            assert.deepEqual(explained, expected);
        });
    }
});

describe("requests of a person", () => {
    const ana = { iss: "https://acme.okta.com", sub: "00uAna", name: "Ana Anders" };
    const lea = { iss: "https://acme.okta.com", sub: "00uLea", name: "Lea Lead" };
    const events: readonly LedgerEvent[] = [
        { type: "portal.signed-in", by: ana, address: "203.0.113.7", login: "ana@example.com" },
        { type: "portal.granted", by: ana, request: "r-1", access: "payroll", user: "00uAna", address: "203.0.113.7" },
        { type: "portal.revoked", by: ana, request: "r-1", access: "payroll", user: "00uAna", address: "203.0.113.7" },
        { type: "portal.approved", by: lea, request: "r-2", access: "production", user: "00uBen", holder: "Ben Bo" },
        { type: "portal.granted", by: lea, request: "r-2", access: "production", user: "00uBen", holder: "Ben Bo" },
    ];
    const FOUND: Readonly<Record<string, readonly string[]>> = {
        "ana@example.com": ["r-1"],
        "Ana@Example.com": ["r-1"],
        "ana anders": ["r-1"],
        "00uAna": ["r-1"],
        "203.0.113.7": ["r-1"],
        "Ben Bo": ["r-2"],
        "00uBen": ["r-2"],
        "lea@example.com": [],
        "r-1": [],
    };
    for (const [name, expected] of Object.entries(FOUND)) {
        it(`are found by ${name}: ${expected.join(", ") || "none"}`, () => {
            const requests = openRequestsOf(name);
            for (const event of events) requests.add({ event, at: "2026-11-30T09:00:00.000Z" });
            assert.deepEqual(
                requests.found().map(({ request }) => request),
                expected,
            );
        });
    }
});
