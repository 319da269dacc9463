import { strict as assert } from "node:assert";

import type { NamedZone } from "../../../src/core/chain/access";
import { describeChange } from "../../../src/core/chain/describeChange";
import { smallestChange } from "../../../src/core/chain/smallestChange";

const list = (text: string) => (text === "" ? [] : text.split(", "));
const zone = (gateways: string, proxies = "", more: Partial<NamedZone> = {}): NamedZone => {
    return { id: "nzo1", name: "Staff", gateways: list(gateways), proxies: list(proxies), ...more };
};
const OTHER = { id: "nzo2", name: "Guests" };
const BLOCKLIST = { id: "nzo3", name: "Bad guys", usage: "BLOCKLIST" } as const;
const EXEMPT = { id: "nzo4", name: "Exempt", isExempt: true, isSystem: true } as const;
const full = (first: string) => [first, ...Array.from({ length: 149 }, (_, index) => `10.0.${index}.1/32`)].join(", ");

const YOURS = "Only if 3.3.3.3 is a proxy of yours: Okta then trusts what it says about its caller.";
const THROUGH =
    "That lets in everybody who comes through 3.3.3.3. If it is a proxy of yours, list it among the trusted proxies " +
    "instead, and the address before it among the gateways.";
const EMPTY = '"Staff" would have no gateway left: add 192.0.2.0/32, which admits nobody, in the same step.';

describe("describeChange", () => {
    const table: [because: string, zones: NamedZone[], chain: string, todo: string, notes: readonly string[]][] = [
        ["a gateway more", [zone("9.9.9.9")], "1.1.1.1", "add 1.1.1.1/32 to the gateways of the zone", []],
        [
            "a gateway more that is not the client",
            [zone("9.9.9.9")],
            "1.1.1.1, 3.3.3.3",
            "add 3.3.3.3/32 to the gateways of the zone",
            [THROUGH],
        ],
        [
            "a trusted proxy more",
            [zone("1.1.1.1")],
            "1.1.1.1, 3.3.3.3",
            "add 3.3.3.3/32 to the trusted proxies of the zone (then 1.1.1.1, which is in a gateway, decides)",
            [YOURS],
        ],
        [
            "one of several zones by its name",
            [zone("9.9.9.9"), zone("1.1.1.1", "", OTHER)],
            "1.1.1.1, 3.3.3.3",
            'add 3.3.3.3/32 to the trusted proxies of "Guests" (then 1.1.1.1, which is in a gateway, decides)',
            [YOURS],
        ],
        [
            "the whole of a zone",
            [zone("1.1.1.1", "", { status: "INACTIVE" })],
            "1.1.1.1",
            "activate the zone, which lets in everybody who is in it",
            [],
        ],
        [
            "two things at once",
            [zone("9.9.9.9", "", { status: "INACTIVE" })],
            "1.1.1.1",
            "activate the zone, which lets in everybody who is in it, and add 1.1.1.1/32 to the gateways of the zone",
            [],
        ],
        ["a gateway less", [zone("1.1.1.1/32, 9.9.9.9")], "1.1.1.1", "remove the gateway 1.1.1.1/32 from the zone", []],
        ["the last gateway", [zone("1.1.1.1/32")], "1.1.1.1", "remove the gateway 1.1.1.1/32 from the zone", [EMPTY]],
        [
            "how many others go",
            [zone("1.1.1.0/24, 1.1.1.128/25, 9.9.9.9")],
            "1.1.1.1",
            "remove the gateway 1.1.1.0/24 from the zone, which would also put out 127 other addresses",
            ["To take out 1.1.1.1 alone, put 1.1.1.0/32 and 1.1.1.2-1.1.1.255 in its place."],
        ],
        [
            "how many others go, where another hop of the chain stays",
            [zone("1.1.1.0/24, 1.1.1.2/32")],
            "1.1.1.2, 1.1.1.1",
            "remove the gateway 1.1.1.0/24 from the zone, which would also put out 254 other addresses",
            ["To take out 1.1.1.1 alone, put 1.1.1.0/32 and 1.1.1.2-1.1.1.255 in its place."],
        ],
        [
            "that one other goes",
            [zone("1.1.1.0/31, 9.9.9.9")],
            "1.1.1.1",
            "remove the gateway 1.1.1.0/31 from the zone, which would also put out 1 other address",
            ["To take out 1.1.1.1 alone, put 1.1.1.0/32 in its place."],
        ],
        [
            "several gateways and what is left of them",
            [zone("1.1.1.0/30, 1.1.0.0/16, 9.9.9.9")],
            "1.1.1.1",
            "remove the gateways 1.1.1.0/30 and 1.1.0.0/16 from the zone, which would also put out 65,535 other addresses",
            ["To take out 1.1.1.1 alone, put 1.1.0.0-1.1.1.0 and 1.1.1.2-1.1.255.255 in their place."],
        ],
        [
            "a trusted proxy less",
            [zone("1.1.1.1, 1.1.1.0/24", "3.3.3.3/32")],
            "1.1.1.1, 3.3.3.3",
            "remove the trusted proxy 3.3.3.3/32 from the zone, after which nobody who comes through there is inside",
            [],
        ],
        [
            "a range off a blocklist",
            [zone("1.1.1.1"), zone("1.1.1.0/30", "", BLOCKLIST)],
            "1.1.1.1",
            'remove the gateway 1.1.1.0/30 from "Bad guys", which would also no longer refuse 3 other addresses',
            ["To take out 1.1.1.1 alone, put 1.1.1.0/32 and 1.1.1.2/31 in its place."],
        ],
        [
            "an exempt address more",
            [zone("1.1.1.1"), zone("1.1.1.0/30", "", BLOCKLIST), zone("", "", EXEMPT)],
            "1.1.1.1",
            'add 1.1.1.1/32 to the gateways of "Exempt"',
            [],
        ],
        [
            "an exempt range less",
            [zone("1.1.1.0/30", "", EXEMPT)],
            "1.1.1.1",
            "remove the gateway 1.1.1.0/30 from the zone, which would also no longer exempt 3 other addresses",
            ["To take out 1.1.1.1 alone, put 1.1.1.0/32 and 1.1.1.2/31 in its place."],
        ],
        [
            "a blocklist that is activated",
            [zone("1.1.1.1", "", { ...BLOCKLIST, status: "INACTIVE" })],
            "1.1.1.1",
            "activate the zone, which refuses everybody who is in it",
            [],
        ],
        [
            "a zone without room for another gateway",
            [zone(full("9.9.9.9"))],
            "1.1.1.1",
            "add 1.1.1.1/32 to the gateways of the zone",
            ['"Staff" is full: it has 150 gateways, so another one has to go first.'],
        ],
        [
            "a zone without room for another trusted proxy",
            [zone("1.1.1.1", full("9.9.9.9"))],
            "1.1.1.1, 3.3.3.3",
            "add 3.3.3.3/32 to the trusted proxies of the zone (then 1.1.1.1, which is in a gateway, decides)",
            [YOURS, '"Staff" is full: it has 150 trusted proxies, so another one has to go first.'],
        ],
        [
            "a zone of Okta's own, which has more room",
            [zone(full("9.9.9.9"), "", { isSystem: true })],
            "1.1.1.1",
            "add 1.1.1.1/32 to the gateways of the zone",
            [],
        ],
    ];
    for (const [because, zones, chain, todo, notes] of table) {
        it(`mentions ${because}`, () => {
            const edits = smallestChange(zones, list(chain), "lenient") ?? [];
            assert.deepEqual(describeChange(edits, zones, list(chain)), { todo, notes });
        });
    }
});
