import { strict as assert } from "node:assert";

import { parseProxies, spellProxy } from "../../../src/core/zones/proxies";

describe("parseProxies", () => {
    for (const [text, spelled] of [
        ["10.1.2.3/16", "10.1.2.3/16"],
        ["10.2.0.1-10.2.0.1", "10.2.0.1"],
        ["10.2.0.1", "10.2.0.1"],
        ["10.2.0.1/32", "10.2.0.1/32"],
        ["10.2.0.1-10.2.0.9", "10.2.0.1-10.2.0.9"],
    ] as const) {
        it(`spells ${text} as ${spelled}`, () => assert.deepEqual(parseProxies([text]), [spelled]));
    }

    it("refuses what is no range", () => {
        assert.throws(() => parseProxies(["10.0.0.1", "proxy.example.com"]), {
            code: "bad-input",
            message: 'proxies: "proxy.example.com" is not an IPv4 address, CIDR or range',
        });
    });
});

describe("spellProxy", () => {
    it("leaves alone what is no range", () => assert.equal(spellProxy("2001:db8::1"), "2001:db8::1"));
});
