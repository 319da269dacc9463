import { strict as assert } from "node:assert";

import { openEventStream, type Subscriber } from "../../../src/agent/http/answers/eventStream";
import { fakeClock } from "../../support/fakeClock";
import { NOW } from "../../support/grants";

describe("openAudience", () => {
    it("says everything to all, numbered", () => {
        const { audience, ana, bo } = opened();
        audience.join(ana);
        audience.join(bo);
        audience.say("told", { text: "one\ntwo" });
        const heard = ["retry: 3000\n\n", 'id: 1\nevent: told\ndata: {"text":"one\\ntwo"}\n\n'];
        assert.deepEqual([ana.heard, bo.heard], [heard, heard]);
    });

    it("is full at its limit, and has room when one leaves", () => {
        const { audience, ana, bo } = opened();
        const leave = audience.join(ana);
        audience.join(bo);
        assert.equal(audience.isFull(), true);
        leave();
        assert.equal(audience.isFull(), false);
        audience.say("told", {});
        assert.deepEqual([ana.heard.length, bo.heard.length], [1, 2]);
    });

    it("drops only the subscriber that does not read", () => {
        const { audience, ana, bo } = opened();
        audience.join(ana);
        audience.join(bo);
        ana.pending = 101;
        bo.pending = 100;
        audience.say("told", {});
        audience.say("told", {});
        assert.deepEqual([ana.fate, ana.heard.length], ["dropped", 1]);
        assert.deepEqual([bo.fate, bo.heard.length], ["inside", 3]);
        assert.equal(audience.isFull(), false);
    });

    it("sends beats while there is a subscriber", async () => {
        const { audience, ana, clock } = opened();
        audience.join(ana);
        assert.equal(await clock.asleep(), 15_000);
        clock.pass(15_000);
        await clock.asleep();
        assert.deepEqual(ana.heard.slice(1), ['id: 1\nevent: beat\ndata: {"at":"2026-12-01T12:00:15.000Z"}\n\n']);
        audience.close();
    });

    it("beats again for the next one after all have left", async () => {
        const { audience, ana, bo, clock } = opened();
        audience.join(ana)();
        audience.join(bo);
        assert.equal(await clock.asleep(), 15_000);
        clock.pass(15_000);
        await clock.asleep();
        assert.deepEqual([ana.heard.length, bo.heard.length], [1, 2]);
        audience.close();
    });

    it("ends all streams when it closes", () => {
        const { audience, ana, bo } = opened();
        audience.join(ana);
        audience.join(bo);
        audience.close();
        assert.deepEqual([ana.fate, bo.fate], ["ended", "ended"]);
    });
});

function opened() {
    const clock = fakeClock(NOW);
    const audience = openEventStream({ maxMembers: 2, maxPendingBytes: 100, beatMs: 15_000, clock });
    return { clock, audience, ana: member(), bo: member() };
}

interface TriedMember extends Subscriber {
    readonly heard: string[];
    pending: number;
    fate: "inside" | "ended" | "dropped";
}

function member(): TriedMember {
    return {
        heard: [],
        pending: 0,
        fate: "inside",
        write(text) {
            this.heard.push(text);
        },
        pendingBytes() {
            return this.pending;
        },
        end() {
            this.fate = "ended";
        },
        drop() {
            this.fate = "dropped";
        },
    };
}
