import { strict as assert } from "node:assert";
import type { Known } from "../../../src/agent/reconciler/grantsNow";
import {
    initialState,
    type ReconcilerSettings,
    type ReconcilerState,
    type Timing,
} from "../../../src/agent/reconciler/state";
import { type ViewInput, viewOf } from "../../../src/agent/status/buildView";
import type { AgentView } from "../../../src/agent/status/view";
import { afterLook, afterLoss, afterWrite, unread, type ZoneState } from "../../../src/agent/zones/zoneState";
import type { Grant } from "../../../src/core/grants/grants";
import type { Judgement } from "../../../src/core/membership/brake";
import type { Decision } from "../../../src/core/membership/decide";
import { brakeSentence, type Held } from "../../../src/core/membership/held";
import type { Refusal } from "../../../src/core/membership/plan";
import { parseRules } from "../../../src/core/membership/rules";
import type { TimeReading } from "../../../src/core/time/checkedTime";
import type { Zone } from "../../../src/okta/zones/zones";
import { A, B, grant, NOW } from "../../support/grants";
import { momentAt } from "../../support/moment";

const MINUTE = 60_000;

const ZONE: Zone = {
    id: "nzo1",
    name: "Staff",
    usage: "POLICY",
    status: "ACTIVE",
    gateways: [A],
    proxies: ["10.0.0.1/32"],
    document: {},
};

const seen = afterLook(unread("nzo1"), ZONE, NOW - 5 * MINUTE, 30_000).next;

interface Scene {
    readonly grants?: readonly Grant[];
    readonly refused?: readonly Refusal[];
    readonly held?: readonly Held[];
    readonly isReadingHeld?: boolean;
    readonly states?: readonly ZoneState[];
    readonly problem?: string;
    readonly unkept?: string;
    readonly isClosed?: boolean;
    readonly timing?: Partial<Timing>;
    readonly isLeading?: boolean;
    readonly time?: Pick<TimeReading, "aheadMs" | "departure">;
    readonly lockState?: ViewInput["lockState"];
}

function view(scene: Scene): AgentView {
    const { problem, unkept, time, lockState } = scene;
    const health = { lastReadAtMs: NOW - 1000, problem, failingSinceMs: NOW - 500 };
    return viewOf({
        sourceType: "file",
        known: knownWith(scene),
        health,
        unkept,
        rateLimit: { limit: 600, remaining: 599, resetAtMs: NOW + MINUTE, endsAtMs: NOW + MINUTE },
        clearings: [],
        lockState,
        freshMs: 2 * MINUTE,
        nowMs: NOW,
        time: time && { nowMs: NOW, isSettled: true, ...time },
    });
}

const HELD = { verdict: "held", because: "limit", losses: [], active: 3, recent: 0, most: 1 } as unknown as Judgement;
const RULES = parseRules({});
const WHY = brakeSentence(HELD, RULES.windowMs);

/** What a reconciler knows that decided so. */
function knownWith({
    grants = [],
    refused = [],
    held = [],
    states = [seen],
    timing,
    isLeading = true,
    ...more
}: Scene): Known {
    const { isReadingHeld = false, isClosed = false, problem } = more;
    const settings = { rules: RULES, maxStaleMs: isClosed ? 1 : undefined } as ReconcilerSettings;
    const judgement = isReadingHeld ? HELD : { verdict: "accepted" };
    const decision = { grants, refused, held, judgement } as unknown as Decision;
    const before = initialState({ zoneIds: [] });
    const state: ReconcilerState = {
        ...before,
        isLeading,
        source: {
            ...before.source,
            reading: { grants, unusable: [] },
            lastReadAtMs: NOW - 1000,
            problem: problem ?? (isClosed ? "" : undefined),
        },
        decided: { ...before.decided, decision, version: 0 },
        zones: states,
        written: {
            ...before.written,
            beganAtMs: NOW - 5 * MINUTE,
            admitted: [{ atMs: NOW - 1000, ids: new Set(["new"]) }],
        },
        timing: { ...before.timing, lastSuccessMs: NOW - 1000, ...timing },
    };
    return { settings, state, moment: momentAt(NOW) };
}

const AHEAD = { byMs: 3_600_000, from: "okta" } as const;
const BEHIND = { byMs: -90_000, from: "elapsed" } as const;

