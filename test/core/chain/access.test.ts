import { strict as assert } from "node:assert";
import fc from "fast-check";

import { blocksOf, isInsideZones, isRefused, metBy, type NamedZone, roleOf } from "../../../src/core/chain/access";
import { evaluateChain } from "../../../src/core/chain/chain";

const list = (text: string) => (text === "" ? [] : text.split(", "));
const zone = (id: string, gateways: string, more: Partial<NamedZone> = {}): NamedZone => {
    return { id, name: `Zone ${id}`, gateways: list(gateways), proxies: [], ...more };
};
const blocklist = (gateways: string) => zone("blocked", gateways, { usage: "BLOCKLIST" });
const exempt = (gateways: string) => zone("exempt", gateways, { isExempt: true, isSystem: true });

describe("blocksOf", () => {
    // Row by row the table in the doc comment, which is Okta's own.
    const table: [chain: string, blocked: string, exempt: string, result: "allow" | "block"][] = [
        ["1.1.1.1, 2.2.2.2, 3.3.3.3", "", "", "allow"],
        ["1.1.1.1, 2.2.2.2, 3.3.3.3", "", "1.1.1.1", "allow"],
        ["1.1.1.1, 2.2.2.2, 3.3.3.3", "1.1.1.1, 2.2.2.2", "1.1.1.1, 2.2.2.2", "allow"],
        ["1.1.1.0, 1.1.1.1, 2.2.2.2, 3.3.3.3", "1.1.1.1", "1.1.1.1", "allow"],
        ["1.1.1.1, 2.2.2.2, 3.3.3.3", "1.1.1.1", "", "block"],
        ["1.1.1.1, 2.2.2.2, 3.3.3.3", "2.2.2.2", "", "block"],
        ["1.1.1.1, 2.2.2.2, 3.3.3.3", "1.1.1.1, 2.2.2.2", "1.1.1.1", "block"],
    ];
    for (const [chain, blocked, exempted, result] of table) {
        it(`${result}s ${chain} with ${blocked || "none"} blocked and ${exempted || "none"} exempt`, () => {
            const blocks = blocksOf([blocklist(blocked), exempt(exempted)], list(chain));
            assert.equal(isRefused(blocks) ? "block" : "allow", result);
            assert.deepEqual(
                blocks.map(({ ip }) => ip),
                list(blocked),
            );
        });
    }

    it("names the blocklist and the entry, once for an address that is in the chain twice", () => {
        const zones = [zone("1", "1.1.1.1"), blocklist("1.1.1.0/24"), exempt("9.9.9.9")];
        const block = { ip: "1.1.1.1", zone: zones[1], entry: "1.1.1.0/24", isExempt: false };
        assert.deepEqual(blocksOf(zones, ["1.1.1.1", "2.2.2.2", "1.1.1.1"]), [block]);
    });

    it("minds neither a blocklist nor an exempt zone that is inactive", () => {
        const inactive = { status: "INACTIVE" } as const;
        assert.deepEqual(blocksOf([{ ...blocklist("1.1.1.1"), ...inactive }], ["1.1.1.1"]), []);
        const blocks = blocksOf([blocklist("1.1.1.1"), { ...exempt("1.1.1.1"), ...inactive }], ["1.1.1.1"]);
        assert.equal(isRefused(blocks), true);
    });
});

