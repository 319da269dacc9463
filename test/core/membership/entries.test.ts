import { strict as assert } from "node:assert";

import { spanOf } from "../../../src/core/addresses/ip";
import type { Grant } from "../../../src/core/grants/grants";
import { type EntriesInput, entriesOf, gatewaysOf, holdersOf } from "../../../src/core/membership/entries";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, grant, NOW } from "../../support/grants";

const END = "2026-12-01T13:00:00.000Z";

function named(id: string, ranges: string | readonly string[], more: Partial<Grant> = {}): Grant {
    return grant(ranges, 60, { id, ...more });
}

function forEver(id: string, range: string): Grant {
    const { expiresAtMs: _, ...rest } = named(id, range);
    return rest;
}

describe("entriesOf", () => {
    const of = (zones: readonly (readonly string[])[], grants: readonly Grant[], more: Partial<EntriesInput> = {}) =>
        entriesOf({
            zones: zones.map((gateways, index) => ({ id: `nzo${index + 1}`, gateways })),
            grants,
            staticGateways: [],
            keep: [],
            isHeld: true,
            nowMs: NOW,
            ...more,
        });

    const table: [what: string, found: ReturnType<typeof of>, expected: ReturnType<typeof of>][] = [
        ["a grant and its end", of([[A]], [named("g-1", A)]), { entries: { nzo1: { [A]: { "g-1": END } } } }],
        ["a grant that never ends", of([[A]], [forEver("g-1", A)]), { entries: { nzo1: { [A]: { "g-1": "never" } } } }],
        [
            "a grant that ends after the last year that RFC 3339 knows",
            of([[A]], [named("g-1", A, { expiresAtMs: Date.parse("9999-12-31T23:59:59-05:00") })]),
            { entries: { nzo1: { [A]: { "g-1": "9999-12-31T23:59:59.999Z" } } } },
        ],
        [
            "two grants of one address",
            of([[A]], [named("g-1", A), named("g-2", A)]),
            { entries: { nzo1: { [A]: { "g-1": END, "g-2": END } } } },
        ],
        [
            "a grant of two addresses, in two zones",
            of([[A], [B]], [named("g-1", [A, B])]),
            { entries: { nzo1: { [A]: { "g-1": END } }, nzo2: { [B]: { "g-1": END } } } },
        ],
        [
            "neighbours that a full zone has merged",
            of([["203.0.113.8/31"]], [named("g-1", "203.0.113.8"), named("g-2", "203.0.113.9")]),
            {
                entries: { nzo1: { "203.0.113.8/31": { "g-1": END, "g-2": END } } },
                parts: { "203.0.113.8/31": { "g-1": "203.0.113.8/32", "g-2": "203.0.113.9/32" } },
            },
        ],
        [
            "one grant within another",
            of([["203.0.113.0/29"]], [named("g-1", "203.0.113.0/29"), named("g-2", ["203.0.113.2", "203.0.113.5"])]),
            {
                entries: { nzo1: { "203.0.113.0/29": { "g-1": END, "g-2": END } } },
                parts: {
                    "203.0.113.0/29": { "g-1": "203.0.113.0/29", "g-2": "203.0.113.2/32,203.0.113.5/32" },
                },
            },
        ],
        [
            "a static gateway that is granted as well",
            of([[A]], [named("g-1", A)], { staticGateways: [spanOf(A)] }),
            { entries: { nzo1: { [A]: { "g-1": END, static: "never" } } } },
        ],
        ["the sentinel", of([[SENTINEL]], []), { entries: { nzo1: { [SENTINEL]: {} } } }],
        [
            "what is held without a grant, and only that",
            of([[A, B]], [named("g-1", A)], { keep: [spanOf(A), spanOf(B)] }),
            { entries: { nzo1: { [A]: { "g-1": END }, [B]: { unknown: "never" } } } },
        ],
        [
            "what stays because of an unusable entry",
            of([[A, B]], [named("g-1", A)], { keep: [spanOf(A), spanOf(B)], isHeld: false }),
            { entries: { nzo1: { [A]: { "g-1": END }, [B]: { unusable: "never" } } } },
        ],
        [
            "grants that are not active",
            of([[A]], [named("g-1", A), grant(A, 0), named("g-3", A, { startsAtMs: NOW + 1 })]),
            { entries: { nzo1: { [A]: { "g-1": END } } } },
        ],
        [
            "grants whose ids mean something else",
            of([[A]], [named("static", A), named("unknown", A), named("=static", A), named("__proto__", A)]),
            {
                entries: {
                    nzo1: { [A]: { "=static": END, "=unknown": END, "==static": END, "=__proto__": END } },
                },
            },
        ],
        ["what cannot be read", of([["2001:db8::/32"]], []), { entries: { nzo1: { "2001:db8::/32": {} } } }],
    ];
    for (const [what, found, expected] of table) {
        it(`notes ${what}`, () => assert.deepEqual(found, expected));
    }
});

describe("holdersOf", () => {
    const table: [holders: Record<string, string>, ids: [id: string, endMs: number][]][] = [
        [{}, []],
        [{ static: "never", unknown: "never", unusable: "never" }, []],
        [
            { "=static": "never", "==x": END },
            [
                ["static", Infinity],
                ["=x", NOW + 3_600_000],
            ],
        ],
        [{ "g-1": "tomorrow" }, [["g-1", Infinity]]],
    ];
    for (const [holders, expected] of table) {
        it(`reads ${JSON.stringify(holders)}`, () => {
            assert.deepEqual(
                holdersOf(holders).map(({ id, endMs }) => [id, endMs]),
                expected,
            );
        });
    }
});

describe("gatewaysOf", () => {
    it("lists each zone in address order, in the order of the ids", () => {
        const entries = {
            nzo2: { [A]: {} },
            nzo1: { "2001:db8::/32": {}, "203.0.113.7/32": {}, [B]: {}, "9.0.0.0/8": {} },
        };
        assert.deepEqual(gatewaysOf(entries, ["nzo1", "nzo2", "nzo3"]), [
            ["9.0.0.0/8", B, "203.0.113.7/32", "2001:db8::/32"],
            [A],
            [],
        ]);
    });
});
