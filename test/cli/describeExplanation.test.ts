import { strict as assert } from "node:assert";

import { describeExplanation } from "../../src/cli/describe/describeExplanation";
import type { NamedZone } from "../../src/core/chain/access";
import type { ChainReading } from "../../src/core/chain/chain";
import { explainChain } from "../../src/core/chain/explainChain";

const STAFF: NamedZone = { id: "nzo1", name: "Staff", gateways: ["1.1.1.1/32"], proxies: ["10.0.0.0/8"] };
const EMPTY: NamedZone = { id: "nzo2", name: "Empty", gateways: [], proxies: [] };
const BAD: NamedZone = { ...EMPTY, name: "Bad guys", usage: "BLOCKLIST", gateways: ["2.2.2.2/32"] };
const EXEMPT: NamedZone = { ...EMPTY, name: "Exempt", isExempt: true, gateways: ["3.3.3.3/32"] };

/** The rows of the last table, cells apart by two blanks or more. */
function hops(zones: readonly NamedZone[], chain: string, reading: ChainReading = "lenient"): string[] {
    const lines = described(zones, chain, reading).split("\n");
    const heading = lines.findLastIndex((line) => line.startsWith("    hop "));
    const rows = lines.slice(heading + 1);
    return rows.slice(0, rows.indexOf("")).map((row) => row.trim().replace(/ {2,}/g, " | "));
}

function described(zones: readonly NamedZone[], text: string, reading: ChainReading = "lenient"): string {
    const chain = text.split(", ");
    return describeExplanation({ explanation: explainChain({ zones, chain, reading }), chain, reading });
}

/** What begins a line of advice. */
function aims(zones: readonly NamedZone[], chain: string): string[] {
    return [...described(zones, chain).matchAll(/^(To [^:\n]*):/gm)].map(([, aim = ""]) => aim);
}

describe("describeExplanation", () => {
    const tables: [what: string, zones: NamedZone[], chain: string, reading: ChainReading, rows: readonly string[]][] =
        [
            [
                "what is passed over",
                [STAFF],
                "1.1.1.1, 9.9.9.9, 10.0.0.1",
                "lenient",
                [
                    "1 | 10.0.0.1 | trusted proxy | 10.0.0.0/8 | connects to Okta",
                    "2 | 9.9.9.9 | none | passed over",
                    "3 | 1.1.1.1 | gateway | 1.1.1.1/32 | decides",
                ],
            ],
            [
                "where the strict reading ends",
                [STAFF],
                "1.1.1.1, 9.9.9.9, 10.0.0.1",
                "strict",
                [
                    "1 | 10.0.0.1 | trusted proxy | 10.0.0.0/8 | connects to Okta",
                    "2 | 9.9.9.9 | none | decides",
                    "3 | 1.1.1.1 | not looked at",
                ],
            ],
            [
                "that nothing decides among proxies",
                [STAFF],
                "10.0.0.2, 10.0.0.1",
                "lenient",
                [
                    "1 | 10.0.0.1 | trusted proxy | 10.0.0.0/8 | connects to Okta",
                    "2 | 10.0.0.2 | trusted proxy | 10.0.0.0/8",
                ],
            ],
            [
                "that who connects is unknown",
                [STAFF],
                "1.1.1.1, 9.9.9.9",
                "lenient",
                ["1 | 9.9.9.9 | none | connects to Okta, decides", "2 | 1.1.1.1 | not looked at"],
            ],
            [
                "that an inactive zone looks at nobody",
                [{ ...STAFF, status: "INACTIVE" }],
                "1.1.1.1",
                "lenient",
                ["1 | 1.1.1.1 | connects to Okta, not looked at"],
            ],
            [
                "that a blocklist looks at everybody",
                [BAD],
                "2.2.2.2, 9.9.9.9",
                "lenient",
                ["1 | 9.9.9.9 | none | connects to Okta", "2 | 2.2.2.2 | gateway | 2.2.2.2/32"],
            ],
        ];
    for (const [what, zones, chain, reading, rows] of tables) {
        it(`shows ${what}`, () => assert.deepEqual(hops(zones, chain, reading), rows));
    }

    const advice: [zones: NamedZone[], chain: string, aims: readonly string[]][] = [
        [[STAFF], "1.1.1.1", ["To be outside"]],
        [[STAFF], "9.9.9.9", ["To be inside"]],
        [[STAFF], "1.1.1.1, 9.9.9.9, 10.0.0.1", ["To be inside to both of Okta's texts", "To be outside"]],
        [[STAFF, BAD], "2.2.2.2", ["To be let through"]],
        [[BAD], "2.2.2.2", ["To be refused no longer"]],
        [[BAD], "9.9.9.9", ["To be refused"]],
        [[EXEMPT], "3.3.3.3", ["To be exempt no longer"]],
        [[EXEMPT], "9.9.9.9", ["To be exempt"]],
    ];
    for (const [zones, chain, expected] of advice) {
        const names = zones.map(({ name }) => name).join(" and ");
        it(`says how ${expected.join(" and ")}, for ${chain} and ${names}`, () =>
            assert.deepEqual(aims(zones, chain), expected));
    }

    it("marks a zone on which Okta's texts disagree", () => {
        const text = described([EMPTY, STAFF], "1.1.1.1, 9.9.9.9, 10.0.0.1");
        assert.match(text, /^ {4}"Staff" \(nzo1\) +for rules {2}inside, to one of Okta's texts$/m);
    });
});