describe("viewOf", () => {
    const refusal = (kind: Refusal["kind"]): Refusal => ({ id: "g", reason: `because of ${kind}`, kind });
    const states: [state: string, grant: Grant, refused: Refusal[], why: string | undefined][] = [
        ["scheduled", grant(A, 60, { id: "g", startsAtMs: NOW + 1 }), [], undefined],
        ["pending", grant(B, 60, { id: "g" }), [], undefined],
        ["accepted", grant(A, 60, { id: "new" }), [], undefined],
        ["effective", grant(A, 60, { id: "g" }), [], undefined],
        ["refused", grant(B, 60, { id: "g" }), [refusal("room")], "because of room"],
        ["refused", grant(B, 60, { id: "g" }), [refusal("limit")], "because of limit"],
        ["waiting", grant(B, 60, { id: "g" }), [refusal("held")], "because of held"],
        ["denied", grant(A, 60, { id: "g" }), [refusal("denied")], "because of denied"],
        ["effective", grant(A, 60, { id: "g" }), [refusal("unusable")], "because of unusable"],
        ["leaving", grant(A, 0, { id: "g" }), [], undefined],
        ["ended", grant(B, 0, { id: "g" }), [], undefined],
        ["ended", grant(B, 0, { id: "g" }), [refusal("held")], undefined],
    ];
    for (const [state, one, refused, why] of states) {
        it(`says ${state} of such a grant${why === undefined ? "" : `, ${why}`}`, () => {
            const [shown] = view({ grants: [one], refused }).grants;
            assert.deepEqual([shown?.state, shown?.why], [state, why]);
        });
    }

    const together: [what: string, grants: Grant[], refused: Refusal[], states: string[]][] = [
        [
            "an ended grant whose address another one keeps",
            [grant(A, 0, { id: "g" }), grant(A, 60, { id: "h" })],
            [],
            ["ended", "effective"],
        ],
        [
            "an ended grant beside one of the same address that has ended too",
            [grant(A, 0, { id: "g" }), grant(A, -1, { id: "h" })],
            [],
            ["leaving", "leaving"],
        ],
        [
            "an ended grant beside one of the same address that is denied",
            [grant(A, 0, { id: "h" }), grant(A, 60, { id: "g" })],
            [refusal("denied")],
            ["leaving", "denied"],
        ],
        [
            "a grant that caused no write, beside the one for which its address was just written",
            [grant(A, 60, { id: "g" }), grant(A, 60, { id: "new" })],
            [],
            ["accepted", "accepted"],
        ],
        [
            "a grant whose address was there long before",
            [grant(A, 60, { id: "g" }), grant(B, 60, { id: "new" })],
            [],
            ["effective", "pending"],
        ],
    ];
    for (const [what, grants, refused, expected] of together) {
        it(`says ${expected.join(" and ")} of ${what}`, () => {
            assert.deepEqual(
                view({ grants, refused }).grants.map(({ state }) => state),
                expected,
            );
        });
    }

    it("says why a grant is inside that the source no longer has", () => {
        const gone = grant(A, 60, { id: "g", user: "ana@example.com" });
        const held = [{ address: A, why: "gone" as const, grants: [gone] }];
        const { grants, ...shown } = view({ grants: [gone], held, isReadingHeld: true });
        assert.deepEqual([grants[0]?.state, grants[0]?.why], ["effective", WHY]);
        assert.deepEqual(shown.held, [A]);
        assert.deepEqual(shown.holds, [{ address: A, why: "gone", grants: [{ id: "g", user: "ana@example.com" }] }]);
        assert.equal(shown.heldBecause, WHY);
    });

    it("tells accepted from effective a minute later", () => {
        const write = { id: "w1", before: [], after: [A] };
        const [zone] = view({ states: [afterWrite(seen, ZONE, write, NOW)] }).zones;
        assert.deepEqual(
            [zone?.acceptedAt, zone?.effectiveAt, zone?.inForceSince],
            ["2026-12-01T12:00:00.000Z", "2026-12-01T12:01:00.000Z", undefined],
        );
    });

    it("takes nobody for being in an inactive zone", () => {
        const inactive = afterLook(seen, { ...ZONE, status: "INACTIVE" }, NOW, 30_000).next;
        const { zones, grants } = view({ grants: [grant(A, 60, { id: "g" })], states: [inactive] });
        assert.deepEqual([zones[0]?.status, grants[0]?.state], ["INACTIVE", "pending"]);
    });

    const failure = { code: "okta-refused", message: "PUT: 400", at: "2026-12-01T11:00:00.000Z" };
    const errors: [because: string, scene: Scene, lastError: AgentView["lastError"]][] = [
        ["nothing is wrong", {}, undefined],
        ["a round failed", { timing: { lastError: failure } }, failure],
        [
            "the source cannot be read, since then",
            { problem: "it is gone [ZK401]" },
            { code: "source-unreadable", message: "it is gone [ZK401]", at: "2026-12-01T11:59:59.500Z" },
        ],
        ["a round failed, and the source", { timing: { lastError: failure }, problem: "it is gone" }, failure],
    ];
    for (const [because, scene, lastError] of errors) {
        it(`has as its last error that ${because}`, () => assert.deepEqual(view(scene).lastError, lastError));
    }

    const clocks: [time: Scene["time"], clock: AgentView["clock"]][] = [
        [undefined, undefined],
        [
            { aheadMs: 1234.6, departure: undefined },
            { aheadSeconds: 1.235, follows: "wall" },
        ],
        [
            { aheadMs: 3_600_000, departure: AHEAD },
            { aheadSeconds: 3600, follows: "okta" },
        ],
        [
            { aheadMs: -90_000, departure: BEHIND },
            { aheadSeconds: -90, follows: "elapsed" },
        ],
    ];
    for (const [time, clock] of clocks) {
        it(`says by which clock grants start and end: ${clock?.follows ?? "not checked"}`, () =>
            assert.deepEqual(view({ ...(time && { time }) }).clock, clock));
    }

    const reasons: [scene: Scene, notReady: string[]][] = [
        [{}, []],
        [{ isLeading: false }, ["this agent does not lead, and nobody is known to [ZK701]"]],
        [{ isLeading: false, lockState: { kind: "held" } }, ["this agent stands by: another one leads [ZK701]"]],
        [
            { isLeading: false, lockState: { kind: "held", by: "pod-1" } },
            ["this agent stands by: another one leads, pod-1 [ZK701]"],
        ],
        [
            { isLeading: false, lockState: { kind: "unknown", why: "the lock is being asked for" } },
            ["this agent does not lead, and nobody is known to: the lock is being asked for [ZK701]"],
        ],
        [{ lockState: { kind: "unknown", why: "the lock is being asked for" } }, []],
        [{ problem: "cannot read grants" }, ["cannot read grants"]],
        [
            { unkept: "the disk is full" },
            ["the memory cannot be written, so a restart would not know of the latest changes: the disk is full"],
        ],
        [{ isClosed: true }, ["the grants that were read last are too old, so nobody is inside [ZK707]"]],
        [{ held: [{ address: A, why: "gone", grants: [] }], isReadingHeld: true }, [`the reading is ${WHY} [ZK503]`]],
        [
            { held: [A, B].map((address) => ({ address, why: "unknown", grants: [] })) },
            ["entries found at first contact that no grant admits are held: 2; confirm or grant them [ZK503]"],
        ],
        [
            { held: [{ address: A, why: "static", grants: [] }] },
            ["static gateways that left the settings are held: 1 [ZK503]"],
        ],
        [{ time: { aheadMs: 59_000, departure: undefined } }, []],
        [
            { time: { aheadMs: 3_600_000, departure: AHEAD } },
            [
                "this machine's clock is 3600 s ahead of Okta's: grants start and end by Okta's time until the two agree [ZK114]",
            ],
        ],
        [{ states: [afterLoss(seen, "no zone nzo1", NOW)] }, ["no zone nzo1"]],
        [
            { states: [afterLook(seen, { ...ZONE, status: "INACTIVE" }, NOW, 30_000).next] },
            ['the zone "Staff" (nzo1) is inactive: nobody is inside it until it is activated [ZK203]'],
        ],
        [
            { states: [afterLook(seen, { ...ZONE, usage: "BLOCKLIST" }, NOW, 30_000).next] },
            [
                'the zone "Staff" (nzo1) is a blocklist: Okta refuses every request from the granted addresses, for all apps, ' +
                    "until its blocking is switched off [ZK204]",
            ],
        ],
        [{ timing: { dueSinceMs: NOW - 10_000 } }, []],
        [{ timing: { dueSinceMs: NOW - 10_001 } }, ["a change has not reached the zones yet"]],
        [
            { timing: { lastSuccessMs: NOW - 2 * MINUTE - 1 } },
            ["the zones have not been seen as they should be for too long"],
        ],
        [{ timing: { lastSuccessMs: undefined }, states: [unread("nzo1")] }, ["the zones have not been read yet"]],
        [
            { timing: { lastSuccessMs: undefined }, states: [seen, unread("nzo2")] },
            ["the zones have not been read yet"],
        ],
        [{ timing: { lastSuccessMs: undefined } }, ["the zones have not been seen as they should be yet"]],
        [{ timing: { lastError: { code: "okta-refused", message: "PUT: 400", at: "" } } }, ["PUT: 400"]],
    ];
    for (const [scene, notReady] of reasons) {
        it(`is ${notReady.length === 0 ? "ready" : `not ready: ${notReady}`}`, () =>
            assert.deepEqual(view(scene).notReady, notReady));
    }
});
