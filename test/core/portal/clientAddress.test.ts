import { strict as assert } from "node:assert";

import { clientAddress, parseTrustedProxy, ungrantable } from "../../../src/core/portal/clientAddress";

const PROXIES = ["10.0.0.0/24", "192.0.2.53", "2001:db8:1::/48"].map((text) => {
    const proxy = parseTrustedProxy(text);
    assert.ok(proxy);
    return proxy;
});

type Row = readonly [peer: string | undefined, headers: Record<string, string>, expected: string | RegExp];

const UNTRUSTED = /is not one of trustedProxies: your address would be the proxy's/;

const CASES: Readonly<Record<string, Row>> = {
    "a visitor who connects": ["203.0.113.7", {}, "203.0.113.7"],
    "the same, seen through an IPv6 socket": ["::ffff:203.0.113.7", {}, "203.0.113.7"],
    "a visitor by IPv6": ["2001:db8::1", {}, "2001:db8::1"],
    "an untrusted peer that forwards": ["203.0.113.7", { "x-forwarded-for": "198.51.100.1" }, UNTRUSTED],
    "an untrusted peer with an empty X-Forwarded-For": ["203.0.113.7", { "x-forwarded-for": "" }, UNTRUSTED],
    "an untrusted peer with Forwarded": ["203.0.113.7", { forwarded: "for=198.51.100.1" }, UNTRUSTED],
    "a CDN that nobody trusts": ["203.0.113.7", { "cf-connecting-ip": "198.51.100.1" }, UNTRUSTED],
    "a trusted proxy": ["10.0.0.5", { "x-forwarded-for": "203.0.113.7" }, "203.0.113.7"],
    "a trusted proxy, seen through an IPv6 socket": [
        "::ffff:10.0.0.5",
        { "x-forwarded-for": "203.0.113.7" },
        "203.0.113.7",
    ],
    "a trusted proxy by IPv6": ["2001:db8:1::5", { "x-forwarded-for": "203.0.113.7" }, "203.0.113.7"],
    "what the visitor made up in front": ["10.0.0.5", { "x-forwarded-for": "1.1.1.1, 203.0.113.7" }, "203.0.113.7"],
    "two trusted proxies": ["10.0.0.5", { "x-forwarded-for": "203.0.113.7, 192.0.2.53" }, "203.0.113.7"],
    "a trusted address that the visitor made up": [
        "10.0.0.5",
        { "x-forwarded-for": "10.0.0.9, 203.0.113.7, 192.0.2.53" },
        "203.0.113.7",
    ],
    "an IPv6 visitor behind a proxy": ["10.0.0.5", { "x-forwarded-for": "2001:DB8::0001" }, "2001:db8::1"],
    "an IPv6 visitor in brackets": ["10.0.0.5", { "x-forwarded-for": "[2001:db8::1]" }, "2001:db8::1"],
    "a trusted proxy that says nothing": ["10.0.0.5", {}, /does not say whom it speaks for/],
    "a trusted proxy with Forwarded only": ["10.0.0.5", { forwarded: "for=203.0.113.7" }, /does not say whom/],
    "nothing but trusted proxies": ["10.0.0.5", { "x-forwarded-for": "10.0.0.6" }, /trusted proxies only/],
    "an address with a port": ["10.0.0.5", { "x-forwarded-for": "203.0.113.7:443" }, /no address/],
    "an octal address": ["10.0.0.5", { "x-forwarded-for": "203.0.113.007" }, /no address/],
    unknown: ["10.0.0.5", { "x-forwarded-for": "unknown" }, /no address/],
    "an empty last entry": ["10.0.0.5", { "x-forwarded-for": "203.0.113.7," }, /no address/],
    "an unlisted CDN behind a trusted proxy": [
        "10.0.0.5",
        { "x-forwarded-for": "203.0.113.7, 198.51.100.9", "cdn-loop": "cloudflare" },
        /198\.51\.100\.9 .* is not one of trustedProxies/,
    ],
    "no peer at all": [undefined, {}, /has no address/],
};

describe("clientAddress", () => {
    for (const [what, [peer, headers, expected]] of Object.entries(CASES)) {
        it(`of ${what} is ${expected}`, () => {
            const found = clientAddress({ peer, headers, trustedProxies: PROXIES });
            if (typeof expected === "string") assert.deepEqual(found, { address: expected });
            else assert.match(found.problem ?? "", expected);
        });
    }
});

describe("ungrantable", () => {
    const ROWS: readonly (readonly [string, boolean, RegExp | undefined])[] = [
        ["203.0.113.7", false, undefined],
        ["2001:db8::1", false, /which is IPv6/],
        ["10.1.2.3", false, /never sees the address 10\.1\.2\.3 \(private/],
        ["127.0.0.1", false, /loopback/],
        ["127.0.0.1", true, undefined],
        ["100.64.0.1", false, /shared/],
    ];
    for (const [address, allowed, problem] of ROWS) {
        it(`of ${address}${allowed ? " where unroutable ones are allowed" : ""} is ${problem ?? "nothing"}`, () => {
            const found = ungrantable(address, allowed);
            if (problem === undefined) assert.equal(found, undefined);
            else assert.match(found ?? "", problem);
        });
    }
});
