import { strict as assert } from "node:assert";

import { coded } from "../../../src/core/errors/errors";
import type { GroupMemory } from "../../../src/core/group/groupPlan";
import { promised } from "../../support/fakeClock";
import { type Fate, openLaneScene } from "./laneScene";

const NOBODY: GroupMemory = { granted: [], unknown: [], released: {}, names: {} };
const LOST = coded("okta-unreachable", "no answer");
const REFUSED = coded("okta-refused", "400");

/** This request meets this fate the first time. */
const first =
    (request: string, fate: Fate) =>
    (what: string, time: number): Fate =>
        what === request && time === 1 ? fate : "done";

const writes = (asked: readonly string[]) => asked.filter((line) => !line.endsWith(" read"));

describe("openGroupLane", () => {
    it("writes nothing before the members are read and the zones have decided", async () => {
        await using scene = openLaneScene({ inOkta: ["eva"], memory: NOBODY });
        await scene.clock.pass(60_000);
        assert.deepEqual(writes(scene.asked), []);
    });

    it("takes out before it puts in, up to eight at once, without waiting for answers", async () => {
        const old = Array.from({ length: 5 }, (_, index) => `old${index}`);
        const young = Array.from({ length: 5 }, (_, index) => `new${index}`);
        await using scene = openLaneScene({ inOkta: old, memory: { ...NOBODY, granted: old } });
        scene.decide(young);
        await scene.clock.pass(0);
        const order = writes(scene.asked).map((line) => line.split(" ")[1]);
        assert.deepEqual(order, [...old.map(() => "remove"), ...young.map(() => "add")]);
        assert.deepEqual([...scene.inOkta].sort(), young.sort());
    });

    it("takes a user out at the moment of the grant's end, without a new decision", async () => {
        await using scene = openLaneScene({ memory: NOBODY });
        scene.decide(["ana"], 90_000);
        await scene.clock.pass(89_999);
        assert.deepEqual([...scene.inOkta], ["ana"]);
        await scene.clock.pass(1);
        assert.deepEqual(writes(scene.asked), ["0 add ana", "90000 remove ana"]);
    });

    it("reads at once where the answer to an addition is lost, and does not add twice", async () => {
        await using scene = openLaneScene({ memory: NOBODY, fate: first("add ana", { error: LOST, isDone: true }) });
        scene.decide(["ana"]);
        await scene.clock.pass(29_000);
        assert.deepEqual(scene.asked, ["0 read", "0 add ana", "0 read"]);
        assert.deepEqual(
            scene.events.filter(({ type }) => type === "member.settled"),
            [
                {
                    ...{ type: "member.settled", write: "w1", group: "00gA", user: "ana@example.com", userId: "ana" },
                    ...{ change: "add", outcome: "carried-out" },
                },
            ],
        );
    });

    it("takes out again where a removal was lost on the way", async () => {
        await using scene = openLaneScene({
            inOkta: ["ana"],
            memory: { ...NOBODY, granted: ["ana"] },
            fate: first("remove ana", { error: LOST }),
        });
        scene.decide([]);
        await scene.clock.pass(1000);
        assert.deepEqual(scene.asked, ["0 read", "0 remove ana", "0 read", "1000 remove ana"]);
        assert.deepEqual([...scene.inOkta], []);
    });

    it("tries what Okta refuses again after 1, 2 and 4 s, and keeps no other user waiting", async () => {
        const fate = (what: string) => (what === "add ana" ? { error: REFUSED } : "done") as Fate;
        await using scene = openLaneScene({ memory: NOBODY, fate });
        scene.decide(["ana", "ben"]);
        await scene.clock.pass(7500);
        assert.deepEqual(writes(scene.asked), [
            "0 add ana",
            "0 add ben",
            "1000 add ana",
            "3000 add ana",
            "7000 add ana",
        ]);
        assert.equal(scene.lane.state().lastError?.message, "400 [ZK104]");
    });

    it("puts in again whom another writer took out, within half a minute, and reports the drift", async () => {
        await using scene = openLaneScene({ memory: NOBODY });
        scene.decide(["ana"]);
        await scene.clock.pass(70_000);
        scene.inOkta.delete("ana");
        scene.inOkta.add("eva");
        await scene.clock.pass(30_000);
        assert.deepEqual([...scene.inOkta], ["ana"]);
        const [drift] = scene.events.filter(({ type }) => type === "members.drift");
        assert.deepEqual(drift, {
            ...{ type: "members.drift", group: "00gA", outcome: "healed" },
            ...{ added: ["eva@example.com"], removed: ["ana@example.com"] },
        });
    });

    it("holds at first contact whom no grant explains, until released, also after a restart", async () => {
        await using scene = openLaneScene({ inOkta: ["ana", "eva"] });
        scene.decide(["ana"]);
        await scene.clock.pass(60_000);
        await scene.again();
        scene.decide(["ana"]);
        await scene.clock.pass(60_000);
        assert.deepEqual([...scene.inOkta], ["ana", "eva"]);
        await scene.lane.release(["eva"], "mia");
        await scene.clock.pass(0);
        assert.deepEqual([...scene.inOkta], ["ana"]);
        assert.deepEqual(scene.memory(), {
            granted: ["ana"],
            unknown: [],
            released: {},
            names: { "ana@example.com": "ana" },
        });
    });

    it("remembers a user before it asks Okta, so that one whose addition was under way at a crash is its own", async () => {
        await using scene = openLaneScene({ memory: NOBODY, fate: first("add ana", { error: LOST, isDone: true }) });
        scene.decide(["ana"]);
        await scene.clock.pass(0);
        assert.deepEqual(scene.memory()?.granted, ["ana"]);
        await scene.again();
        scene.decide([]);
        await scene.clock.pass(0);
        assert.deepEqual([...scene.inOkta], []);
        assert.equal(scene.events.filter(({ type }) => type === "removals.held").length, 0);
    });

    it("begins another lead after one that was lost while Okta was asked", async () => {
        const asking = promised<{ readonly status: number }>();
        await using scene = openLaneScene({
            memory: NOBODY,
            store: (own) => ({
                ...own,
                add: (_group, _id, signal) => {
                    signal.addEventListener("abort", () => asking.reject(signal.reason), { once: true });
                    return asking.promise;
                },
            }),
        });
        scene.decide(["ana"]);
        await scene.clock.pass(0);
        await scene.again();
        scene.decide([]);
        await scene.clock.pass(60_000);
        const failures = scene.events.filter(({ type }) => type === "member.failed");
        assert.deepEqual(
            failures.map((each) => (each as unknown as { readonly isOpen: boolean }).isOpen),
            [true],
        );
    });

    it("decides nothing by the members of the lead before", async () => {
        await using scene = openLaneScene({ inOkta: ["ana"], memory: { ...NOBODY, granted: ["ana"] } });
        scene.decide([]);
        await scene.clock.pass(0);
        await scene.again();
        scene.inOkta.add("ana");
        await scene.clock.pass(60_000);
        assert.deepEqual([...scene.inOkta], ["ana"]);
        assert.equal(scene.lane.state().members?.length, 1);
    });
});
