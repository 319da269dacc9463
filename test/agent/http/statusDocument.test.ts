import { strict as assert } from "node:assert";

import { statusDocument } from "../../../src/agent/http/answers/statusDocument";
import type { AgentView, MembershipView } from "../../../src/agent/status/view";
import { agentView, at, grantView, zoneView } from "../../support/agentView";

const STATES = [
    "scheduled",
    "pending",
    "accepted",
    "effective",
    "refused",
    "waiting",
    "denied",
    "leaving",
    "ended",
] as const;

describe("statusDocument", () => {
    it("has every promised key, null where nothing is known", async () => {
        const { inForceSince: _1, acceptedAt: _2, effectiveAt: _3, ...unread } = zoneView();
        const { lastSuccessAt: _4, clock: _5, ...rest } = agentView();
        const view: AgentView = {
            ...rest,
            zones: [unread],
            grants: [grantView("g-1")],
            source: { type: "file", healthy: false, problem: "it is not there" },
            okta: {},
        };
        assert.deepEqual(await documentOf(view), {
            now: at(0),
            version: "0.1.0",
            isReady: true,
            isLeading: true,
            zones: [{ ...unread, inForceSince: null, acceptedAt: null, effectiveAt: null }],
            grants: [
                {
                    id: "g-1",
                    user: null,
                    ip: ["203.0.113.7/32"],
                    startsAt: null,
                    expiresAt: null,
                    reason: null,
                    state: "effective",
                },
            ],
            source: { type: "file", healthy: false, problem: "it is not there", lastReadAt: null },
            okta: { rateLimit: null },
            clock: null,
            lastError: null,
            lastSuccessAt: null,
            notReady: [],
            held: [],
            holds: [],
            heldBecause: null,
            refused: [],
            unusable: [],
            clearings: [],
            memberships: [],
        });
    });

    it("has each membership with what is promised of it", async () => {
        const { lastSuccessAt: _, ...rest } = agentView({ grants: [grantView("g-1")], held: ["203.0.113.7/32"] });
        const membership = { ...rest, name: "payroll", org: "acme", notReady: ["held"] };
        const { memberships } = await documentOf(rest, "all", [membership]);
        const [told = assert.fail()] = memberships as readonly Record<string, unknown>[];
        assert.deepEqual(Object.keys(told).sort(), [
            "grants",
            "held",
            "heldBecause",
            "isReady",
            "lastError",
            "lastSuccessAt",
            "name",
            "notReady",
            "org",
            "source",
            "zones",
        ]);
        assert.deepEqual([told.name, told.org, told.isReady], ["payroll", "acme", false]);
        assert.deepEqual(
            (told.grants as readonly { id: string }[]).map(({ id }) => id),
            ["g-1"],
        );
    });

    it("says what is held and why, and why a grant is not as it says", async () => {
        const holds = [{ address: "203.0.113.7/32", why: "gone", grants: [{ id: "g-1", user: "ana@example.com" }] }];
        const heldBecause = "held by maxRemovals: all 2 known active grants would lose an address";
        const grants = [grantView("g-1", { why: heldBecause })];
        const document = await documentOf(agentView({ held: ["203.0.113.7/32"], holds, heldBecause, grants }));
        assert.deepEqual([document.held, document.holds], [["203.0.113.7/32"], holds]);
        assert.equal(document.heldBecause, heldBecause);
        const [grant] = document.grants as readonly { readonly why?: string }[];
        assert.equal(grant?.why, heldBecause);
    });

    it("says what is known as the agent knows it", async () => {
        const lastError = { code: "okta-unreachable", message: "no answer", at: at(-9) };
        const document = await documentOf(agentView({ lastError, held: ["203.0.113.7/32"], notReady: ["held"] }));
        assert.deepEqual(document.okta, { rateLimit: { limit: 600, remaining: 588, resetAt: at(31) } });
        assert.deepEqual(document.source, { type: "file", healthy: true, lastReadAt: at(-2) });
        assert.deepEqual(document.zones, [zoneView()]);
        assert.deepEqual(document.clock, { aheadSeconds: 0.2, follows: "wall" });
        assert.deepEqual(document.lastError, lastError);
        assert.equal(document.isReady, false);
    });

    for (const [shown, states] of [
        ["all", STATES],
        ["active", ["pending", "accepted", "effective", "refused", "waiting", "denied"]],
        ["none", []],
    ] as const) {
        it(`shows ${shown === "none" ? "no" : shown} grants`, async () => {
            const view = agentView({ grants: STATES.map((state) => grantView(state, { state })) });
            assert.deepEqual(
                (await documentOf(view, shown)).grants.map(({ id }) => id),
                states,
            );
        });
    }

    it("lets timers and requests run while it is written", async () => {
        const grants = Array.from({ length: 5000 }, (_, index) => grantView(`g-${index}`));
        let turns = 0;
        let isWritten = false;
        const count = () => {
            turns += 1;
            if (!isWritten) setImmediate(count);
        };
        setImmediate(count);
        await documentOf(agentView({ grants }));
        isWritten = true;
        assert.ok(turns >= 10, `the event loop ran ${turns} times`);
    });

    it("comes in pieces of a bounded size, and is whole", async () => {
        const grants = Array.from({ length: 1001 }, (_, index) =>
            grantView(`g-${index}`, { state: index % 300 < 250 ? "ended" : "pending" }),
        );
        const pieces = await piecesOf(statusDocument(agentView({ grants }), [], "all", at(0), "0.1.0"));
        assert.equal(pieces.length, 16);
        assert.ok(Math.max(...pieces.map(({ length }) => length)) < 40_000);
        const { grants: all } = JSON.parse(pieces.join(""));
        assert.equal(all.length, 1001);
        const active = (await documentOf(agentView({ grants }), "active")).grants.map(({ id }) => id);
        assert.deepEqual(
            active,
            grants.filter(({ state }) => state === "pending").map(({ id }) => id),
        );
    });
});

async function documentOf(
    view: AgentView,
    shown: "all" | "active" | "none" = "all",
    memberships: readonly MembershipView[] = [],
) {
    const pieces = await piecesOf(statusDocument(view, memberships, shown, at(0), "0.1.0"));
    return JSON.parse(pieces.join("")) as Record<string, unknown> & { readonly grants: { readonly id: string }[] };
}

async function piecesOf(document: AsyncIterable<string>): Promise<readonly string[]> {
    const pieces: string[] = [];
    for await (const piece of document) pieces.push(piece);
    return pieces;
}
