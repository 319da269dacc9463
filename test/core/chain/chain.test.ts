import { strict as assert } from "node:assert";

import { type ChainReading, type ChainZone, evaluateChain } from "../../../src/core/chain/chain";

const zone = (gateways: string, proxies: string): ChainZone => ({ gateways: list(gateways), proxies: list(proxies) });
const list = (text: string) => (text === "" ? [] : text.split(", "));
const READINGS: readonly ChainReading[] = ["lenient", "strict"];

describe("evaluateChain", () => {
    // Row by row the table in the doc comment, which is Okta's own: both readings agree with it.
    const table: [chain: string, gateway: string, proxy: string, request: string, because: string][] = [
        ["1.1.1.1", "1.1.1.1", "", "inside", "the only address is a gateway"],
        ["1.1.1.1", "1.1.1.1", "2.2.2.2", "inside", "a gateway needs no proxy"],
        ["1.1.1.1", "", "", "outside", "an empty zone has nobody inside"],
        ["1.1.1.1", "", "1.1.1.1", "outside", "a proxy alone lets nobody in"],
        ["1.1.1.1, 2.2.2.2", "2.2.2.2", "", "inside", "the last address is a gateway"],
        ["1.1.1.1, 2.2.2.2", "2.2.2.2", "3.3.3.3", "inside", "the last address is a gateway, whatever the proxies are"],
        ["1.1.1.1, 2.2.2.2", "1.1.1.1", "2.2.2.2", "inside", "behind a proxy, the address before it counts"],
        ["1.1.1.1, 2.2.2.2", "", "", "outside", "a longer chain helps nobody into an empty zone"],
        ["1.1.1.1, 2.2.2.2", "", "1.1.1.1", "outside", "the last address is unknown"],
        ["1.1.1.1, 2.2.2.2", "", "2.2.2.2", "outside", "behind a proxy, too, a gateway is needed"],
        ["1.1.1.1, 2.2.2.2", "2.2.2.2", "1.1.1.1", "inside", "what comes before a gateway is not looked at"],
    ];
    for (const [chain, gateway, proxy, request, because] of table) {
        it(because, () => {
            for (const reading of READINGS) {
                const { inside, ambiguous } = evaluateChain(zone(gateway, proxy), list(chain), reading);
                assert.deepEqual([inside, ambiguous], [request === "inside", false], reading);
            }
        });
    }

    const told: [what: string, chain: string, zone: ChainZone, reading: ChainReading, expected: object][] = [
        [
            "the gateway of the last address",
            "1.1.1.1, 2.2.2.2",
            zone("9.9.9.9/32, 2.2.2.0/24", "2.2.2.2/32"),
            "lenient",
            {
                inside: true,
                reason: "2.2.2.2, which connects to Okta, is in the gateway 2.2.2.0/24",
                ambiguous: false,
                steps: [{ ip: "2.2.2.2", match: "gateway" }],
            },
        ],
        [
            "the gateway behind a proxy",
            "8.8.8.8, 1.1.1.1, 2.2.2.2",
            zone("1.1.1.0-1.1.1.5", "2.2.2.2-2.2.2.2"),
            "lenient",
            {
                inside: true,
                reason: "1.1.1.1, behind 2.2.2.2 in the trusted proxy 2.2.2.2-2.2.2.2, is in the gateway 1.1.1.0-1.1.1.5",
                ambiguous: false,
                steps: [
                    { ip: "2.2.2.2", match: "proxy" },
                    { ip: "1.1.1.1", match: "gateway" },
                ],
            },
        ],
        [
            "that the last address is unknown",
            "1.1.1.1, 3.3.3.3",
            zone("1.1.1.1/32", "2.2.2.2/32"),
            "lenient",
            {
                inside: false,
                reason: "3.3.3.3, which connects to Okta, is in no gateway and in no trusted proxy",
                ambiguous: false,
                steps: [{ ip: "3.3.3.3", match: "none" }],
            },
        ],
        [
            "that a proxy is no gateway",
            "1.1.1.1, 2.2.2.2",
            zone("", "1.1.1.0/24, 2.2.2.2/32"),
            "strict",
            {
                inside: false,
                reason: "1.1.1.1, behind 2.2.2.2 in the trusted proxy 2.2.2.2/32, is in the trusted proxy 1.1.1.0/24 but in no gateway",
                ambiguous: false,
                steps: [
                    { ip: "2.2.2.2", match: "proxy" },
                    { ip: "1.1.1.1", match: "proxy" },
                ],
            },
        ],
        [
            "whom the lenient reading passes over",
            "1.1.1.1, 3.3.3.3, 2.2.2.2",
            zone("1.1.1.1/32", "2.2.2.2/32"),
            "lenient",
            {
                inside: true,
                reason: "1.1.1.1, behind 2.2.2.2 in the trusted proxy 2.2.2.2/32, is in the gateway 1.1.1.1/32; but Okta's texts disagree: its help page passes over 3.3.3.3 and finds the gateway 1.1.1.1/32 (inside), its support article ends at 3.3.3.3, which is neither gateway nor trusted proxy (outside)",
                ambiguous: true,
                steps: [
                    { ip: "2.2.2.2", match: "proxy" },
                    { ip: "3.3.3.3", match: "none" },
                    { ip: "1.1.1.1", match: "gateway" },
                ],
            },
        ],
        [
            "where the strict reading ends",
            "1.1.1.1, 3.3.3.3, 2.2.2.2",
            zone("1.1.1.1/32", "2.2.2.2/32"),
            "strict",
            {
                inside: false,
                reason: "3.3.3.3, behind 2.2.2.2 in the trusted proxy 2.2.2.2/32, is in no gateway and in no trusted proxy; but Okta's texts disagree: its support article ends at 3.3.3.3, which is neither gateway nor trusted proxy (outside), its help page passes over 3.3.3.3 and finds the gateway 1.1.1.1/32 (inside)",
                ambiguous: true,
                steps: [
                    { ip: "2.2.2.2", match: "proxy" },
                    { ip: "3.3.3.3", match: "none" },
                ],
            },
        ],
        [
            "where the strict reading ends although the lenient one finds nothing either",
            "1.1.1.1, 3.3.3.3, 2.2.2.2",
            zone("", "2.2.2.2/32"),
            "strict",
            {
                inside: false,
                reason: "3.3.3.3, behind 2.2.2.2 in the trusted proxy 2.2.2.2/32, is in no gateway and in no trusted proxy; the strict reading ends there",
                ambiguous: false,
                steps: [
                    { ip: "2.2.2.2", match: "proxy" },
                    { ip: "3.3.3.3", match: "none" },
                ],
            },
        ],
        [
            "the address that a blocklist has, wherever it stands and however long the chain is",
            "1.1.1.1, 10.0.0.5, 10.0.0.4, 10.0.0.3, 10.0.0.2, 10.0.0.1",
            { ...zone("1.1.1.0/24", ""), usage: "BLOCKLIST" },
            "strict",
            {
                inside: true,
                reason: "1.1.1.1 is in the gateway 1.1.1.0/24, and in this blocklist any address of the chain counts",
                ambiguous: false,
                steps: [
                    ...[1, 2, 3, 4, 5].map((last) => ({ ip: `10.0.0.${last}`, match: "none" })),
                    { ip: "1.1.1.1", match: "gateway" },
                ],
            },
        ],
        [
            "that a blocklist has none of the addresses",
            "1.1.1.1, 2.2.2.2",
            { ...zone("3.3.3.3", ""), usage: "BLOCKLIST" },
            "lenient",
            {
                inside: false,
                reason: "no address of the chain is in a gateway of this blocklist",
                ambiguous: false,
                steps: [
                    { ip: "2.2.2.2", match: "none" },
                    { ip: "1.1.1.1", match: "none" },
                ],
            },
        ],
        [
            "the address that the exempt zone has",
            "1.1.1.1, 2.2.2.2",
            { ...zone("1.1.1.1", ""), isExempt: true },
            "lenient",
            {
                inside: true,
                reason: "1.1.1.1 is in the gateway 1.1.1.1, and in the exempt zone any address of the chain counts",
                ambiguous: false,
                steps: [
                    { ip: "2.2.2.2", match: "none" },
                    { ip: "1.1.1.1", match: "gateway" },
                ],
            },
        ],
        [
            "that an inactive blocklist refuses nobody",
            "1.1.1.1",
            { ...zone("1.1.1.1", ""), usage: "BLOCKLIST", status: "INACTIVE" },
            "lenient",
            { inside: false, reason: "the zone is inactive, so nobody is inside", ambiguous: false, steps: [] },
        ],
        [
            "that Okta looks at five addresses",
            "1.1.1.1, 10.0.0.5, 10.0.0.4, 10.0.0.3, 10.0.0.2, 10.0.0.1",
            zone("1.1.1.1/32", "10.0.0.0/8"),
            "lenient",
            {
                inside: false,
                reason: "10.0.0.5, behind 10.0.0.1 in the trusted proxy 10.0.0.0/8, is in the trusted proxy 10.0.0.0/8 but in no gateway; Okta looks at no more than 5 addresses",
                ambiguous: false,
                steps: [1, 2, 3, 4, 5].map((last) => ({ ip: `10.0.0.${last}`, match: "proxy" })),
            },
        ],
        [
            "nothing of five where there are five",
            "10.0.0.5, 10.0.0.4, 10.0.0.3, 10.0.0.2, 10.0.0.1",
            zone("", "10.0.0.0/8"),
            "lenient",
            {
                inside: false,
                reason: "10.0.0.5, behind 10.0.0.1 in the trusted proxy 10.0.0.0/8, is in the trusted proxy 10.0.0.0/8 but in no gateway",
                ambiguous: false,
                steps: [1, 2, 3, 4, 5].map((last) => ({ ip: `10.0.0.${last}`, match: "proxy" })),
            },
        ],
        [
            "that the zone is inactive",
            "1.1.1.1",
            { ...zone("1.1.1.1/32", ""), status: "INACTIVE" },
            "lenient",
            { inside: false, reason: "the zone is inactive, so nobody is inside", ambiguous: false, steps: [] },
        ],
        [
            "that there is no chain",
            "",
            zone("1.1.1.1/32", ""),
            "lenient",
            { inside: false, reason: "the chain has no address", ambiguous: false, steps: [] },
        ],
    ];
    for (const [what, chain, zone, reading, expected] of told) {
        it(`evaluates ${what}`, () => assert.deepEqual(evaluateChain(zone, list(chain), reading), expected));
    }

    it("takes the fifth address for the last that counts", () => {
        const chain = ["1.1.1.1", "10.0.0.4", "10.0.0.3", "10.0.0.2", "10.0.0.1"];
        assert.equal(evaluateChain(zone("1.1.1.1", "10.0.0.0/8"), chain).inside, true);
    });

    it("is lenient by default", () => {
        assert.equal(evaluateChain(zone("1.1.1.1", "2.2.2.2"), ["1.1.1.1", "3.3.3.3", "2.2.2.2"]).inside, true);
    });

    it("matches entries as Okta keeps them: with host bits, and never IPv6", () => {
        const odd = zone("2001:db8::/32, 1.1.1.77/24", "");
        assert.equal(
            evaluateChain(odd, ["1.1.1.1"]).reason,
            "1.1.1.1, which connects to Okta, is in the gateway 1.1.1.77/24",
        );
        assert.equal(evaluateChain(odd, ["2.2.2.2"]).inside, false);
    });

    const nowhere: [hop: string, why: string][] = [
        ["2001:db8::1", "is IPv6, and an IP zone holds IPv4"],
        ["[2001:db8::1]:443", "is IPv6, and an IP zone holds IPv4"],
        ["fe80::1%eth0", "is IPv6, and an IP zone holds IPv4"],
        [
            "::ffff:1.1.1.1",
            "is IPv6, and an IP zone holds IPv4; if Okta's System Log shows 1.1.1.1 instead, ask with that",
        ],
        ["1.1.1", "is not an address"],
        ["1.1.1.1:443", "is not an address"],
        ["unknown", "is not an address"],
        ["", "is not an address"],
    ];
    for (const [hop, why] of nowhere) {
        it(`has "${hop}" outside: it ${why}`, () => {
            const { inside, reason } = evaluateChain(zone("0.0.0.0/0, 2001:db8::/32", ""), [hop]);
            assert.deepEqual([inside, reason], [false, `${hop}, which connects to Okta, ${why}`]);
        });
    }
});
