import { strict as assert } from "node:assert";

import { eventChain, forwardedChain, parseChain } from "../../../src/core/chain/ipChain";

describe("parseChain", () => {
    const good: [text: string, chain: readonly string[]][] = [
        ["1.1.1.1", ["1.1.1.1"]],
        ["1.1.1.1, 2.2.2.2", ["1.1.1.1", "2.2.2.2"]],
        ["1.1.1.1/32, 2.2.2.2/32", ["1.1.1.1", "2.2.2.2"]],
        ["2001:db8::1", ["2001:db8::1"]],
        ["1.1.1.1, [2001:db8::1]:443", ["1.1.1.1", "[2001:db8::1]:443"]],
        ["fe80::1%eth0", ["fe80::1%eth0"]],
        [
            "2001:db8::1, unknown, 1.1.1.1:443, 1.1.1, , 3.3.3.3",
            ["2001:db8::1", "unknown", "1.1.1.1:443", "1.1.1", "", "3.3.3.3"],
        ],
        ["  1.1.1.1,2.2.2.2 ,  192.168.1.1\n", ["1.1.1.1", "2.2.2.2", "192.168.1.1"]],
    ];
    for (const [text, chain] of good) {
        it(`reads "${text}"`, () => assert.deepEqual(parseChain(text), chain));
    }

    const bad: [text: string, message: string][] = [
        ["", 'the chain is empty: write it as "1.1.1.1, 2.2.2.2"'],
        [" ", 'the chain is empty: write it as "1.1.1.1, 2.2.2.2"'],
        ["1.1.1.1,", "address 2 of the chain is empty"],
        ["1.1.1.1:443", 'address 1 of the chain has a port: write 1.1.1.1 instead of "1.1.1.1:443"'],
        ["1.1.1.1, 2001:db8::g", `address 2 of the chain is not an IPv4 address: "2001:db8::g"`],
        ["1.1.1.0/24", 'address 1 of the chain is not a single address: "1.1.1.0/24"; ask with one of its addresses'],
        [
            "1.1.1.1-1.1.1.1",
            'address 1 of the chain is not a single address: "1.1.1.1-1.1.1.1"; ask with one of its addresses',
        ],
        ["1.1.1.1;2.2.2.2", 'address 1 of the chain has ";" in it: put commas between addresses in "1.1.1.1;2.2.2.2"'],
        ["1.1.1.1/31", 'address 1 of the chain is not a single address: "1.1.1.1/31"; ask with one of its addresses'],
        [
            "1.1.1.1 2.2.2.2",
            'address 1 of the chain has blanks in it: put commas between addresses in "1.1.1.1 2.2.2.2"',
        ],
        ["1.1.1.1, 1 .1.1.1", 'address 2 of the chain has blanks in it: put commas between addresses in "1 .1.1.1"'],
        ["1.1.1.01", 'address 1 of the chain is not an IPv4 address: "1.1.1.01"'],
        ["1.1.1.256", 'address 1 of the chain is not an IPv4 address: "1.1.1.256"'],
        ["0x1.1.1.1", 'address 1 of the chain is not an IPv4 address: "0x1.1.1.1"'],
        ["1.1.1", 'address 1 of the chain is not an IPv4 address: "1.1.1"'],
        ["unknown", 'address 1 of the chain is not an IPv4 address: "unknown"'],
    ];
    it("reads no more than a hundred addresses, and quotes no more than eighty characters", () => {
        const chain = (length: number) => Array(length).fill("1.1.1.1").join(", ");
        assert.equal(parseChain(chain(100)).length, 100);
        const message = "the chain has 101 addresses, and no more than 100 are read";
        assert.throws(() => parseChain(chain(101)), { code: "bad-input", message });
        const long = `address 1 of the chain is not an IPv4 address: "${"9".repeat(80)}…"`;
        assert.throws(() => parseChain("9".repeat(1_000_000)), { code: "bad-input", message: long });
    });

    for (const [text, message] of bad) {
        it(`refuses "${text}"`, () => assert.throws(() => parseChain(text), { code: "bad-input", message }));
    }
});

