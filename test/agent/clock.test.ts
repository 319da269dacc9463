import { strict as assert } from "node:assert";

import { SENTINEL } from "../../src/core/zones/zone";
import { A, B, C, grant, NOW } from "../support/grants";
import { type ClockStage, openClockStage } from "./clockStage";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Half an hour for A, two hours for B. */
const GRANTS = [grant(A, 30), grant(B, 120)];

/** A machine whose clock is right, with both inside, a minute after its start. */
async function calm(): Promise<ClockStage> {
    const stage = openClockStage({ grants: GRANTS, gateways: [A, B] });
    stage.lead();
    await stage.clock.pass(MINUTE);
    assert.deepEqual([stage.zones.writes, stage.told(), stage.membership.view().notReady], [[], [], []]);
    return stage;
}

/** That A goes out when half an hour is over, to a second, and nobody else by a quarter before two hours. */
async function endsOnTime(stage: ClockStage, passedMs: number): Promise<void> {
    await stage.clock.pass(30 * MINUTE - passedMs - 2 * SECOND);
    assert.deepEqual(stage.gateways(), [A, B]);
    await stage.clock.pass(4 * SECOND);
    assert.deepEqual(stage.gateways(), [B]);
    await stage.clock.pass(75 * MINUTE);
    assert.deepEqual(stage.gateways(), [B]);
    assert.equal(stage.zones.writes.length, 1);
}

