import { strict as assert } from "node:assert";
import fc from "fast-check";

import { isInsideZones, type NamedZone } from "../../../src/core/chain/access";
import { applyEdits, type Edit } from "../../../src/core/chain/edits";
import { smallestChange } from "../../../src/core/chain/smallestChange";

const list = (text: string) => (text === "" ? [] : text.split(", "));
const zone = (id: string, gateways: string, proxies = "", more: Partial<NamedZone> = {}): NamedZone => {
    return { id, name: `Zone ${id}`, gateways: list(gateways), proxies: list(proxies), ...more };
};
const INACTIVE = { status: "INACTIVE" } as const;
const BLOCKLIST = { usage: "BLOCKLIST" } as const;
const EXEMPT = { isExempt: true } as const;

/** `zone: add gateways 1.1.1.1/32`, for short. */
const short = (edit: Edit) =>
    edit.do === "activate" ? `${edit.zoneId}: activate` : `${edit.zoneId}: ${edit.do} ${edit.list} ${edit.entry}`;

describe("smallestChange", () => {
    const table: [because: string, zones: NamedZone[], chain: string, edits: readonly string[]][] = [
        // From outside to inside.
        ["who connects becomes a gateway", [zone("a", "")], "1.1.1.1", ["a: add gateways 1.1.1.1/32"]],
        [
            "a gateway behind it makes it a proxy",
            [zone("a", "1.1.1.1")],
            "1.1.1.1, 3.3.3.3",
            ["a: add proxies 3.3.3.3/32"],
        ],
        [
            "the hop next to the client that both readings reach becomes the gateway",
            [zone("a", "", "3.3.3.3")],
            "1.1.1.1, 2.2.2.2, 3.3.3.3",
            ["a: add gateways 2.2.2.2/32"],
        ],
        [
            "a client that is a trusted proxy only becomes a gateway",
            [zone("a", "", "1.1.1.0/24, 3.3.3.3")],
            "1.1.1.1, 3.3.3.3",
            ["a: add gateways 1.1.1.1/32"],
        ],
        ["an inactive zone is activated", [zone("a", "1.1.1.1", "", INACTIVE)], "1.1.1.1", ["a: activate"]],
        [
            "an inactive zone may need more than that",
            [zone("a", "9.9.9.9", "", INACTIVE)],
            "1.1.1.1",
            ["a: activate", "a: add gateways 1.1.1.1/32"],
        ],
        [
            "of two zones, the one where a trusted proxy is enough",
            [zone("a", ""), zone("b", "1.1.1.1")],
            "1.1.1.1, 3.3.3.3",
            ["b: add proxies 3.3.3.3/32"],
        ],
        [
            "rather one address more than a whole zone",
            [zone("a", "1.1.1.1", "", INACTIVE), zone("b", "9.9.9.9")],
            "1.1.1.1",
            ["b: add gateways 1.1.1.1/32"],
        ],
        [
            "a gateway in the sixth place is too far away",
            [zone("a", "1.1.1.1", "10.0.0.0/8")],
            "1.1.1.1, 10.0.0.5, 10.0.0.4, 10.0.0.3, 10.0.0.2, 10.0.0.1",
            ["a: add gateways 10.0.0.5/32"],
        ],
        // From inside to outside.
        ["its gateway goes", [zone("a", "1.1.1.0/24, 9.9.9.9")], "1.1.1.1", ["a: remove gateways 1.1.1.0/24"]],
        [
            "every gateway that holds it goes",
            [zone("a", "1.1.1.0/24, 1.1.1.1/32, 1.1.0.0/16")],
            "1.1.1.1",
            ["a: remove gateways 1.1.1.0/24", "a: remove gateways 1.1.1.1/32", "a: remove gateways 1.1.0.0/16"],
        ],
        [
            "rather the gateway of the client than the proxy of many",
            [zone("a", "1.1.1.1", "2.2.2.2")],
            "1.1.1.1, 2.2.2.2",
            ["a: remove gateways 1.1.1.1"],
        ],
        [
            "rather one proxy than two gateways",
            [zone("a", "1.1.1.1, 1.1.1.0/24", "2.2.2.2")],
            "1.1.1.1, 2.2.2.2",
            ["a: remove proxies 2.2.2.2"],
        ],
        [
            "it goes out of every zone that it is inside of",
            [zone("a", "1.1.1.1"), zone("b", "9.9.9.9"), zone("c", "1.1.1.0/24")],
            "1.1.1.1",
            ["a: remove gateways 1.1.1.1", "c: remove gateways 1.1.1.0/24"],
        ],
        [
            "rather one blocked address than two zones to leave",
            [zone("a", "1.1.1.1"), zone("b", "1.1.1.1"), zone("bad", "", "", BLOCKLIST)],
            "1.1.1.1",
            ["bad: add gateways 1.1.1.1/32"],
        ],
        // With blocklists.
        [
            "the address comes off the blocklist",
            [zone("a", "1.1.1.1"), zone("bad", "1.1.1.0/24", "", BLOCKLIST)],
            "1.1.1.1",
            ["bad: remove gateways 1.1.1.0/24"],
        ],
        [
            "rather exempt than a range off the blocklist",
            [zone("a", "1.1.1.1"), zone("bad", "1.1.1.0/24", "", BLOCKLIST), zone("ex", "", "", EXEMPT)],
            "1.1.1.1",
            ["ex: add gateways 1.1.1.1/32"],
        ],
        [
            "a range off the blocklists, and the rest exempt, where that is the least",
            [zone("bad", "1.1.1.0/24, 2.2.2.2, 2.2.2.2/32", "", BLOCKLIST), zone("ex", "", "", EXEMPT)],
            "1.1.1.1, 1.1.1.2, 2.2.2.2",
            ["ex: add gateways 2.2.2.2/32", "bad: remove gateways 1.1.1.0/24"],
        ],
        [
            "off the blocklist and into the zone",
            [zone("a", "9.9.9.9"), zone("bad", "1.1.1.1", "", BLOCKLIST)],
            "1.1.1.1",
            ["bad: remove gateways 1.1.1.1", "a: add gateways 1.1.1.1/32"],
        ],
        [
            "onto a blocklist goes the client",
            [zone("bad", "", "", BLOCKLIST)],
            "1.1.1.1, 2.2.2.2",
            ["bad: add gateways 1.1.1.1/32"],
        ],
        [
            "off a blocklist go all the addresses",
            [zone("bad", "1.1.1.1, 2.2.2.0/24", "", BLOCKLIST)],
            "1.1.1.1, 2.2.2.2",
            ["bad: remove gateways 1.1.1.1", "bad: remove gateways 2.2.2.0/24"],
        ],
        [
            "of two exempt entries that would do, the one with fewer addresses goes",
            [zone("bad", "1.1.1.1, 2.2.2.2", "", BLOCKLIST), zone("ex", "1.1.1.0/24, 2.2.2.2", "", EXEMPT)],
            "1.1.1.1, 2.2.2.2",
            ["ex: remove gateways 2.2.2.2"],
        ],
        [
            "into the exempt zone goes the client",
            [zone("ex", "", "", EXEMPT)],
            "1.1.1.1, 2.2.2.2",
            ["ex: add gateways 1.1.1.1/32"],
        ],
        [
            "out of the exempt zone go all",
            [zone("ex", "1.1.1.1", "", EXEMPT)],
            "1.1.1.1",
            ["ex: remove gateways 1.1.1.1"],
        ],
    ];
    for (const [because, zones, chain, edits] of table) {
        it(because, () => assert.deepEqual(smallestChange(zones, list(chain), "lenient")?.map(short), edits));
    }

    it("goes by the reading", () => {
        const zones = [zone("a", "1.1.1.1", "2.2.2.2")];
        const chain = list("1.1.1.1, 3.3.3.3, 2.2.2.2");
        const edits = (["lenient", "strict"] as const).map((how) => smallestChange(zones, chain, how)?.map(short));
        assert.deepEqual(edits, [["a: remove gateways 1.1.1.1"], ["a: add proxies 3.3.3.3/32"]]);
    });

    it("finds no change for an empty chain", () => {
        assert.equal(smallestChange([zone("a", "1.1.1.1")], [], "lenient"), undefined);
    });

    it("takes all off the blocklists, or makes all exempt, where there are too many to try every mixture", () => {
        const chain = Array.from({ length: 100 }, (_, index) => `1.1.1.${index}`);
        const bad = zone("bad", "1.1.1.0/24", "", BLOCKLIST);
        assert.deepEqual(smallestChange([bad, zone("ex", "", "", EXEMPT)], chain, "lenient")?.map(short), [
            "bad: remove gateways 1.1.1.0/24",
        ]);
    });
});

