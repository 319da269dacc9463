import { strict as assert } from "node:assert";

import {
    afterLook,
    afterLoss,
    afterSilence,
    afterWrite,
    type Observation,
    unread,
    type ZoneState,
} from "../../../src/agent/zones/zoneState";
import type { Zone } from "../../../src/okta/zones/zones";
import { A, B } from "../../support/grants";

const OLD = "203.0.113.1/32";

function zone(...gateways: string[]): Zone {
    return { id: "nzo1", name: "Staff", usage: "POLICY", status: "ACTIVE", gateways, proxies: [], document: {} };
}

const WRITE = { id: "w1", before: [OLD], after: [A] };
const sure = afterLook(unread("nzo1"), zone(OLD), 0, 30_000).next;
const taken = afterWrite(sure, zone(OLD), WRITE, 0);
const open = afterSilence(sure, WRITE, 0);

/** What the last of so many looks told that all showed the same. */
function look(before: ZoneState, seen: Zone, times = 1): { next: ZoneState; kinds: Observation["kind"][] } {
    const kinds: Observation["kind"][] = [];
    let now = before;
    for (let count = 0; count < times; count++) {
        const result = afterLook(now, seen, count, 30_000);
        kinds.push(result.observation.kind);
        now = result.next;
    }
    return { next: now, kinds };
}

describe("afterLook", () => {
    const rows: [state: string, before: ZoneState, seen: Zone, kinds: Observation["kind"][]][] = [
        ["unread", unread("nzo1"), zone(A), ["first"]],
        ["unread, with a write that nobody settled", unread("nzo1", WRITE), zone(A), ["carried-out"]],
        ["unread, with a write that nobody settled", unread("nzo1", WRITE), zone(OLD), ["not-carried-out"]],
        ["unread, with a write that nobody settled", unread("nzo1", WRITE), zone(B), ["overwritten"]],
        ["gone", afterLoss(sure, "gone", 0), zone(A), ["first"]],
        ["sure", sure, zone(OLD), ["same"]],
        ["sure", sure, zone("203.0.113.1-203.0.113.1"), ["same"]],
        ["sure", sure, zone(B), ["doubtful", "drift"]],
        ["taken", taken, zone(A), ["verified"]],
        ["taken", taken, zone(OLD), ["doubtful", "doubtful", "doubtful", "doubtful", "drift"]],
        ["taken", taken, zone(B), ["doubtful", "doubtful", "doubtful", "doubtful", "drift"]],
        ["open", open, zone(A), ["carried-out"]],
        ["open", open, zone(OLD), ["doubtful", "not-carried-out"]],
        ["open", open, zone(B), ["doubtful", "drift"]],
    ];
    for (const [state, before, seen, kinds] of rows) {
        it(`of a zone that is ${state} and shows ${seen.gateways}: ${kinds.join(", ")}`, () => {
            const found = look(before, seen, kinds.length);
            assert.deepEqual(found.kinds, kinds);
            assert.deepEqual(found.next.zone, seen);
            assert.deepEqual([found.next.state, found.next.write, found.next.doubts], ["sure", undefined, 0]);
        });
    }

    it("doubts for five seconds after a write, and then once, however few looks there are", () => {
        const kinds = (...at: number[]) => {
            let now = taken;
            return at.map((nowMs) => {
                const result = afterLook(now, zone(B), nowMs, 30_000);
                now = result.next;
                return result.observation.kind;
            });
        };
        assert.deepEqual(kinds(1000, 60_000), ["doubtful", "drift"]);
        assert.deepEqual(kinds(60_000, 120_000), ["doubtful", "drift"]);
        assert.deepEqual(kinds(1000, 1250, 4700), ["doubtful", "doubtful", "doubtful"]);
        // The clock was set back.
        assert.deepEqual(kinds(-60_000, -59_000), ["doubtful", "doubtful"]);
    });

    it("forgets its doubts when the zone shows what it should after all", () => {
        const doubtful = look(taken, zone(OLD), 2).next;
        assert.equal(doubtful.doubts, 2);
        assert.deepEqual(look(doubtful, zone(A)).kinds, ["verified"]);
    });

    it("keeps since when the zone is as it is, until it is otherwise", () => {
        const later = afterLook(sure, zone(OLD), 500, 30_000).next;
        assert.equal(later.inForceSinceMs, 0);
        assert.equal(taken.inForceSinceMs, undefined);
        assert.equal(afterLook(taken, zone(A), 500, 30_000).next.inForceSinceMs, 500);
    });

    it("takes over what else changed in the zone", () => {
        const renamed = { ...zone(OLD), name: "Renamed" };
        assert.equal(afterLook(sure, renamed, 1, 30_000).next.zone?.name, "Renamed");
    });
});
