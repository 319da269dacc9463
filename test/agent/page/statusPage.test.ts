import { strict as assert } from "node:assert";
import fc from "fast-check";

import { readAssets } from "../../../src/agent/page/assets";
import { readPageQuery } from "../../../src/agent/page/query";
import { type StatusPageOptions, statusPage } from "../../../src/agent/page/statusPage";
import { withZoneNames } from "../../../src/agent/page/words";
import type { AgentView } from "../../../src/agent/status/view";
import { EVENTS } from "../../support/agentEvents";
import { agentView, at, grantView, zoneView } from "../../support/agentView";
import { NOW } from "../../support/grants";

type Row = readonly [because: string, changes: Partial<AgentView>, said: readonly string[]];

/** What the page says of an agent, as text. */
const ROWS: readonly Row[] = [
    [
        "a good day",
        {},
        [
            "In force",
            "2 people are in",
            "Through 2 grants in 1 zone. The next one ends in 14 min.",
            "Nothing needs attention",
        ],
    ],
    [
        "nobody inside",
        { grants: [] },
        ["Nobody is in", "No grant is in 1 zone.", "Nobody is in: no grant is active now."],
    ],
    [
        "two grants of one person",
        { grants: [grantView("a", { user: "ana" }), grantView("b", { user: "ana" })] },
        ["1 person is in", "Through 2 grants in 1 zone."],
    ],
    [
        "a grant without a name",
        { grants: [grantView("a"), grantView("b")] },
        ["2 people are in", "no name a", "no end"],
    ],
    [
        "who has ended and is in still",
        { grants: [grantView("a", { state: "leaving", expiresAt: at(-30) })] },
        ["1 grant has ended and is in still.", "30 s ago", "Leaving"],
    ],
    [
        "zones that are not in force",
        { notReady: ["the source cannot be read: no answer"] },
        ["Not in force", "The zones may not be what the grants say the source cannot be read: no answer"],
    ],
    [
        "what is held",
        { held: ["203.0.113.7/32"], notReady: ["held"] },
        [
            "1 address stays until the removal is confirmed",
            "Confirm the removal of 1 address They are out at once",
            "The agent's token Your name Reason Confirm the removal",
        ],
    ],
    [
        "what is held, too much to name",
        { held: Array.from({ length: 10 }, (_, index) => `203.0.113.${index}/32`) },
        ["10 addresses stay until the removal is confirmed", "203.0.113.7/32, and 2 more"],
    ],
    [
        "who is refused",
        { refused: [{ id: "g-9", reason: "the zones are full" }] },
        ["1 grant is not as granted ZK502 g-9: the zones are full"],
    ],
    [
        "who is refused, whatever the id, and not what is held",
        {
            refused: [
                { id: "held 203.0.113.7/32", reason: "the zones are full" },
                { id: "held 203.0.113.8/32", reason: "confirm it", isHeldRange: true },
            ],
        },
        ["1 grant is not as granted ZK502 held 203.0.113.7/32: the zones are full"],
    ],
    [
        "what is unusable",
        { unusable: Array.from({ length: 9 }, () => ({ id: "g-9", field: "ip", reason: "nonsense" })) },
        ["9 entries of the source cannot be used ZK402 g-9, ip: nonsense", "And 1 more: see /api/status."],
    ],
    [
        "the last failure",
        { lastError: { code: "okta-unreachable", message: "no answer", at: at(-60) } },
        ["Last failure, 11:59:00 no answer ZK103"],
    ],
    [
        "a source that cannot be read",
        { source: { type: "http", healthy: false } },
        ["not fine: http, cannot be read never read"],
    ],
    ["an Okta that has said nothing", { okta: {} }, ["has not said its rate limit"]],
    ["a clock that is right", {}, ["fine: agrees with Okta's"]],
    [
        "a clock that is wrong",
        { clock: { aheadSeconds: -3600.4, follows: "okta" } },
        ["not fine: 3600 s behind grants start and end by Okta's time"],
    ],
    [
        "a clock that was set while Okta's answers have no date",
        { clock: { aheadSeconds: 120, follows: "elapsed" } },
        ["not fine: 120 s ahead grants start and end by elapsed time"],
    ],
    ["a change that spreads", {}, ["Accepted 11:59:30, effective everywhere in 30 s."]],
    [
        "a change that has spread",
        { zones: [zoneView({ effectiveAt: at(-1) })] },
        ["Accepted 11:59:30, effective since about 11:59:59."],
    ],
    [
        "an inactive zone",
        { zones: [zoneView({ status: "INACTIVE" })] },
        ["2 of 150 gateways, and the zone is inactive: nobody is inside"],
    ],
    [
        "a zone that is a blocklist",
        { zones: [zoneView({ usage: "BLOCKLIST", limit: 1_000 })] },
        ["2 of 1000 gateways, and the zone is a blocklist: Okta refuses these addresses"],
    ],
    ["a full zone", { zones: [zoneView({ limit: 2 })] }, ["2 of 2 gateways, full"]],
    [
        "an empty zone",
        { zones: [zoneView({ gateways: ["192.0.2.0/32"] })] },
        ["1 of 150 gateways, the sentinel: nobody"],
    ],
];

