import { strict as assert } from "node:assert";
import fc from "fast-check";

import { formatSpan, sizeOf } from "../../../src/core/addresses/ip";
import { judgeBlocklist, judgeGateways } from "../../../src/core/judging/judgeGateways";

const problems = (findings: readonly { problem: string }[]) => findings.map(({ problem }) => problem);

describe("judgeGateways", () => {
    const wide = (entry: string, size: number) =>
        `gateway ${entry} holds ${size} addresses; one may hold 65536, as a /16 does`;

    const table: [gateways: string[], inPolicy: string[], inBlocklist: string[]][] = [
        [[], [], []],
        [["192.0.2.0/32", "198.51.100.7", "198.51.0.0/16", "198.51.100.1/16"], [], []],
        [["198.51.0.0-198.51.255.255"], [], []],
        [["198.50.0.0/15"], [wide("198.50.0.0/15", 131_072)], []],
        [["198.51.0.0-198.52.0.0"], [wide("198.51.0.0-198.52.0.0", 65_537)], []],
        [["0.0.0.0/0"], ["gateway 0.0.0.0/0 admits everybody"], ["gateway 0.0.0.0/0 shuts out everybody"]],
        [
            ["0.0.0.0-255.255.255.255"],
            ["gateway 0.0.0.0-255.255.255.255 admits everybody"],
            ["gateway 0.0.0.0-255.255.255.255 shuts out everybody"],
        ],
        [
            ["0.0.0.0/1", "128.0.0.0/1"],
            [wide("0.0.0.0/1", 2 ** 31), wide("128.0.0.0/1", 2 ** 31), "its gateway list as a whole admits everybody"],
            ["its gateway list as a whole shuts out everybody"],
        ],
        [
            ["198.51.100.300", "2001:db8::/32"],
            [
                'gateway "198.51.100.300" is not an IPv4 address, CIDR or range',
                'gateway "2001:db8::/32" is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address',
            ],
            [
                'gateway "198.51.100.300" is not an IPv4 address, CIDR or range',
                'gateway "2001:db8::/32" is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address',
            ],
        ],
    ];

    for (const [gateways, inPolicy, inBlocklist] of table) {
        it(`says what is wrong with ${gateways.join(", ") || "nothing"}`, () => {
            const input = { subject: "Staff", gateways, widestPrefix: 16 };
            assert.deepEqual(problems(judgeGateways(input)), inPolicy);
            assert.deepEqual(problems(judgeGateways({ ...input, usage: "BLOCKLIST" })), inBlocklist);
        });
    }

    it("judges trusted proxies, behind which any address can be claimed", () => {
        const proxies = ["203.0.113.1", "0.0.0.0/0", "10.0.0.0/8"];
        assert.deepEqual(judgeGateways({ subject: "Staff", gateways: [], proxies, widestPrefix: 16 }), [
            {
                rule: "gateway-too-wide",
                subject: "Staff",
                problem: "trusted proxy 0.0.0.0/0 lets everybody claim any address",
            },
            {
                rule: "gateway-too-wide",
                subject: "Staff",
                problem: "trusted proxy 10.0.0.0/8 holds 16777216 addresses; one may hold 65536, as a /16 does",
            },
        ]);
    });

    it("takes exactly the spans that the widest prefix has room for", () => {
        const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
        fc.assert(
            fc.property(address, address, fc.integer({ min: 1, max: 32 }), (a, b, widestPrefix) => {
                const span = { low: Math.min(a, b), high: Math.max(a, b) };
                const found = judgeGateways({ subject: "", gateways: [formatSpan(span)], widestPrefix });
                assert.equal(found.length, sizeOf(span) > 2 ** (32 - widestPrefix) ? 1 : 0);
            }),
        );
    });
});

describe("judgeBlocklist", () => {
    const own = ["203.0.113.0/29", "198.51.100.7", "192.0.2.0/32"];

    const table: [because: string, blocked: string[], exempt: string[], says: string[]][] = [
        ["nothing of one's own is blocked", ["203.0.113.8/29", "198.51.100.8"], [], []],
        ["the sentinel is nobody's", ["192.0.2.0/32"], [], []],
        ["what cannot be read blocks nobody here", ["2001:db8::1"], [], []],
        [
            "an address is blocked",
            ["198.51.100.7"],
            [],
            ["gateway 198.51.100.7/32 shuts out 198.51.100.7/32, which you gave static gateways: take it off the list"],
        ],
        [
            "a part of a range is blocked",
            ["203.0.113.4-203.0.113.20"],
            [],
            [
                "gateway 203.0.113.4-203.0.113.20 shuts out 203.0.113.4/30, which you gave static gateways: take it off the list",
            ],
        ],
        [
            "the world is blocked",
            ["0.0.0.0/0"],
            [],
            [
                "gateway 0.0.0.0/0 shuts out 198.51.100.7/32, 203.0.113.0/29, which you gave static gateways: take it off the list",
            ],
        ],
        ["the exempt zone lets it pass", ["198.51.100.0/24"], ["198.51.100.7"], []],
    ];

    for (const [because, blocked, exempt, says] of table) {
        it(`finds ${says.length === 0 ? "nothing" : "a lock-out"} where ${because}`, () => {
            const found = judgeBlocklist({ subject: "Blocked", blocked, own, exempt });
            assert.deepEqual(
                found,
                says.map((problem) => ({ rule: "blocklist-shuts-out-own", subject: "Blocked", problem })),
            );
        });
    }
});
