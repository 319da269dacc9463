import { strict as assert } from "node:assert";

import { isThisMachine, peerOf } from "../../../src/agent/http/caller/peer";

describe("peerOf", () => {
    for (const [address, peer] of [
        ["192.0.2.7", "192.0.2.7"],
        ["::ffff:192.0.2.7", "192.0.2.7"],
        ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
        ["2001:db8:1:2:9::", "2001:db8:1:2"],
        ["2001:db8::1", "2001:db8:0:0"],
        ["fe80::1%eth0", "fe80:0:0:0"],
        ["::1", "0:0:0:0"],
        [undefined, "unknown"],
    ] as const) {
        it(`takes ${address} for ${peer}`, () => assert.equal(peerOf(address), peer));
    }
});

describe("isThisMachine", () => {
    for (const [address, isOurs] of [
        ["127.0.0.1", true],
        ["127.9.9.9", true],
        ["::ffff:127.0.0.1", true],
        ["::1", true],
        ["192.0.2.7", false],
        ["2001:db8::1", false],
        [undefined, false],
    ] as const) {
        it(`says ${isOurs} of ${address}`, () => assert.equal(isThisMachine(address), isOurs));
    }
});
