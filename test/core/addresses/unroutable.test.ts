import { strict as assert } from "node:assert";

import { spanOf } from "../../../src/core/addresses/ip";
import { unroutableRange } from "../../../src/core/addresses/unroutable";

describe("unroutableRange", () => {
    const table: [range: string, found: string | undefined][] = [
        ["0.0.0.0", "0.0.0.0/8"],
        ["0.255.255.255", "0.0.0.0/8"],
        ["1.0.0.0", undefined],
        ["9.255.255.255", undefined],
        ["10.0.0.0", "10.0.0.0/8"],
        ["10.255.255.255", "10.0.0.0/8"],
        ["11.0.0.0", undefined],
        ["100.63.255.255", undefined],
        ["100.64.0.0", "100.64.0.0/10"],
        ["100.127.255.255", "100.64.0.0/10"],
        ["100.128.0.0", undefined],
        ["126.255.255.255", undefined],
        ["127.0.0.1", "127.0.0.0/8"],
        ["128.0.0.0", undefined],
        ["169.253.255.255", undefined],
        ["169.254.169.254", "169.254.0.0/16"],
        ["169.255.0.0", undefined],
        ["172.15.255.255", undefined],
        ["172.16.0.0", "172.16.0.0/12"],
        ["172.31.255.255", "172.16.0.0/12"],
        ["172.32.0.0", undefined],
        ["192.167.255.255", undefined],
        ["192.168.0.1", "192.168.0.0/16"],
        ["192.169.0.0", undefined],
        ["223.255.255.255", undefined],
        ["224.0.0.1", "224.0.0.0/4"],
        ["239.255.255.255", "224.0.0.0/4"],
        ["240.0.0.0", "240.0.0.0/4"],
        ["255.255.255.255", "240.0.0.0/4"],

        ["192.0.2.0/24", undefined],
        ["198.51.100.0/24", undefined],
        ["203.0.113.0/24", undefined],

        ["9.255.255.255-10.0.0.0", "10.0.0.0/8"],
        ["10.255.255.255-11.0.0.0", "10.0.0.0/8"],
        ["8.0.0.0/6", "10.0.0.0/8"],
        ["192.168.7.0/24", "192.168.0.0/16"],
        ["128.0.0.0-169.253.255.255", undefined],
    ];
    for (const [range, found] of table) {
        it(`of ${range} is ${found ?? "none"}`, () => assert.equal(unroutableRange(spanOf(range))?.range, found));
    }

    it("says what it is", () => assert.equal(unroutableRange(spanOf("10.1.2.3"))?.what, "private, RFC 1918"));
});