describe("isInsideZones", () => {
    const behind = { proxies: ["2.2.2.2"] };
    const inactive = { status: "INACTIVE" } as const;
    const table: [because: string, zones: NamedZone[], inside: boolean][] = [
        ["one zone is enough", [zone("1", "9.9.9.9"), zone("2", "1.1.1.1", behind)], true],
        [
            "a gateway of one zone does not count behind a trusted proxy of another",
            [zone("1", "1.1.1.1"), zone("2", "", behind)],
            false,
        ],
        ["an inactive zone does not count", [zone("1", "1.1.1.1", { ...behind, ...inactive })], false],
        ["a blocklist comes first", [zone("1", "1.1.1.1", behind), blocklist("1.1.1.1")], false],
        ["a blocklist minds the proxy too", [zone("1", "1.1.1.1", behind), blocklist("2.2.2.2")], false],
        ["a blocklist for others refuses nobody else", [zone("1", "1.1.1.1", behind), blocklist("8.8.8.8")], true],
        [
            "an exempt address is not refused",
            [zone("1", "1.1.1.1", behind), blocklist("1.1.1.1"), exempt("1.1.1.1")],
            true,
        ],
        ["an exempt address is not inside for that", [zone("1", "9.9.9.9"), exempt("1.1.1.1")], false],
        ["of blocklists alone, inside is who is refused", [blocklist("1.1.1.1")], true],
        ["of blocklists alone, who is exempt is not inside", [blocklist("1.1.1.1"), exempt("1.1.1.1")], false],
        ["the exempt zone alone has its addresses inside", [exempt("1.1.1.1")], true],
        ["the exempt zone alone has nobody else inside", [exempt("8.8.8.8")], false],
    ];
    for (const [because, zones, inside] of table) {
        it(because, () => assert.equal(isInsideZones(zones, ["1.1.1.1", "2.2.2.2"], "lenient"), inside));
    }

    it("goes by the reading", () => {
        const zones = [zone("1", "1.1.1.1", behind)];
        const chain = ["1.1.1.1", "3.3.3.3", "2.2.2.2"];
        assert.deepEqual(
            [isInsideZones(zones, chain, "lenient"), isInsideZones(zones, chain, "strict")],
            [true, false],
        );
    });
});

describe("the laws of several zones", () => {
    const ip = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
    const entries = fc.array(fc.oneof(ip, fc.constantFrom("10.0.0.2/31", "10.0.0.1-10.0.0.3")), { maxLength: 2 });
    const chain = fc.array(ip, { minLength: 1, maxLength: 6 });
    const kinds = fc.constantFrom({}, { usage: "BLOCKLIST" as const }, { isExempt: true });
    const one = fc.record({ gateways: entries, proxies: entries, kind: kinds });
    const zones = fc
        .array(one, { minLength: 1, maxLength: 4 })
        .map((some) => some.map(({ kind, ...lists }, index) => zone(String(index), "", { ...lists, ...kind })));
    const reading = fc.constantFrom("lenient" as const, "strict" as const);

    it("the order of the zones does not matter", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zones, chain, reading) => {
                const backwards = [...zones].reverse();
                assert.equal(isInsideZones(backwards, chain, reading), isInsideZones(zones, chain, reading));
            }),
        );
    });

    it("where nothing is refused, a chain that is inside is inside one zone alone", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zones, chain, reading) => {
                const rules = zones.filter((each) => roleOf(each) === "policy");
                fc.pre(rules.length > 0 && !isRefused(blocksOf(zones, chain)));
                const alone = rules.some((each) => isInsideZones([each], chain, reading));
                assert.equal(isInsideZones(zones, chain, reading), alone);
            }),
        );
    });

    it("one more exempt address refuses no chain, and one more blocked address admits none", () => {
        fc.assert(
            fc.property(zones, ip, chain, (zones, more, chain) => {
                const refused = (some: readonly NamedZone[]) => isRefused(blocksOf(some, chain));
                if (!refused(zones)) assert.equal(refused([...zones, { ...exempt(more), id: "more" }]), false);
                if (refused(zones)) assert.equal(refused([...zones, { ...blocklist(more), id: "more" }]), true);
            }),
        );
    });

    it("a zone without the entries that the chain does not meet is the same zone", () => {
        fc.assert(
            fc.property(zones, chain, reading, (zones, chain, reading) => {
                for (const each of zones) {
                    assert.deepEqual(
                        evaluateChain(metBy(each, chain), chain, reading),
                        evaluateChain(each, chain, reading),
                    );
                }
            }),
        );
    });
});
