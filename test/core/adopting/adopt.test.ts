import { strict as assert } from "node:assert";
import fc from "fast-check";
import { formatSpan, parseSpan, spanOf } from "../../../src/core/addresses/ip";
import { mergeSpans, sameAddresses } from "../../../src/core/addresses/spans";
import { type AdoptInput, type Adoption, adoptZone, type ForeignZone } from "../../../src/core/adopting/adopt";
import { planGateways } from "../../../src/core/membership/plan";
import { readSettings } from "../../../src/core/settings/settings";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, C, grant, NOW } from "../../support/grants";

const ZONE: ForeignZone = { id: "nzo1", name: "Staff", status: "ACTIVE", gateways: [], proxies: [] };
const NOTHING: Adoption = { gateways: [], settings: { zoneName: "Staff" }, add: [], refused: [], decisions: [] };
const holds = (text: string) => `grant of ${text}`;
const IPV6 = '"2001:db8::7" is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address';

type Row = readonly [
    title: string,
    zone: Partial<ForeignZone>,
    more: Partial<Omit<AdoptInput, "zone">>,
    adoption: Partial<Adoption>,
];

const CASES: readonly Row[] = [
    ["a zone of trusted proxies alone", { proxies: ["10.1.0.0/16"] }, {}, { settings: proxied(["10.1.0.0/16"]) }],
    [
        "a gateway that a grant holds",
        { gateways: [A] },
        { grants: [grant(A)] },
        { gateways: [{ range: A, fate: "granted", grantIds: [holds(A)] }] },
    ],
    [
        "a gateway that nobody was granted",
        { gateways: [A, B] },
        { grants: [grant(B)] },
        {
            gateways: [
                { range: A, fate: "static", grantIds: [] },
                { range: B, fate: "granted", grantIds: [holds(B)] },
            ],
            settings: { zoneName: "Staff", staticGateways: [A] },
        },
    ],
    [
        "a gateway whose grant is over",
        { gateways: [A] },
        { grants: [grant(A, 0)] },
        {
            gateways: [{ range: A, fate: "static", grantIds: [] }],
            settings: { zoneName: "Staff", staticGateways: [A] },
        },
    ],
    [
        "a gateway whose grant may not touch it",
        { gateways: [A] },
        { grants: [grant(A)], deny: [spanOf(A)] },
        {
            gateways: [{ range: A, fate: "static", grantIds: [holds(A)] }],
            settings: { zoneName: "Staff", staticGateways: [A] },
            refused: [{ id: holds(A), reason: `denied: ${A} touches a range that no grant may touch`, kind: "limit" }],
        },
    ],
    [
        "a gateway of which a grant holds a part",
        { gateways: [C] },
        { grants: [grant("203.0.113.7/32")] },
        {
            gateways: [{ range: C, fate: "static", grantIds: [holds("203.0.113.7/32")] }],
            settings: { zoneName: "Staff", staticGateways: [C] },
        },
    ],
    [
        "a gateway that two grants hold together",
        { gateways: [C] },
        { grants: [grant("203.0.113.0/25"), grant("203.0.113.128/25")] },
        {
            gateways: [{ range: C, fate: "granted", grantIds: [holds("203.0.113.0/25"), holds("203.0.113.128/25")] }],
        },
    ],
    [
        "a zone that admits nobody, and a grant",
        { gateways: [SENTINEL] },
        { grants: [grant(A)] },
        { gateways: [{ range: SENTINEL, fate: "sentinel", grantIds: [] }], add: [A] },
    ],
    [
        "a gateway that cannot be read",
        { gateways: ["2001:db8::7"] },
        {},
        {
            gateways: [{ range: "2001:db8::7", fate: "kept", grantIds: [] }],
        },
    ],
    [
        "proxies, spelled as the provider does, and one that cannot be read",
        { proxies: ["10.1.2.3/16", "10.2.0.1-10.2.0.1", "2001:db8::7"] },
        {},
        { settings: proxied(["10.1.2.3/16", "10.2.0.1"]), decisions: [`a trusted proxy goes out: ${IPV6}`] },
    ],
    [
        "a zone that is switched off",
        { status: "INACTIVE" },
        {},
        { decisions: ["the zone is INACTIVE and is activated: people inside it get in"] },
    ],
    [
        "a name with blanks around it",
        { name: " Staff" },
        {},
        {
            settings: { zoneName: " Staff" },
            decisions: ['the zone gets another name, without blanks around it: "Staff"'],
        },
    ],
    [
        "a name that no setting takes",
        { name: "x".repeat(128) },
        {},
        {
            settings: { zoneName: "x".repeat(128) },
            decisions: ["the zone needs another name: zonekeeper:zoneName is longer than 120 characters"],
        },
    ],
];

