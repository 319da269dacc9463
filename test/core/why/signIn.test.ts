import { strict as assert } from "node:assert";
import fc from "fast-check";

import { readSignIn } from "../../../src/core/why/signIn";

const EVENT = {
    eventType: "user.session.start",
    published: "2026-11-30T08:00:00.000Z",
    actor: { id: "00u1", alternateId: "ana@example.com" },
    outcome: { result: "SUCCESS" },
    client: { ipAddress: "203.0.113.7" },
    request: { ipChain: [{ ip: "203.0.113.7" }, { ip: "198.51.100.20" }] },
};

describe("readSignIn", () => {
    it("reads who came from where, and what became of it", () => {
        assert.deepEqual(readSignIn(EVENT), {
            eventType: "user.session.start",
            atMs: Date.parse("2026-11-30T08:00:00Z"),
            result: "SUCCESS",
            user: "ana@example.com",
            chain: ["203.0.113.7", "198.51.100.20"],
            refusal: undefined,
        });
    });

    for (const [title, more, chain] of [
        ["takes the client's address where there is no chain", { request: null }, ["203.0.113.7"]],
        ["takes the client's address where the chain is empty", { request: { ipChain: [] } }, ["203.0.113.7"]],
        [
            "takes the text null for nothing",
            { client: { ipAddress: "null" }, request: { ipChain: [{ ip: "null" }, { ip: "203.0.113.7" }] } },
            ["203.0.113.7"],
        ],
        ["leaves out an event with the text null", { client: { ipAddress: "null" }, request: "null" }, undefined],
        ["does without a client", { client: null }, ["203.0.113.7", "198.51.100.20"]],
        ["leaves out an event without an address", { client: null, request: null }, undefined],
        [
            "leaves out an event with a client without an address",
            { client: { ipAddress: null }, request: {} },
            undefined,
        ],
        ["leaves out what an admin changed", { eventType: "zone.update" }, undefined],
        ["leaves out what has no moment", { published: null }, undefined],
    ] as const) {
        it(title, () => assert.deepEqual(readSignIn({ ...EVENT, ...more })?.chain, chain));
    }

    it("names the person by the id where there is no login, and nobody where Okta did not know them", () => {
        assert.equal(readSignIn({ ...EVENT, actor: { id: "00u1" } })?.user, "00u1");
        assert.equal(readSignIn({ ...EVENT, actor: { alternateId: "unknown" } })?.user, undefined);
        assert.equal(readSignIn({ ...EVENT, actor: null })?.user, undefined);
    });

    it("takes any event where one is asked for", () => {
        assert.equal(readSignIn({ ...EVENT, eventType: "zone.update" }, "any")?.eventType, "zone.update");
    });

    it("never fails", () => {
        fc.assert(fc.property(fc.anything(), (value) => void readSignIn(value, "any")));
    });
});
