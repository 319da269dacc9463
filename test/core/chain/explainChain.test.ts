import { strict as assert } from "node:assert";

import type { NamedZone } from "../../../src/core/chain/access";
import { explainChain } from "../../../src/core/chain/explainChain";

const zone = (name: string, gateways: readonly string[], more: Partial<NamedZone> = {}): NamedZone => {
    return { id: `nzo-${name}`, name, gateways, proxies: [], ...more };
};
const STAFF = zone("Staff", ["1.1.1.1/32"], { proxies: ["2.2.2.2/32"] });
const GUESTS = zone("Guests", ["1.1.1.0/24"]);
const NOBODY = zone("Nobody", ["192.0.2.0/32"]);
const BAD = zone("Bad guys", ["1.1.1.1/32"], { usage: "BLOCKLIST" });
const EXEMPT = zone("Exempt", ["1.1.1.1/32"], { isExempt: true });
const NONE = "is in no gateway and in no trusted proxy";

describe("explainChain", () => {
    const table: [because: string, zones: NamedZone[], chain: string, sentence: string][] = [
        [
            "one zone",
            [STAFF],
            "1.1.1.1",
            'A request through 1.1.1.1 is inside the zone "Staff" (nzo-Staff): 1.1.1.1, which connects to Okta, is in the gateway 1.1.1.1/32.',
        ],
        [
            "a zone without an id",
            [{ ...NOBODY, id: "Nobody" }],
            "1.1.1.1",
            `A request through 1.1.1.1 is outside the zone "Nobody": 1.1.1.1, which connects to Okta, ${NONE}.`,
        ],
        [
            "the one of several zones that it is inside of",
            [NOBODY, GUESTS],
            "1.1.1.1",
            'A request through 1.1.1.1 is inside at least one of the 2 zones "Nobody" (nzo-Nobody), "Guests" (nzo-Guests): in "Guests" (nzo-Guests): 1.1.1.1, which connects to Okta, is in the gateway 1.1.1.0/24.',
        ],
        [
            "why it is outside each of several zones",
            [GUESTS, NOBODY],
            "1.1.1.1, 2.2.2.2",
            `A request through 1.1.1.1, 2.2.2.2 is outside each of the 2 zones "Guests" (nzo-Guests), "Nobody" (nzo-Nobody): in "Guests" (nzo-Guests): 2.2.2.2, which connects to Okta, ${NONE}; in "Nobody" (nzo-Nobody): 2.2.2.2, which connects to Okta, ${NONE}.`,
        ],
        [
            "no more than three of many zones",
            ["a", "b", "c", "d", "e"].map((name) => zone(name, [])),
            "1.1.1.1",
            `A request through 1.1.1.1 is outside each of the 5 zones: in "a" (nzo-a): 1.1.1.1, which connects to Okta, ${NONE}; in "b" (nzo-b): 1.1.1.1, which connects to Okta, ${NONE}; in "c" (nzo-c): 1.1.1.1, which connects to Okta, ${NONE}; and 2 zones more.`,
        ],
        [
            "the blocklist, before any zone of a rule",
            [STAFF, BAD],
            "1.1.1.1",
            'A request through 1.1.1.1 is refused by Okta, whatever the zones of a rule say: 1.1.1.1 is in the gateway 1.1.1.1/32 of the blocklist "Bad guys" (nzo-Bad guys); Okta asks blocklists before any policy.',
        ],
        [
            "that a block is lifted",
            [STAFF, BAD, EXEMPT],
            "1.1.1.1",
            'A request through 1.1.1.1 is inside the zone "Staff" (nzo-Staff): 1.1.1.1, which connects to Okta, is in the gateway 1.1.1.1/32; 1.1.1.1 is on the blocklist "Bad guys" (nzo-Bad guys), and exempt.',
        ],
        [
            "that an exempt address is not inside for that",
            [NOBODY, EXEMPT],
            "1.1.1.1",
            `A request through 1.1.1.1 is outside the zone "Nobody" (nzo-Nobody): 1.1.1.1, which connects to Okta, ${NONE}.`,
        ],
        [
            "a blocklist alone",
            [BAD],
            "1.1.1.1, 3.3.3.3",
            'A request through 1.1.1.1, 3.3.3.3 is inside the blocklist "Bad guys" (nzo-Bad guys), and Okta refuses it: 1.1.1.1 is in the gateway 1.1.1.1/32, and in this blocklist any address of the chain counts.',
        ],
        [
            "a blocklist that has nobody of the chain",
            [BAD],
            "3.3.3.3",
            'A request through 3.3.3.3 is outside the blocklist "Bad guys" (nzo-Bad guys): no address of the chain is in a gateway of this blocklist.',
        ],
        [
            "a blocklist whose block is lifted",
            [BAD, EXEMPT],
            "1.1.1.1",
            'A request through 1.1.1.1 is not refused: 1.1.1.1 is on the blocklist "Bad guys" (nzo-Bad guys), and exempt.',
        ],
        [
            "the exempt zone alone",
            [EXEMPT],
            "1.1.1.1",
            'A request through 1.1.1.1 is inside the exempt zone "Exempt" (nzo-Exempt): 1.1.1.1 is in the gateway 1.1.1.1/32, and in the exempt zone any address of the chain counts.',
        ],
    ];
    for (const [because, zones, chain, sentence] of table) {
        it(`explains ${because}`, () =>
            assert.equal(explainChain({ zones, chain: chain.split(", ") }).sentence, sentence));
    }

    it("shows the hops of the zone that decides, and of the first one where none does", () => {
        const decisive = (zones: NamedZone[], chain: string[]) => explainChain({ zones, chain }).decisive.zone.name;
        assert.equal(decisive([NOBODY, GUESTS], ["1.1.1.1"]), "Guests");
        assert.equal(decisive([GUESTS, NOBODY], ["3.3.3.3"]), "Guests");
        assert.equal(decisive([STAFF, EXEMPT, BAD], ["1.1.1.1"]), "Staff");
        assert.equal(decisive([NOBODY, GUESTS, BAD], ["1.1.1.1"]), "Bad guys");
    });

    it("is not ambiguous for one zone where another one settles it", () => {
        const open = zone("Open", ["2.2.2.2/32"]);
        const chain = ["1.1.1.1", "3.3.3.3", "2.2.2.2"];
        const alone = explainChain({ zones: [STAFF], chain });
        assert.deepEqual([alone.ambiguous, alone.readings], [true, { lenient: true, strict: false }]);
        const { ambiguous, readings, zones } = explainChain({ zones: [STAFF, open], chain });
        assert.deepEqual([ambiguous, readings], [false, { lenient: true, strict: true }]);
        assert.deepEqual(
            zones.map((each) => each.ambiguous),
            [true, false],
        );
    });

    it("says what makes both readings agree, unless that is the change already", () => {
        const chain = ["1.1.1.1", "3.3.3.3", "2.2.2.2"];
        const add = { zoneId: "nzo-Staff", do: "add", list: "proxies", entry: "3.3.3.3/32" };
        const lenient = explainChain({ zones: [STAFF], chain });
        assert.deepEqual(lenient.settle?.edits, [add]);
        const strict = explainChain({ zones: [STAFF], chain, reading: "strict" });
        assert.deepEqual([strict.settle, strict.change?.edits], [undefined, [add]]);
        assert.equal(explainChain({ zones: [STAFF], chain: ["1.1.1.1"] }).settle, undefined);
    });

    it("reports where the readings differ after the change", () => {
        const chain = ["1.1.1.1", "3.3.3.3", "2.2.2.2"];
        const unsettled = "After that, Okta's texts disagree about this request: explain it again then.";
        const inactive = explainChain({ zones: [{ ...STAFF, status: "INACTIVE" }], chain });
        assert.deepEqual([inactive.change?.edits.length, inactive.change?.notes], [1, [unsettled]]);
        const inside = explainChain({ zones: [STAFF], chain });
        assert.deepEqual(
            [inside.settle, inside.change].map((change) => change?.notes.includes(unsettled)),
            [false, false],
        );
    });

    it("has nothing to say without a zone", () => {
        assert.throws(() => explainChain({ zones: [], chain: ["1.1.1.1"] }), { code: "bad-input" });
    });
});
