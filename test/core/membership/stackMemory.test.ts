import { strict as assert } from "node:assert";

import { formatSpan, spanOf } from "../../../src/core/addresses/ip";
import type { Grant } from "../../../src/core/grants/grants";
import { knownGrants, readAgain, type StackEntries, stackMemory } from "../../../src/core/membership/stackMemory";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, grant, NOW } from "../../support/grants";

const END = "2026-12-01T13:00:00.000Z";
const FOUR = "203.0.113.8/30";

function named(id: string, ...ranges: string[]): Grant {
    return grant(ranges, 60, { id });
}

describe("knownGrants", () => {
    const known = (state: StackEntries, ...grants: Grant[]) =>
        knownGrants(state, { grants, unusable: [] }).map(({ id, spans, expiresAtMs }) => [
            id,
            spans.map(formatSpan).join(" "),
            expiresAtMs === undefined ? "never" : (expiresAtMs - NOW) / 60_000,
        ]);

    const table: [what: string, found: unknown[], expected: unknown[]][] = [
        ["nothing of an empty state", known({ entries: {} }), []],
        [
            "a grant in two zones as one grant",
            known({ entries: { nzo1: { [A]: { g: END } }, nzo2: { [B]: { g: END } } } }),
            [["g", `${A} ${B}`, 60]],
        ],
        [
            "no static gateway, no unknown entry, and nobody else's",
            known({ entries: { nzo1: { [A]: { static: "never" }, [B]: { unknown: "never" }, [SENTINEL]: {} } } }),
            [],
        ],
        [
            "a grant whose entry somebody took out",
            known({ entries: { nzo1: {} }, missing: { nzo1: { [A]: { g: "never" } } } }),
            [["g", A, "never"]],
        ],
        [
            "a grant that has shrunk, as it was",
            known({ entries: { nzo1: { [A]: { g: END }, [B]: { g: END } } } }, named("g", A)),
            [["g", `${A} ${B}`, 60]],
        ],
        [
            "the part that each grant has of a merged entry",
            known({
                entries: { nzo1: { [FOUR]: { g: END, h: "never" } } },
                parts: { [FOUR]: { g: "203.0.113.8/32,203.0.113.10/32", h: "203.0.113.9/32" } },
            }),
            [
                ["g", "203.0.113.8/32 203.0.113.10/32", 60],
                ["h", "203.0.113.9/32", "never"],
            ],
        ],
        [
            "what the reading has of a grant, where the parts of a merged entry are not noted",
            known({ entries: { nzo1: { [FOUR]: { g: END, h: END } } } }, named("g", "203.0.113.8/32", B)),
            [
                ["g", "203.0.113.8/32", 60],
                ["h", FOUR, 60],
            ],
        ],
    ];
    for (const [what, found, expected] of table) {
        it(`has ${what}`, () => assert.deepEqual(found, expected));
    }
});

describe("stackMemory", () => {
    /** The entries of which nothing is remembered; those that stay held begin with `held`. */
    function open(state: StackEntries, live: readonly string[], fixed: readonly string[] = []): string[] {
        const { memory, unremembered } = stackMemory({
            state,
            reading: { grants: [], unusable: [] },
            zones: [{ id: "nzo1", spans: live.map(spanOf) }],
            staticBefore: [],
            staticGateways: fixed.map(spanOf),
        });
        const isHeld = (text: string) => memory.held.includes(`entry ${text}`);
        return unremembered.map(formatSpan).map((text) => (isHeld(text) ? `held ${text}` : text));
    }

    const table: [what: string, found: string[], expected: string[]][] = [
        ["an entry of a zone that the state does not know", open({ entries: {} }, [A]), [A]],
        ["no static gateway of it", open({ entries: {} }, [A, B], [B]), [A]],
        ["no drift of a zone that it knows", open({ entries: { nzo1: { [B]: {} } } }, [A, B]), []],
        [
            "no drift of a zone from which everything was taken",
            open({ entries: {}, missing: { nzo1: { [A]: { g: END } } } }, [B]),
            [],
        ],
        [
            "an entry that is unknown and held, as far as it is there",
            open({ entries: { nzo1: { [FOUR]: { unknown: "never" } } } }, [A, "203.0.113.8/31"]),
            ["held 203.0.113.8/31"],
        ],
        ["an entry that is unusable", open({ entries: { nzo1: { [A]: { unusable: "never" } } } }, [A, B]), [A]],
        [
            "the unknown part of an entry",
            open(
                {
                    entries: { nzo1: { [FOUR]: { g: END, unknown: "never" } } },
                    parts: { [FOUR]: { g: "203.0.113.8/31", unknown: "203.0.113.10/31" } },
                },
                [FOUR],
            ),
            ["held 203.0.113.10/31"],
        ],
    ];
    for (const [what, found, expected] of table) {
        it(`has ${what}`, () => assert.deepEqual(found, expected));
    }
});

describe("readAgain", () => {
    const read = (state: StackEntries, ...gateways: string[]) => readAgain(state, [{ id: "nzo1", gateways }]);
    const [g, h] = [{ g: END }, { h: "never" }];

    const table: [what: string, found: StackEntries, expected: StackEntries][] = [
        [
            "keeps what is there",
            read({ entries: { nzo1: { [A]: g, [B]: h } } }, B, A),
            { entries: { nzo1: { [A]: g, [B]: h } } },
        ],
        [
            "knows nobody who holds what somebody else wrote",
            read({ entries: { nzo1: { [A]: g } } }, A, B),
            { entries: { nzo1: { [A]: g, [B]: {} } } },
        ],
        [
            "takes what is gone out of the entries, and does not forget its grants",
            read({ entries: { nzo1: { [A]: g, [B]: h } } }, A),
            { entries: { nzo1: { [A]: g } }, missing: { nzo1: { [B]: h } } },
        ],
        [
            "does not forget them by reading once more",
            read({ entries: { nzo1: { [A]: g } }, missing: { nzo1: { [B]: h } } }, SENTINEL),
            { entries: { nzo1: { [SENTINEL]: {} } }, missing: { nzo1: { [A]: g, [B]: h } } },
        ],
        [
            "knows again what is back",
            read({ entries: { nzo1: { [A]: g } }, missing: { nzo1: { [B]: h } } }, A, B),
            { entries: { nzo1: { [A]: g, [B]: h } } },
        ],
        [
            "forgets static gateways, unknown entries and the sentinel that are gone",
            read({ entries: { nzo1: { [A]: { static: "never" }, [B]: { unknown: "never" }, [SENTINEL]: {} } } }, FOUR),
            { entries: { nzo1: { [FOUR]: {} } } },
        ],
        [
            "does not mind how Okta cuts the same addresses",
            read({ entries: { nzo1: { "203.0.113.8/32": g, "203.0.113.9/32": h } } }, "203.0.113.8/31"),
            { entries: { nzo1: { "203.0.113.8/32": g, "203.0.113.9/32": h } } },
        ],
        [
            "does not take the entries of a zone that it does not know for drift",
            read({ entries: {} }, A, SENTINEL),
            { entries: {} },
        ],
        [
            "does not forget the grants of a zone that is gone",
            readAgain({ entries: { nzo1: { [A]: g } } }, []),
            { entries: {}, missing: { nzo1: { [A]: g } } },
        ],
        [
            "compares what cannot be read as text",
            read({ entries: { nzo1: { [A]: g } } }, A, "::1/128"),
            { entries: { nzo1: { [A]: g, "::1/128": {} } } },
        ],
    ];
    for (const [what, found, expected] of table) {
        it(what, () => assert.deepEqual(found, expected));
    }
});