describe("forwardedChain", () => {
    // Row by row the table in the doc comment, and what proxies write besides.
    const good: [header: string | undefined, connecting: string, chain: readonly string[]][] = [
        ["1.1.1.1, 2.2.2.2", "3.3.3.3", ["1.1.1.1", "2.2.2.2", "3.3.3.3"]],
        ["X-Forwarded-For: 1.1.1.1", "3.3.3.3", ["1.1.1.1", "3.3.3.3"]],
        ["X-Forwarded-For: 1.1.1.1\r\nx-forwarded-for:2.2.2.2\r\n", "3.3.3.3", ["1.1.1.1", "2.2.2.2", "3.3.3.3"]],
        [undefined, " 3.3.3.3\n", ["3.3.3.3"]],
        ["1.1.1.1, 2.2.2.2:4711", "3.3.3.3", ["1.1.1.1", "2.2.2.2:4711", "3.3.3.3"]],
        ["unknown", "::1", ["unknown", "::1"]],
        ["X-Forwarded-For:", "3.3.3.3", ["", "3.3.3.3"]],
    ];
    for (const [header, connecting, chain] of good) {
        it(`reads ${JSON.stringify(header)} of ${JSON.stringify(connecting)}`, () =>
            assert.deepEqual(forwardedChain(header, connecting), chain));
    }

    const bad: [header: string | undefined, connecting: string, message: string][] = [
        ["", "3.3.3.3", "the X-Forwarded-For header is empty: leave it out where there is none"],
        [" \n", "3.3.3.3", "the X-Forwarded-For header is empty: leave it out where there is none"],
        ["1.1.1.1", "", "the connecting address is empty"],
        ["1.1.1.1", "3.3.3.3:443", 'the connecting address has a port: write 3.3.3.3 instead of "3.3.3.3:443"'],
        ["1.1.1.1", "3.3.3.3, 4.4.4.4", 'the connecting address is not an IPv4 address: "3.3.3.3, 4.4.4.4"'],
    ];
    for (const [header, connecting, message] of bad) {
        it(`refuses ${JSON.stringify(header)} of ${JSON.stringify(connecting)}`, () =>
            assert.throws(() => forwardedChain(header, connecting), { code: "bad-input", message }));
    }
});

describe("eventChain", () => {
    const hop = (ip: unknown, version = "V4") => ({ ip, version, source: null, geographicalContext: null });
    const event = (ipChain: unknown) => ({ eventType: "user.session.start", request: { ipChain } });
    const chain = event([hop("1.1.1.1"), hop("2.2.2.2")]);

    it("has the client first and the address that connects to Okta last, as the event does", () => {
        assert.deepEqual(eventChain(chain), ["1.1.1.1", "2.2.2.2"]);
    });

    it("takes a list with a single event, as the API answers", () => {
        assert.deepEqual(eventChain([chain]), ["1.1.1.1", "2.2.2.2"]);
    });

    it("takes IPv6, and what an event does not say of a hop before the last", () => {
        const mixed = event([hop(null), hop("null"), hop("2001:db8::1", "V6"), hop("2.2.2.2")]);
        assert.deepEqual(eventChain(mixed), ["unknown", "null", "2001:db8::1", "2.2.2.2"]);
    });

    const none =
        "the event has no list request.ipChain with an address in it: take one of a sign-in, such as " +
        "user.session.start or policy.evaluate_sign_on";
    const bad: [what: string, event: unknown, message: string][] = [
        ["no event", null, none],
        ["an event without a request", { eventType: "zone.update" }, none],
        ["a request without a chain", event(null), none],
        ["an empty chain", event([]), none],
        ["several events", [chain, chain], "the list has 2 events: keep the one that is to be explained"],
        ["no events", [], "the list has 0 events: keep the one that is to be explained"],
        [
            "a last hop without an address",
            event([hop("1.1.1.1"), hop(null)]),
            'request.ipChain[1] has no text "ip", and the last address decides first',
        ],
        [
            "a hop that is a text",
            event(["1.1.1.1"]),
            'request.ipChain[0] has no text "ip", and the last address decides first',
        ],
        [
            "an address that is none",
            event([hop("null")]),
            'address 1 of request.ipChain is not an IPv4 address: "null"',
        ],
    ];
    for (const [what, input, message] of bad) {
        it(`refuses ${what}`, () => assert.throws(() => eventChain(input), { code: "bad-input", message }));
    }
});
