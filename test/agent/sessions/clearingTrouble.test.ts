import { strict as assert } from "node:assert";
import { openSessionClearing } from "../../../src/agent/sessions/clearing";
import type { QueueFile } from "../../../src/agent/sessions/queueFile";
import { fail } from "../../../src/core/errors/errors";
import type { Sessions } from "../../../src/okta/sessions";
import { virtualClock } from "../../support/virtualClock";
import { memoryFile, openStage } from "./stage";

describe("openSessionClearing, when something goes wrong", () => {
    it("clears who was let in although the agent died before that was settled", async () => {
        const one = openStage();
        await one.settle("bob");
        await one.clearing.expect(new Set(["ana", "bob"]));
        await one.end();
        const two = openStage(one.file);
        await two.settle("bob");
        await two.pass(1000);
        assert.deepEqual(two.asked, ["0 find ana", "0 clear 00u-ana"]);
        await two.end();
    });

    it("does not clear who is about to be let in again", async () => {
        const { settle, pass, asked, clearing, end } = openStage();
        await settle("ana");
        await settle();
        await pass(1000);
        await clearing.expect(new Set(["ana"]));
        await pass(200_000);
        assert.deepEqual(asked, ["0 find ana", "0 clear 00u-ana"]);
        await end();
    });

    it("cuts off a clearing of a user who is let in again meanwhile, and says that it may have been carried out", async () => {
        const stage = openStage(memoryFile(), () => {}, "never");
        await stage.settle("ana", "bob");
        await stage.settle("bob");
        await stage.pass(1000);
        await stage.clearing.expect(new Set(["ana", "bob"]));
        await stage.pass(200_000);
        assert.deepEqual(stage.asked, ["0 find ana", "0 clear 00u-ana"]);
        const why = "cut off, as the user is let in again; the sessions may have ended";
        assert.deepEqual(stage.events, [{ type: "sessions.failed", user: "ana", why, attempts: 1 }]);
        assert.deepEqual(stage.clearing.pending(), []);
        // The next one is not held up by it.
        await stage.settle("ana");
        await stage.pass(1000);
        assert.deepEqual(stage.asked.slice(2), ["201000 find bob", "201000 clear 00u-bob"]);
        await stage.end();
    });

    it("goes on with a clearing under way when the clock is set back", async () => {
        const clock = virtualClock(7_200_000);
        let cleared = 0;
        const sessions: Sessions = {
            findUser: async (user) => ({ id: user, login: user }),
            async clear(_, signal) {
                cleared += 1;
                await clock.sleep(2000, signal);
                return { status: 204 };
            },
        };
        const events: string[] = [];
        const record = async ({ type }: { readonly type: string }) => void events.push(type);
        const clearing = openSessionClearing({ sessions, file: memoryFile(), clock, record });
        const stop = new AbortController();
        const ran = clearing.run(stop.signal);
        await clearing.settle(new Set(["ana"]), clock.now());
        await clearing.settle(new Set(), clock.now());
        await clock.pass(1000);
        clock.jump(-3_600_000);
        await clearing.settle(new Set(["bob"]), clock.now());
        await clock.pass(10_000);
        assert.deepEqual([cleared, events], [1, ["sessions.cleared"]]);
        assert.deepEqual(
            clearing.pending().map(({ state, attempts }) => [state, attempts]),
            [["due", 0]],
        );
        stop.abort();
        await ran;
    });

    it("writes the queue the next time where the disk was full", async () => {
        const file = memoryFile();
        let failures = 1;
        const full: QueueFile = {
            read: file.read,
            write: (queue) =>
                failures-- > 0
                    ? Promise.resolve().then(() => fail("ledger-unwritable", "the disk is full"))
                    : file.write(queue),
        };
        const { settle, end } = openStage({ ...full, written: file.written });
        await assert.rejects(settle("ana"), { message: "the disk is full" });
        await settle("ana");
        await settle("ana");
        assert.deepEqual(file.written, [{ inside: ["ana"], due: [] }]);
        await end();
    });

    it("is not late by a clock that was set back by an hour", async () => {
        const clock = virtualClock(7_200_000);
        const cleared: string[] = [];
        const sessions: Sessions = {
            findUser: async (user) => ({ id: user, login: user }),
            async clear(userId) {
                cleared.push(userId);
                return { status: 204 };
            },
        };
        const clearing = openSessionClearing({ sessions, file: memoryFile(), clock, record: async () => {} });
        const stop = new AbortController();
        const ran = clearing.run(stop.signal);
        await clearing.settle(new Set(["ana"]), clock.now());
        await clearing.settle(new Set(), clock.now());
        await clock.pass(10_000);
        clock.jump(-3_600_000);
        await clock.pass(64_000);
        assert.deepEqual(cleared, ["ana"]);
        await clock.pass(16_000);
        assert.deepEqual(cleared, ["ana", "ana"]);
        stop.abort();
        await ran;
    });
});