describe("the laws of smallestChange", () => {
    const IPS = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
    const entry = fc.constantFrom(...IPS, "10.0.0.2/31", "10.0.0.1-10.0.0.3");
    const entries = fc.array(entry, { maxLength: 3 });
    const status = fc.constantFrom("ACTIVE" as const, "ACTIVE" as const, "INACTIVE" as const);
    const kind = fc.constantFrom({}, {}, BLOCKLIST, EXEMPT);
    const zones = fc
        .array(fc.record({ gateways: entries, proxies: entries, status, kind }), { minLength: 1, maxLength: 3 })
        .map((some) => some.map(({ kind, ...rest }, index) => zone(String(index), "", "", { ...rest, ...kind })))
        // An org has one exempt zone.
        .filter((some) => some.filter(({ isExempt }) => isExempt).length < 2);
    const chain = fc.array(fc.constantFrom(...IPS), { minLength: 1, maxLength: 6 });
    const reading = fc.constantFrom("lenient" as const, "strict" as const);

    it("what it proposes flips the answer", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zones, chain, reading) => {
                const edits = smallestChange(zones, chain, reading) ?? [];
                const before = isInsideZones(zones, chain, reading);
                assert.equal(isInsideZones(applyEdits(zones, edits), chain, reading), !before);
            }),
        );
    });

    it("no change with fewer edits does", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zones, chain, reading) => {
                const edits = smallestChange(zones, chain, reading) ?? [];
                const before = isInsideZones(zones, chain, reading);
                for (const fewer of changesBelow(edits.length, everyEdit(zones, chain))) {
                    assert.equal(isInsideZones(applyEdits(zones, fewer), chain, reading), before);
                }
            }),
            { numRuns: 150 },
        );
    });

    /** Every single edit: what may be added are the addresses of the chain. */
    function everyEdit(zones: readonly NamedZone[], chain: readonly string[]): Edit[] {
        return zones.flatMap(({ id: zoneId, status, usage, isExempt, ...lists }): Edit[] => [
            ...(status === "INACTIVE" ? [{ zoneId, do: "activate" } as const] : []),
            ...(["gateways", "proxies"] as const).flatMap((list) => [
                ...[...new Set(lists[list])].map((entry) => ({ zoneId, do: "remove", list, entry }) as const),
                ...[...new Set(chain)].map((ip) => ({ zoneId, do: "add", list, entry: `${ip}/32` }) as const),
            ]),
        ]);
    }

    /** Every choice of fewer edits than that, but of no more than two: there are enough of these. */
    function changesBelow(length: number, edits: readonly Edit[]): Edit[][] {
        let changes: Edit[][] = [[]];
        const all = [...changes];
        for (let size = 1; size < Math.min(length, 3); size++) {
            changes = changes.flatMap((change) => edits.map((edit) => [...change, edit]));
            all.push(...changes);
        }
        return all;
    }
});
