import { strict as assert } from "node:assert";

import {
    afterCleared,
    afterFailed,
    atTime,
    type ClearingState,
    isCut,
    isLeftAlone,
    nextStep,
    openClearing,
    pendingOf,
    settledWith,
} from "../../../src/agent/sessions/clearingState";
import { coded } from "../../../src/core/errors/errors";

const NOW = 1_000_000;
const ANA = { id: "00uAna", login: "ana@example.com" };

/** Ana was inside, and is out since NOW; her clearing is under way. */
function underWay(): ClearingState {
    const before = openClearing({ inside: ["ana@example.com", "bob@example.com"], due: [] }, NOW);
    const state = settledWith(before, new Set(["bob@example.com"]), NOW);
    const due = nextStep(state, NOW);
    assert.ok("user" in due);
    return { ...state, underWay: due };
}

describe("what is done next about sessions", () => {
    const due = { user: "ana@example.com", outAtMs: NOW, turn: "first" as const, atMs: NOW + 500, attempts: 1 };
    const table: readonly (readonly [
        what: string,
        state: Partial<ClearingState>,
        nowMs: number,
        next: string | number,
    ])[] = [
        ["nobody is due", { isSettled: true }, NOW, Infinity],
        ["it was not said yet who may be inside", { queue: { inside: [], due: [due] } }, NOW + 500, Infinity],
        ["the first is due later", { isSettled: true, queue: { inside: [], due: [due] } }, NOW, 500],
        ["the first is due", { isSettled: true, queue: { inside: [], due: [due] } }, NOW + 500, "ana@example.com"],
        [
            "all are held",
            { isSettled: true, queue: { inside: [], due: [due] }, heldUntilMs: NOW + 900 },
            NOW + 500,
            400,
        ],
    ];
    for (const [what, state, nowMs, next] of table) {
        it(`is ${typeof next === "number" ? `to wait for ${next} ms` : `to begin with ${next}`}, where ${what}`, () => {
            const step = nextStep({ ...openClearing({ inside: [], due: [] }, NOW), ...state }, nowMs);
            assert.equal("waitMs" in step ? step.waitMs : step.user, next);
        });
    }

    it("is the second clearing 75 s after the user was put out, once the first one succeeded", () => {
        const after = afterCleared(underWay(), ANA);
        assert.deepEqual(nextStep(after, NOW), { waitMs: 75_000 });
    });

    it("is to leave a user alone who is let in again, also by another name of theirs", () => {
        const state = underWay();
        assert.equal(isLeftAlone(state, ANA), false);
        assert.equal(isLeftAlone(settledWith(state, new Set(["ana"]), NOW), ANA), true);
        assert.equal(isCut(settledWith(state, new Set(["ana@example.com"]), NOW)), true);
    });

    it("is to hold all others for a while after a failure, which is told the first time", () => {
        const first = afterFailed(underWay(), coded("okta-unreachable", "Okta is down"), NOW, () => 0);
        assert.deepEqual([first.told?.attempts, first.state.heldUntilMs], [1, NOW + 5000]);
        const again = { ...first.state, underWay: first.state.queue.due[0] };
        assert.equal(afterFailed(again, coded("okta-unreachable", "Okta is down"), NOW, () => 0).told, undefined);
    });

    it("is nothing more for a user whom Okta does not know", () => {
        const { state, told } = afterFailed(underWay(), coded("okta-refused", "no such user"), NOW, () => 0);
        assert.deepEqual([told?.user, nextStep(state, NOW)], ["ana@example.com", { waitMs: Infinity }]);
        assert.deepEqual(
            pendingOf(state).map(({ state: is, why }) => [is, why]),
            [["failed", "no such user"]],
        );
    });

    it("is due no later where the clock is set back", () => {
        const failed = afterFailed(underWay(), coded("okta-unreachable", "Okta is down"), NOW, () => 0).state;
        assert.deepEqual(nextStep({ ...failed, underWay: undefined }, NOW), { waitMs: 5000 });
        assert.deepEqual(nextStep(atTime(failed, NOW - 60_000), NOW - 60_000), { waitMs: 5000 });
    });
});
