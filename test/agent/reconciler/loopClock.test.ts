import { strict as assert } from "node:assert";

import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, C, grant, NOW } from "../../support/grants";
import { remembered } from "../../support/remembered";
import { zone } from "../../support/rounds";
import { openStage, type Stage } from "./stage";

const MINUTE = 60_000;
const EMPTY = [zone("nzo1", [SENTINEL])];

/** What the chaos simulation found, each in the fewest steps. */
describe("a reconciler, and what it waits for", () => {
    it("waits until there are requests for an addition, and makes a removal meanwhile", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 1)] });
        await stage.clock.pass(MINUTE - 3000);
        stage.starve(10_000, ["add", "look"]);
        stage.source.grants = [grant(A, 1), grant(B)];
        stage.reconciler.hint();
        const rounds = stage.results.length;
        await stage.clock.pass(2999);
        assert.deepEqual(stage.results.slice(rounds), ["waiting"]);
        await stage.clock.pass(7001);
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways),
            [[A], [B]],
        );
    });

    it("lets nobody back in by what an earlier process read, where the source takes its time", async () => {
        const stored = remembered([grant(A), grant(B)], { readAtMs: NOW - 60 * MINUTE });
        await using stage = openStage({ zones: [zone("nzo1", [A])], grants: [grant(A)], stored });
        const { read } = stage.source;
        stage.source.read = async function (this: typeof stage.source, signal) {
            await stage.clock.sleep(4000, signal);
            return read.call(this, signal);
        };
        await stage.clock.pass(MINUTE);
        assert.deepEqual(stage.zones.writes, []);
    });

    it("goes by what an earlier process read where the source says nothing for five seconds", async () => {
        const stored = remembered([grant(A), grant(B)], { readAtMs: NOW - 60 * MINUTE });
        await using stage = openStage({ zones: [zone("nzo1", [A])], stored });
        stage.source.read = (signal) =>
            new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        await stage.clock.pass(4999);
        assert.equal(stage.zones.writes.length, 0);
        await stage.clock.pass(1);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B]);
    });

    it("lets nobody stay by what an earlier process read too long ago, once the source is known to be unreadable", async () => {
        const stored = remembered([grant(A)], { readAtMs: NOW - 60 * MINUTE });
        const more = { maxStaleMs: 10 * MINUTE };
        await using stage = openStage({ zones: [zone("nzo1", [A])], stored, more });
        stage.source.read = (signal) =>
            new Promise((_, reject) =>
                signal.addEventListener("abort", () =>
                    reject(Object.assign(new Error("it hangs"), { code: "source-unreadable" })),
                ),
            );
        await stage.clock.pass(29_999);
        assert.equal(stage.zones.writes.length, 0);
        await stage.clock.pass(1);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [SENTINEL]);
    });

    it("keeps when the source said so last, though it says the same all the time, where maxStale goes by it", async () => {
        const more = { maxStaleMs: 10 * MINUTE };
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)], more });
        await stage.clock.pass(3 * MINUTE);
        const kept = new Set(stage.stored.map(({ readAtMs = NaN }) => readAtMs - NOW));
        assert.deepEqual([...kept], [0, MINUTE, 2 * MINUTE, 3 * MINUTE]);
    });

    it("waits no longer than it takes to notice where the clock is set back during a pause", async () => {
        await using stage = openStage({ zones: EMPTY });
        await comeToAPause(stage);
        stage.clock.jump(-60 * MINUTE);
        stage.zones.isDown = false;
        await stage.clock.pass(15_000);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
    });

    it("reads the source and looks at the zones where the clock is set back", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 600)] });
        await stage.clock.pass(10_000);
        stage.clock.jump(-60 * MINUTE);
        stage.source.grants = [grant(A, 600), grant(B, 600)];
        await stage.clock.pass(15_000);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B]);
        const signal = new AbortController().signal;
        await stage.zones.write(await stage.zones.read("nzo1", signal), [C], signal);
        await stage.clock.pass(31_000);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B]);
    });

    it("writes nothing on from a read of which the clock no longer tells how old it is", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        await stage.clock.pass(10_000);
        stage.clock.jump(-60 * MINUTE);
        stage.source.grants = [];
        const before = stage.zones.calls.length;
        await stage.clock.pass(15_000);
        assert.deepEqual(stage.zones.calls.slice(before, before + 2), ["read nzo1", "write nzo1"]);
    });

    it("begins to lead again without the pause of the last time", async () => {
        await using stage = openStage({ zones: EMPTY });
        await comeToAPause(stage);
        stage.lost.abort();
        await stage.ended;
        stage.zones.isDown = false;
        const again = new AbortController();
        const ended = stage.leadAgain(again.signal);
        await stage.clock.pass(0);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
        again.abort();
        await ended;
    });

    it("looks at many zones no more often than half of its budget allows, and then looks at one only to write it", async () => {
        const zones = Array.from({ length: 8 }, (_, index) => zone(`nzo${index + 1}`, [SENTINEL]));
        const more = { budget: { waitMs: () => 0, mayAsk: () => true, perMinute: () => 8 } };
        await using stage = openStage({ zones, more });
        await stage.clock.pass(9 * MINUTE);
        assert.equal(stage.zones.calls.length, 8 * 5);
        stage.source.grants = [grant(A)];
        stage.reconciler.hint();
        await stage.clock.pass(0);
        assert.deepEqual(stage.zones.calls.slice(8 * 5), ["read nzo1", "write nzo1"]);
    });

    it("goes on with the other shards where one went while another agent led", async () => {
        await using stage = openStage({ zones: [zone("nzo1", [A]), zone("nzo2", [B])], grants: [grant(A), grant(B)] });
        await stage.clock.pass(10_000);
        stage.lost.abort();
        await stage.ended;
        stage.zones.remove("nzo2");
        const again = new AbortController();
        const ended = stage.leadAgain(again.signal);
        await stage.clock.pass(10_000);
        assert.deepEqual(stage.zones.writes.at(-1), { zoneId: "nzo1", gateways: [A, B] });
        again.abort();
        await ended;
    });
});

/** Okta has been down for so long that the agent asks once a minute whether A may come in. */
async function comeToAPause({ clock, zones, source, reconciler }: Stage): Promise<void> {
    await clock.pass(10_000);
    zones.isDown = true;
    source.grants = [grant(A)];
    reconciler.hint();
    await clock.pass(10 * MINUTE);
}