function proxied(proxies: string[]): Adoption["settings"] {
    return { zoneName: "Staff", proxies };
}

describe("adoptZone", () => {
    for (const [title, zone, more, adoption] of CASES) {
        it(`looks at ${title}`, () => {
            const adopted = adoptZone({ zone: { ...ZONE, ...zone }, grants: [], nowMs: NOW, ...more });
            assert.deepEqual(adopted, { ...NOTHING, ...adoption });
        });
    }

    it("refuses a new grant in a full zone, and evicts nobody for it", () => {
        const gateways = Array.from({ length: 150 }, (_, index) => `10.0.0.${index}/32`).filter((_, n) => n % 2 === 0);
        const full = [...gateways, ...gateways.map((text) => text.replace("10.0.0.", "10.0.1."))];
        const adoption = adoptZone({ zone: { ...ZONE, gateways: full }, grants: [grant(A)], nowMs: NOW });
        const reason = "no room: the zone is full with 150 entries; add a shard or end another grant";
        assert.deepEqual([adoption.refused, adoption.add], [[{ id: holds(A), reason, kind: "room" }], []]);
    });

    const range = fc
        .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 9 }))
        .map(([first, more]) => formatSpan({ low: 0x0a000000 + first, high: 0x0a000000 + first + more }));
    const scenes = fc.record({
        gateways: fc.array(fc.oneof(range, fc.constantFrom(SENTINEL, "2001:db8::7")), { maxLength: 9 }),
        granted: fc.array(fc.tuple(range, fc.constantFrom(-5, 0, 5)), { maxLength: 6 }),
        deny: fc.array(range, { maxLength: 1 }),
    });

    it("gives settings with which the first deployment takes out nothing but what it named", () => {
        fc.assert(
            fc.property(scenes, ({ gateways, granted, deny }) => {
                const grants = granted.map(([text, minutes], index) => grant(text, minutes, { id: `g${index}` }));
                const rules = { grants, nowMs: NOW, deny: deny.map(spanOf) };
                const { settings, gateways: adopted } = adoptZone({ zone: { ...ZONE, gateways }, ...rules });
                const config = { ...settings, staticGateways: (settings.staticGateways ?? []).join(",") || "[]" };
                const read = readSettings({ membership: "agent", ...config, proxies: "[]" }, "dev");
                const staticGateways = (read.staticGateways ?? []).map(spanOf);
                const zones = [{ id: "nzo1", gateways, limit: 150 }];
                const [plan] = planGateways({ zones, ...rules, staticGateways }).zones;
                const leaving = adopted.filter(({ fate }) => fate === "sentinel");
                const named = leaving.map((each) => each.range);
                assert.deepEqual(
                    plan?.remove.filter((text) => !named.includes(text)),
                    [],
                );
            }),
        );
    });

    it("makes nothing static that is not inside", () => {
        fc.assert(
            fc.property(scenes, ({ gateways, granted }) => {
                const grants = granted.map(([text, minutes], index) => grant(text, minutes, { id: `g${index}` }));
                const { settings } = adoptZone({ zone: { ...ZONE, gateways }, grants, nowMs: NOW });
                const spans = (texts: readonly string[]) => texts.flatMap((text) => parseSpan(text).span ?? []);
                const all = mergeSpans(spans(gateways));
                assert.ok(sameAddresses(all, [...all, ...spans(settings.staticGateways ?? [])]));
            }),
        );
    });
});
