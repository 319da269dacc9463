import { strict as assert } from "node:assert";

import { readAddresses } from "../../../src/core/grants/grantAddresses";

const WHY = "from which no request reaches Okta; grant the public address, or set allowUnroutable: true";

describe("readAddresses", () => {
    const table: [ip: string | readonly string[], problem: string | undefined][] = [
        ["203.0.113.7", undefined],
        [["192.0.2.7", "198.51.100.0/24", "203.0.113.1-203.0.113.5"], undefined],
        ["10.0.0.1", `"10.0.0.1" is in 10.0.0.0/8 (private, RFC 1918), ${WHY}`],
        ["127.0.0.1", `"127.0.0.1" is in 127.0.0.0/8 (loopback, RFC 1122), ${WHY}`],
        ["224.0.0.1", `"224.0.0.1" is in 224.0.0.0/4 (multicast, RFC 5771), ${WHY}`],
        ["169.254.169.254", `"169.254.169.254" is in 169.254.0.0/16 (link-local, RFC 3927), ${WHY}`],
        ["192.168.0.0/24", `"192.168.0.0/24" has addresses in 192.168.0.0/16 (private, RFC 1918), ${WHY}`],
        [["203.0.113.7", "100.64.0.1"], `"100.64.0.1" is in 100.64.0.0/10 (shared, RFC 6598), ${WHY}`],
        ["9.255.255.250-10.0.0.5", `"9.255.255.250-10.0.0.5" has addresses in 10.0.0.0/8 (private, RFC 1918), ${WHY}`],
        ["10.0.0.0/8", '"10.0.0.0/8" holds 16777216 addresses; at most 256 (a /24) may be granted at once'],
        ["203.0.113.7/28", '"203.0.113.7/28" has host bits; write 203.0.113.0/28 or 203.0.113.7/32'],
    ];
    for (const [ip, problem] of table) {
        it(`${problem === undefined ? "takes" : "refuses"} ${ip}`, () => {
            assert.equal(readAddresses(ip, { widestPrefix: 24 }).problem, problem);
        });
    }

    it("takes what never reaches Okta where that is allowed, within the other limits", () => {
        const limits = { widestPrefix: 24, allowUnroutable: true };
        const ips = ["10.0.0.1", "127.0.0.1", "224.0.0.1", "169.254.169.254", "255.255.255.255", "0.0.0.0"];
        assert.equal(readAddresses(ips, limits).spans.length, 6);
        assert.match(readAddresses("10.0.0.0/8", limits).problem ?? "", /^"10.0.0.0\/8" holds/);
    });
});
