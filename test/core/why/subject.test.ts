import { strict as assert } from "node:assert";
import fc from "fast-check";

import { hasCode } from "../../../src/core/errors/errors";
import { readSubject } from "../../../src/core/why/subject";

const ID = "dc9fd3c0-598c-11ef-8478-2b7584bf8d5a";

describe("readSubject", () => {
    for (const [title, text, subject] of [
        ["takes an address for a chain with one", "203.0.113.7", { kind: "chain", chain: ["203.0.113.7"] }],
        ["takes an IPv6 address for a chain with one", "2001:db8::7", { kind: "chain", chain: ["2001:db8::7"] }],
        ["takes what has commas for a chain", "1.1.1.1,2.2.2.2", { kind: "chain", chain: ["1.1.1.1", "2.2.2.2"] }],
        [
            "takes a chain with a hop that is hidden",
            "unknown, 2.2.2.2",
            { kind: "chain", chain: ["unknown", "2.2.2.2"] },
        ],
        ["takes a uuid for an event", ID, { kind: "event id" }],
        ["takes .json for a file", "./logs/event.json", { kind: "event file" }],
        ["takes a single address as a status writes it", "203.0.113.7/32", { kind: "chain", chain: ["203.0.113.7"] }],
        ["takes - for stdin", "-", { kind: "event file" }],
        ["takes a login for a person", "ana@example.com", { kind: "person" }],
        ["takes the short name of a login for a person", "ana", { kind: "person" }],
        ["takes a user id for a person", "00u1a2b3c4d5e6f7g8h9", { kind: "person" }],
        ["takes a login with digits and letters for a person", "4711ana", { kind: "person" }],
        ["takes a number, as of an employee, for a person", "00042", { kind: "person" }],
    ] as const) {
        it(title, () => assert.deepEqual(readSubject(` ${text} `), { ...subject, text }));
    }

    for (const [title, text, says] of [
        ["nothing", " ", /is empty/],
        ["a range", "203.0.113.0/24", /not a single address/],
        ["addresses with a blank between", "203.0.113.7 198.51.100.9", /put commas between addresses/],
        ["addresses with a semicolon between", "203.0.113.7; 198.51.100.9", /put commas between addresses/],
        ["a number with dots that is no address", "203.0.113.256", /not an IPv4 address/],
        ["what is too short for an address", "10.0.0", /not an IPv4 address/],
        ["an address with a port", "203.0.113.7:443", /has a port: write 203\.0\.113\.7/],
        ["a range of two addresses", "203.0.113.7-203.0.113.9", /not/],
        ["the owner of the credential", "me", /not an Okta login/],
        ["another path", "..", /not a/],
        ["what is longer than a login", "a".repeat(101), /not an Okta login/],
        ["a chain that ends with what is no address", "1.1.1.1, ana", /not an IPv4 address/],
    ] as const) {
        it(`refuses ${title}`, () => assert.throws(() => readSubject(text), says));
    }

    it("reads or refuses whatever it gets", () => {
        fc.assert(
            fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.emailAddress(), fc.uuid()), (text) => {
                try {
                    readSubject(text);
                } catch (error) {
                    assert.ok(hasCode(error, "bad-input"), String(error));
                }
            }),
        );
    });
});
