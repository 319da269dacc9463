import { strict as assert } from "node:assert";
import { openSessionClearing } from "../../../src/agent/sessions/clearing";
import { fail } from "../../../src/core/errors/errors";
import type { Sessions } from "../../../src/okta/sessions";
import { sharedClock } from "../../support/sharedClock";
import { memoryFile, openStage } from "./stage";

const CLEARED = { type: "sessions.cleared", user: "ana", userId: "00u-ana", status: 204, requestId: "r1" };

describe("openSessionClearing", () => {
    it("clears users who lost their last grant, at once and after Okta has spread the zone, with a receipt each", async () => {
        const { settle, pass, asked, events, clearing, end } = openStage();
        await settle("ana", "bob");
        await settle("bob");
        await pass(200_000);
        assert.deepEqual(asked, ["0 find ana", "0 clear 00u-ana", "75000 clear 00u-ana"]);
        assert.deepEqual(events, [CLEARED, CLEARED]);
        assert.deepEqual(clearing.pending(), []);
        await end();
    });

    it("clears nobody at the very first start, and nobody who never was inside", async () => {
        const { settle, pass, asked, end } = openStage();
        await settle("ana");
        await settle("ana", "bob");
        await pass(200_000);
        assert.deepEqual(asked, []);
        await end();
    });

    it("does not clear again who got a new grant in between", async () => {
        const { settle, pass, asked, clearing, end } = openStage();
        await settle("ana@example.com");
        await settle();
        await pass(1000);
        assert.deepEqual(clearing.pending(), [
            { user: "ana@example.com", state: "due", at: "1970-01-01T00:01:15.000Z", attempts: 0 },
        ]);
        await settle("Ana@Example.com");
        await pass(200_000);
        assert.deepEqual(asked, ["0 find ana@example.com", "0 clear 00u-ana@example.com"]);
        await end();
    });

    for (const moment of ["find ana", "clear 00u-ana"]) {
        it(`does not clear again who got a new grant during "${moment}"`, async () => {
            const stage = openStage(memoryFile(), (what) => {
                if (what === moment) stage.settle("ana").catch(assert.fail);
            });
            await stage.settle("ana");
            await stage.settle();
            await stage.pass(200_000);
            assert.deepEqual(stage.asked, moment === "find ana" ? ["0 find ana"] : ["0 find ana", "0 clear 00u-ana"]);
            assert.deepEqual(stage.clearing.pending(), []);
            await stage.end();
        });
    }

    for (const [name, other] of [
        ["ana", "00u-ana"],
        ["00u-ana", "ana"],
        ["00u-ana@example.com", "Ana@Example.com"],
        ["00u-ana@example.com", "ana"],
        ["ana@example.com", "ana"],
    ] as const) {
        it(`does not clear ${name} while ${other} is inside, who is the same user`, async () => {
            const { settle, pass, asked, events, end } = openStage();
            await settle(name, other);
            await settle(other);
            await pass(200_000);
            assert.deepEqual([asked, events], [[`0 find ${name}`], []]);
            await end();
        });

        it(`does not clear ${name} again once ${other} is inside, who is the same user`, async () => {
            const { settle, pass, asked, end } = openStage();
            await settle(name);
            await settle();
            await pass(1000);
            assert.equal(asked.length, 2);
            await settle(other);
            await pass(200_000);
            assert.equal(asked.length, 2);
            await end();
        });
    }

    it("knows over a restart who was inside, and what was left to do", async () => {
        const one = openStage();
        await one.settle("ana", "bob");
        await one.settle("bob");
        await one.pass(1000);
        await one.end();
        const two = openStage(one.file);
        await two.settle();
        await two.pass(200_000);
        assert.deepEqual(two.asked, ["0 find bob", "0 clear 00u-bob", "75000 clear 00u-ana", "75000 clear 00u-bob"]);
        await two.end();
    });

    it("clears nobody whom an earlier run left to do before it knows who is inside", async () => {
        const one = openStage();
        await one.settle("ana", "bob", "cyd");
        await one.settle("bob");
        await one.pass(1000);
        await one.end();
        const two = openStage(one.file);
        await two.pass(200_000);
        await two.clearing.expect(new Set(["bob"]));
        await two.pass(200_000);
        assert.deepEqual(two.asked, []);
        assert.deepEqual(
            two.clearing.pending().map(({ user }) => user),
            ["ana", "cyd"],
        );
        // Another agent has let ana in again meanwhile.
        await two.settle("ana", "bob");
        await two.pass(1000);
        assert.deepEqual(two.asked, ["400000 clear 00u-cyd"]);
        await two.end();
    });

    it("tries again, more and more rarely, and tells of the first failure", async () => {
        let failures = 3;
        const { settle, pass, asked, events, clearing, end } = openStage(memoryFile(), () => {
            if (failures-- > 0) fail("okta-unreachable", "GET /api/v1/users/ana: 503");
        });
        await settle("ana");
        await settle();
        await pass(6_000);
        const why = "GET /api/v1/users/ana: 503";
        assert.deepEqual(clearing.pending(), [
            { user: "ana", state: "retrying", at: "1970-01-01T00:00:15.000Z", attempts: 2, why },
        ]);
        await pass(60_000);
        assert.deepEqual(asked, [
            "0 find ana",
            "5000 find ana",
            "15000 find ana",
            "35000 find ana",
            "35000 clear 00u-ana",
        ]);
        assert.deepEqual(events, [{ type: "sessions.failed", user: "ana", why, attempts: 1 }, CLEARED]);
        await end();
    });

    it("asks for one user at a time while Okta refuses everybody", async () => {
        const { settle, pass, asked, end } = openStage(memoryFile(), () => fail("okta-forbidden", "403"));
        await settle("ana", "bob", "eve");
        await settle();
        await pass(30_000);
        assert.deepEqual(asked, ["0 find ana", "5000 find bob", "15000 find eve"]);
        await end();
    });

    it("gives up on a user that Okta does not know, with the reason, and goes on with others", async () => {
        const why = "GET /api/v1/users/ana: 404 E0000007: Not found";
        const { settle, pass, asked, events, clearing, end } = openStage(memoryFile(), (what) => {
            if (what === "find ana") fail("okta-refused", why);
        });
        await settle("ana", "bob");
        await settle();
        await pass(200_000);
        assert.deepEqual(asked, ["0 find ana", "0 find bob", "0 clear 00u-bob", "75000 clear 00u-bob"]);
        assert.deepEqual(events[0], { type: "sessions.failed", user: "ana", why, attempts: 1 });
        const given = { user: "ana", state: "failed", at: "1970-01-01T00:00:00.000Z", attempts: 1, why };
        assert.deepEqual(clearing.pending(), [given]);
        await end();
    });

    it("gives up after a day", async () => {
        const { settle, pass, events, clearing, end } = openStage(memoryFile(), () => fail("okta-throttled", "429"));
        await settle("ana");
        await settle();
        await pass(90_000_000);
        assert.deepEqual(
            events.map(({ type }) => type),
            ["sessions.failed", "sessions.failed"],
        );
        assert.deepEqual(
            clearing.pending().map(({ user, state }) => [user, state]),
            [["ana", "failed"]],
        );
        await end();
    });

    it("clears again what could not be taken down", async () => {
        const clock = sharedClock();
        let cleared = 0;
        const sessions: Sessions = {
            findUser: async () => ({ id: "00u1", login: "ana" }),
            clear: async () => {
                cleared += 1;
                return { status: 204 };
            },
        };
        const record = async () => (cleared < 2 ? fail("ledger-unwritable", "the disk is full") : undefined);
        const clearing = openSessionClearing({ sessions, file: memoryFile(), clock, record });
        const stop = new AbortController();
        const ran = clearing.run(stop.signal);
        await clearing.settle(new Set(["ana"]), 0);
        await clearing.settle(new Set(), 0);
        await clock.until(clock.sleep(10_000, stop.signal));
        assert.equal(cleared, 2);
        stop.abort();
        await ran;
    });
});