describe("the agent and the clock of its machine", () => {
    for (const [direction, byMs] of [
        ["forward", HOUR],
        ["back", -HOUR],
        ["forward by a day", 24 * HOUR],
        ["forward by a little more than a minute", 62 * SECOND],
    ] as const) {
        it(`ends each grant on time where the clock is set ${direction}`, async () => {
            await using stage = await calm();
            stage.clock.jump(byMs);
            await endsOnTime(stage, MINUTE);
            assert.deepEqual(stage.told(), ["clock.departed"]);
        });

        it(`asks Okta for the time before it decides anything, where the clock is set ${direction}`, async () => {
            await using stage = await calm();
            const before = stage.zones.calls.length;
            stage.clock.jump(byMs);
            stage.source.grants = [...GRANTS, grant(C, 50)];
            stage.membership.wake();
            await stage.clock.pass(0);
            assert.deepEqual(stage.zones.calls.slice(before).slice(0, 1), ["read nzo1"]);
            await stage.clock.pass(20 * SECOND);
            assert.deepEqual(stage.gateways(), [A, B, C]);
        });
    }

    it("says in readyz how far the clock is off, until it is right again", async () => {
        await using stage = await calm();
        stage.clock.jump(HOUR);
        await stage.clock.pass(16 * SECOND);
        const { notReady, clock } = stage.membership.view();
        assert.equal(notReady.length, 1);
        assert.match(notReady[0] ?? "", /^this machine's clock is 3(599|600|601) s ahead of Okta's: .* \[ZK114\]$/);
        assert.deepEqual([clock?.follows, Math.round((clock?.aheadSeconds ?? 0) / 60)], ["okta", 60]);
        stage.clock.jump(-HOUR);
        await stage.clock.pass(16 * SECOND);
        assert.deepEqual([stage.membership.view().notReady, stage.membership.view().clock?.follows], [[], "wall"]);
        assert.deepEqual(stage.told(), ["clock.departed", "clock.agrees"]);
        await endsOnTime(stage, MINUTE + 32 * SECOND);
    });

    it("ends each grant on time where the clock is set twice", async () => {
        await using stage = await calm();
        stage.clock.jump(HOUR);
        await stage.clock.pass(MINUTE);
        stage.clock.jump(-3 * HOUR);
        await endsOnTime(stage, 2 * MINUTE);
        assert.deepEqual(stage.told(), ["clock.departed", "clock.departed"]);
    });

    it("ends each grant on time where the clock is set while a write is under way", async () => {
        await using stage = await calm();
        const { write } = stage.zones;
        stage.zones.write = async (...args) => {
            stage.clock.jump(HOUR);
            stage.zones.write = write;
            return write(...args);
        };
        stage.source.grants = [...GRANTS, grant(C, 10)];
        stage.membership.wake();
        await stage.clock.pass(SECOND);
        assert.deepEqual(stage.gateways(), [A, B, C]);
        await stage.clock.pass(8 * MINUTE - 3 * SECOND);
        assert.deepEqual(stage.gateways(), [A, B, C]);
        await stage.clock.pass(MINUTE + 4 * SECOND);
        assert.deepEqual(stage.gateways(), [A, B]);
    });

    it("ends a grant at most a minute early or late where the clock is set by less than that", async () => {
        await using stage = await calm();
        stage.clock.jump(50 * SECOND);
        await stage.clock.pass(28 * MINUTE);
        assert.deepEqual(stage.gateways(), [A, B]);
        await stage.clock.pass(MINUTE);
        assert.deepEqual(stage.gateways(), [B]);
        assert.deepEqual([stage.told(), stage.membership.view().notReady], [[], []]);
    });

    it("is never more than a minute late where the clock loses a second a minute", async () => {
        await using stage = openClockStage({ grants: [grant(A, 100)], gateways: [A] });
        stage.lead();
        for (let minute = 0; minute < 100; minute++) {
            assert.deepEqual(stage.gateways(), [A]);
            await stage.clock.pass(MINUTE);
            stage.clock.jump(-SECOND);
        }
        await stage.clock.pass(3 * SECOND);
        assert.deepEqual([stage.gateways(), stage.told()], [[SENTINEL], ["clock.departed"]]);
    });

    for (const [direction, wrongMs] of [
        ["ahead", HOUR],
        ["behind", -HOUR],
    ] as const) {
        it(`decides nothing by a clock that is ${direction} from the start`, async () => {
            const grants = [...GRANTS, grant(C, 0)];
            await using stage = openClockStage({ grants, gateways: [A, B], wrongMs });
            stage.lead();
            await stage.clock.pass(5 * SECOND);
            assert.deepEqual([stage.zones.writes, stage.told()], [[], ["clock.departed"]]);
            await endsOnTime(stage, 5 * SECOND);
        });
    }

    it("removes grants that ended while the machine was suspended, and admits none by the earlier time", async () => {
        await using stage = await calm();
        stage.suspend(90 * MINUTE);
        stage.source.grants = [...GRANTS, grant(C, 60)];
        stage.membership.wake();
        await stage.clock.pass(0);
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways),
            [[B]],
        );
        assert.deepEqual([stage.told(), stage.membership.view().notReady], [[], []]);
    });

    it("writes nothing after the clock was set until Okta answers", async () => {
        await using stage = await calm();
        stage.zones.isDown = true;
        stage.clock.jump(HOUR);
        await stage.clock.pass(10 * MINUTE);
        const [reason] = stage.membership.view().notReady.filter((each) => each.includes("ZK114"));
        assert.match(reason ?? "", /3600 s ahead of elapsed time, and no answer of Okta's has given the time/);
        stage.zones.isDown = false;
        await endsOnTime(stage, 11 * MINUTE);
        assert.deepEqual(stage.told(), ["clock.departed", "clock.departed"]);
    });

    it("evicts nobody for one wrong Date of a proxy, and reads again", async () => {
        await using stage = await calm();
        stage.okta.wrongDates.push(9 * HOUR);
        await endsOnTime(stage, MINUTE);
        assert.deepEqual(stage.told(), []);
    });

    it("removes a grant that ends, despite one wrong Date of a proxy", async () => {
        await using stage = await calm();
        await stage.clock.pass(29 * MINUTE - SECOND);
        stage.okta.wrongDates.push(-9 * HOUR);
        stage.membership.suspect();
        await stage.clock.pass(4 * SECOND);
        assert.deepEqual(stage.gateways(), [B]);
    });

    it("goes by Okta's time where each of its answers says another one than the machine", async () => {
        await using stage = await calm();
        stage.okta.always = 28 * MINUTE;
        await stage.clock.pass(33 * SECOND);
        assert.deepEqual([stage.gateways(), stage.told()], [[A, B], ["clock.departed"]]);
        await stage.clock.pass(MINUTE);
        assert.deepEqual(stage.gateways(), [B]);
    });

    it("goes by elapsed time where the clock is set and Okta's answers have no Date", async () => {
        await using stage = await calm();
        stage.okta.always = "none";
        stage.clock.jump(HOUR);
        await endsOnTime(stage, MINUTE);
        const [reason] = stage.membership.view().notReady;
        assert.match(reason ?? "", /grants start and end by elapsed time \[ZK114\]$/);
    });

    it("goes by its clock where Okta's answers never have a Date", async () => {
        await using stage = openClockStage({ grants: GRANTS, gateways: [A, B] });
        stage.okta.always = "none";
        stage.lead();
        await stage.clock.pass(MINUTE);
        await endsOnTime(stage, MINUTE);
        assert.deepEqual([stage.told(), stage.membership.view().notReady], [[], []]);
    });

    it("starts a grant on time where the clock is set back", async () => {
        await using stage = await calm();
        stage.source.grants = [...GRANTS, grant(C, 60, { startsAtMs: NOW + 10 * MINUTE })];
        stage.membership.wake();
        stage.clock.jump(-HOUR);
        await stage.clock.pass(9 * MINUTE - SECOND);
        assert.deepEqual(stage.gateways(), [A, B]);
        await stage.clock.pass(2 * SECOND);
        assert.deepEqual(stage.gateways(), [A, B, C]);
    });

    it("asks no more of Okta on a good day than without the check", async () => {
        await using stage = await calm();
        assert.deepEqual(stage.zones.calls, ["read nzo1", "read nzo1", "read nzo1"]);
    });
});