describe("statusPage", () => {
    for (const [because, changes, said] of ROWS) {
        it(`shows ${because}`, () => {
            const text = textOf(page({ view: agentView(changes) }));
            for (const sentence of said) assert.ok(text.includes(sentence), `${sentence}\n\n${text}`);
        });
    }

    it("does not say that nobody is in where it stands by and does not know", () => {
        const view = agentView({
            isLeading: false,
            lockState: { kind: "held", by: "process 4242" },
            notReady: ["this agent stands by"],
            grants: [],
            zones: [],
        });
        const text = textOf(page({ view, query: readPageQuery({ address: "203.0.113.7" }) }));
        assert.match(text, /Standing by This agent stands by Another one, process 4242, leads and keeps the zones/);
        assert.doesNotMatch(text, /Nobody is in|No grant|not in\b|may not be/);
    });

    it("asks nobody to confirm where nothing is held, or where nobody has a token", () => {
        assert.doesNotMatch(page(), /<form method="post"/);
        const view = agentView({ held: ["203.0.113.7/32"] });
        const without = page({ view, confirming: "no-token" });
        assert.doesNotMatch(without, /<form method="post"/);
        assert.match(textOf(without), /This agent has no token, and without one nobody can confirm/);
    });

    it("says that nobody is known to lead, and why, where it does not know of another one", () => {
        const lockState = { kind: "unknown", why: "the database of the lock does not answer" } as const;
        const text = textOf(page({ view: agentView({ isLeading: false, lockState, grants: [], zones: [] }) }));
        assert.match(text, /No leader Nobody is known to lead This agent does not, so it writes no zone: the database/);
        assert.doesNotMatch(text, /nother one|stands by/);
    });

    it("says what an open session and a change's minute mean", () => {
        assert.match(
            textOf(page()),
            /about a minute to spread a change.*a session that is open goes on after its grant has ended/,
        );
    });

    it("shows the ledger's latest lines, or that it cannot be read", () => {
        const ledger = [{ at: at(-60), event: EVENTS["removals.confirmed"] }];
        assert.match(textOf(page({ ledger })), /Recently 11:59:00 mia confirmed the removal of 203\.0\.113\.7\/32/);
        assert.match(textOf(page({ ledger: [] })), /Nothing has happened yet/);
        assert.match(textOf(page({ ledger: undefined })), /The ledger cannot be read/);
    });

    for (const [address, said] of [
        [
            "203.0.113.7",
            '203.0.113.7 is in. Staff: 203.0.113.7, which connects to Okta, is in the gateway 203.0.113.7/32. The grant g-101 for 203.0.113.7 (ana@example.com) is in "Staff" (nzo1) until 2026-12-01T12:14:00.000Z. Next: If they cannot get in all the same, ask Okta as well: this answer has no rules, blocklists and sign-ins. ana@example.com g-101 ends in 14 min cy@example.com g-103 (scheduled) starts in 1 h Okta took a change of Staff at 11:59:30; until about 12:00:30 some of its servers may decide by the list before.',
        ],
        [
            "203.0.113.8",
            "203.0.113.8 is not in. Staff: 203.0.113.8, which connects to Okta, is in no gateway and in no trusted proxy. No grant has this address. Next: If it is one of yours, grant it in the source, with an end.",
        ],
        ["198.51.100.20, 203.0.113.99", "is not in."],
        ["nonsense", 'address 1 of the chain is not an IPv4 address: "nonsense"'],
        [
            "2001:db8::7",
            "2001:db8::7 is not in. Staff: 2001:db8::7, which connects to Okta, is IPv6, and an IP zone holds IPv4.",
        ],
    ] as const) {
        it(`answers whether ${address} is in`, () => {
            const text = textOf(page({ query: readPageQuery({ address }) }));
            assert.ok(text.includes(said), text);
        });
    }

    for (const [person, changes, said] of [
        ["ana@example.com", {}, 'is in. The grant g-101 for 203.0.113.7 is in "Staff" (nzo1) until'],
        ["ANA@example.com", {}, 'is in. The grant g-101 for 203.0.113.7 is in "Staff" (nzo1) until'],
        ["cy@example.com", {}, "is not in. The grant g-103 for 203.0.113.7 starts at 2026-12-01T13:00:00.000Z"],
        ["di@example.com", {}, "is not in. No grant names this person. Next: If they are to come in, grant it"],
        [
            "di",
            { unusable: [{ id: "g-9", field: "ip", reason: '"2001:db8::7" is IPv6', user: "di" }] },
            'is not in. The entry g-9 cannot be used: ip "2001:db8::7" is IPv6. Next: Grant the IPv4 address',
        ],
        [
            "ana@example.com",
            { zones: [zoneView({ status: "INACTIVE" as const })] },
            'is not in. "Staff" (nzo1) is INACTIVE',
        ],
        [
            "ana@example.com",
            { zones: [zoneView({ usage: "BLOCKLIST" as const })] },
            'is not in. "Staff" (nzo1) is a BLOCKLIST',
        ],
        [
            "203.0.113.7",
            { zones: [zoneView({ usage: "BLOCKLIST" as const })] },
            "is not in. Staff: the zone is a blocklist, so Okta refuses the request.",
        ],
    ] as const) {
        it(`answers by the same rules as why: ${person}, ${JSON.stringify(changes)}`, () => {
            const view = agentView(changes as Partial<AgentView>);
            const text = textOf(page({ view, query: readPageQuery({ address: person }) }));
            assert.ok(text.includes(said), text);
        });
    }

    it("says that a gateway without a grant is somebody's own", () => {
        const text = textOf(
            page({ view: agentView({ grants: [] }), query: readPageQuery({ address: "203.0.113.7" }) }),
        );
        assert.match(
            text,
            /203\.0\.113\.7: another writer put it into the zone; it goes with the next round\. Next: Find out who writes the zone/,
        );
    });

    it("says that nobody is in an inactive zone", () => {
        const view = agentView({ zones: [zoneView({ status: "INACTIVE" })] });
        const text = textOf(page({ view, query: readPageQuery({ address: "203.0.113.7" }) }));
        assert.match(text, /203\.0\.113\.7 is not in\. Staff: the zone is inactive, so nobody is inside\./);
    });

    it("finds the grant of a whole range by one of its addresses", () => {
        const view = agentView({
            grants: [grantView("g-1", { user: "ana", ip: ["203.0.113.0-203.0.113.9", "10.0.0.0/8"] })],
        });
        for (const [address, said] of [
            ["203.0.113.7", "ana g-1 without end"],
            ["10.1.2.3", "ana g-1 without end"],
            ["203.0.113.10", "No grant has this address."],
        ] as const) {
            const text = textOf(page({ view, query: readPageQuery({ address }) }));
            assert.ok(text.includes(said), text);
        }
    });

    it("asks several zones, and warns where Okta's own texts differ", () => {
        const zones = [
            zoneView({ name: "First", gateways: ["192.0.2.0/32"] }),
            zoneView({ name: "Second", proxies: ["198.51.100.9/32"] }),
        ];
        const query = readPageQuery({ address: "203.0.113.7, 203.0.113.50, 198.51.100.9" });
        const text = textOf(page({ view: agentView({ zones }), query }));
        assert.match(
            text,
            /198\.51\.100\.9 is not in\. First: .*in no gateway.* Second: 203\.0\.113\.7, behind .* Okta's own texts differ/,
        );
    });

    it("shows fifty of a thousand grants, the way to the others, and finds one", () => {
        const grants = Array.from({ length: 1000 }, (_, index) =>
            grantView(`g-${1000 + index}`, { user: `user${index}@example.com` }),
        );
        const view = agentView({ grants });
        const first = page({ view });
        assert.equal(first.match(/<tr role="row" class/g)?.length, 50);
        assert.match(textOf(first), /1 to 50 of 1,000/);
        assert.match(first, /href="\.\/\?page=2"/);
        assert.match(textOf(page({ view, query: readPageQuery({ page: "20" }) })), /951 to 1,000 of 1,000/);
        const found = page({ view, query: readPageQuery({ find: "user777@" }) });
        assert.equal(found.match(/<tr role="row" class/g)?.length, 1);
        assert.match(textOf(found), /user777@example\.com g-1777/);
    });

    it("keeps a hostile text a text, wherever it comes from", () => {
        const attacks = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            `" onfocus="alert(1)" x="`,
            "' onload='alert(1)",
            "</style><script>",
            "&lt;b&gt;",
            "javascript:alert(1)",
        ];
        const benign = tagsIn(page(hostile("x")));
        fc.assert(
            fc.property(fc.constantFrom(...attacks), (attack) => {
                assert.deepEqual(tagsIn(page(hostile(attack))), benign);
            }),
        );
    });

    it("carries a style and a script that do not end early", () => {
        const { style, script } = readAssets();
        assert.doesNotMatch(style, /<\//);
        assert.doesNotMatch(script, /<\/|<!--/);
        assert.doesNotMatch(`${style}${script}`, /https?:|@import|url\(/);
    });
});

/** A page on which every text that others write is one text. */
function hostile(text: string): Partial<StatusPageOptions> {
    const event = { ...EVENTS["removals.confirmed"], by: text };
    return {
        view: {
            ...agentView(),
            zones: [zoneView({ name: text })],
            grants: (["effective", "leaving", "pending"] as const).map((state) =>
                grantView(text, { user: text, reason: text, ip: [text], expiresAt: at(9), state }),
            ),
            source: { type: text, healthy: false },
            held: [text],
            notReady: [text, text],
            refused: [{ id: text, reason: text }],
            unusable: [{ id: text, field: text, reason: text }],
            lastError: { code: text, message: `${text}!`, at: at(0) },
        },
        ledger: [{ at: at(0), event }],
        query: { membership: "", address: text, find: "", show: "in", page: 1 },
        version: text,
    };
}

function page(options: Partial<StatusPageOptions> = {}): string {
    return statusPage({
        view: agentView(),
        ledger: [],
        query: readPageQuery({}),
        nowMs: NOW,
        version: "0.1.0",
        confirming: "token",
        assets: { style: "", script: "" },
        ...options,
    });
}

/** The tags with the names of their attributes: what a text could change if it got out. */
function tagsIn(markup: string): readonly string[] {
    return [...markup.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));
}

function textOf(markup: string): string {
    const text = markup
        .replace(/<[^>]*>/g, " ")
        .replace(/\s+/g, " ")
        .replace(/ ([.,;:])/g, "$1");
    return text
        .replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'")
        .replaceAll("&gt;", ">")
        .replaceAll("&lt;", "<")
        .replaceAll("&amp;", "&");
}

describe("withZoneNames", () => {
    const zones = [
        { id: "nzo1", name: "Staff" },
        { id: "nzo12", name: "$& office" },
        { id: "x.y", name: "Dot" },
    ];
    for (const [text, named] of [
        ["zone nzo1 was written", 'zone "Staff" was written'],
        ["nzo12: 404; nzo1", '"$& office": 404; "Staff"'],
        ["nzo123 and a-nzo1 are others", "nzo123 and a-nzo1 are others"],
        ["xzy is no zone", "xzy is no zone"],
    ] as const) {
        it(`says ${named}`, () => assert.equal(withZoneNames(text, zones), named));
    }
});
