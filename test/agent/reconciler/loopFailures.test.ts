import { strict as assert } from "node:assert";

import { heldNow } from "../../../src/agent/reconciler/grantsNow";
import { fail } from "../../../src/core/errors/errors";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, C, grant } from "../../support/grants";
import { remembered } from "../../support/remembered";
import { zone } from "../../support/rounds";
import { openStage } from "./stage";

const MINUTE = 60_000;
const EMPTY = [zone("nzo1", [SENTINEL])];

describe("a reconciler in trouble", () => {
    it("leaves the zones alone when the source cannot be read, and still ends what has to end", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 3), grant(B, 60)] });
        await stage.clock.pass(MINUTE);
        stage.source.isBroken = true;
        await stage.clock.pass(MINUTE);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A, B]);
        await stage.clock.pass(2 * MINUTE);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [B]);
        assert.equal(stage.told("grants.unreadable").length, 1);
    });

    it("writes nothing as long as the source has never said anything", async () => {
        await using stage = openStage({ zones: [zone("nzo1", [A])] });
        stage.source.isBroken = true;
        await stage.clock.pass(10 * MINUTE);
        assert.equal(stage.zones.writes.length, 0);
    });

    it("goes by what an earlier process read until the source can be read", async () => {
        const stored = remembered([grant(A, 5), grant(B, 60)]);
        await using stage = openStage({ zones: [zone("nzo1", [A, B])], stored });
        stage.source.isBroken = true;
        await stage.clock.pass(5 * MINUTE);
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways),
            [[B]],
        );
    });

    it("goes by what another source said, since the memory belongs to the membership", async () => {
        const stored = remembered([grant(A), grant(B, 5)], { source: "another" });
        await using stage = openStage({ zones: [zone("nzo1", [A, B])], stored });
        stage.source.isBroken = true;
        await stage.clock.pass(5 * MINUTE);
        assert.deepEqual(
            stage.zones.writes.map(({ gateways }) => gateways),
            [[A]],
        );
    });

    it("lets nobody stay when the source has been unreadable for longer than maxStale", async () => {
        const more = { maxStaleMs: 10 * MINUTE };
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)], rules: { maxRemovals: 0 }, more });
        await stage.clock.pass(0);
        stage.source.isBroken = true;
        await stage.clock.pass(10 * MINUTE - 1);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
        await stage.clock.pass(1);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [SENTINEL]);
        stage.source.isBroken = false;
        await stage.clock.pass(MINUTE);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
    });

    it("ends grants on time while a read of the source hangs", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A, 1)] });
        await stage.clock.pass(0);
        const { read } = stage.source;
        stage.source.read = (signal) =>
            new Promise((resolve) => signal.addEventListener("abort", () => resolve(read(signal))));
        stage.reconciler.hint();
        await stage.clock.pass(MINUTE);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [SENTINEL]);
    });

    it("ends its time of leading at once though a read of the source hangs and heeds no signal", async () => {
        await using stage = openStage({ zones: EMPTY });
        stage.source.read = () => new Promise(() => {});
        await stage.clock.pass(0);
        stage.lost.abort();
        await stage.ended;
        assert.equal(stage.clock.sleepers(), 0);
    });

    it("comes back by itself after an outage of Okta, without hammering it", async () => {
        await using stage = openStage({ zones: EMPTY });
        await stage.clock.pass(10_000);
        stage.zones.isDown = true;
        stage.source.grants = [grant(A)];
        stage.reconciler.hint();
        const before = stage.zones.calls.length;
        await stage.clock.pass(30 * MINUTE);
        assert.ok(stage.zones.calls.length - before < 40, `${stage.zones.calls.length - before} calls`);
        stage.zones.isDown = false;
        await stage.clock.pass(MINUTE + 15_000);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
        assert.equal(stage.state().timing.lastError, undefined);
    });

    for (const known of ["whose zones are known", "whose zones are not known"] as const) {
        it(`compares each reading with the one before while Okta is down, for an agent ${known}`, async () => {
            const grants = [grant(A), grant(B), grant(C), grant("198.51.100.5/32", 2)];
            const stored = remembered(grants);
            const inside = [zone("nzo1", ["198.51.100.1-198.51.100.5", C])];
            const rules = { maxRemovals: 1 };
            await using stage = openStage({ zones: inside, grants, rules, stored, isStateShared: true });
            stage.zones.isDown = known === "whose zones are not known";
            await stage.clock.pass(MINUTE);
            stage.zones.isDown = true;
            // The expiry of the fourth grant cannot be written, and Okta is left alone for longer each time.
            await stage.clock.pass(5 * MINUTE);
            for (const left of [grants.slice(1, 3), grants.slice(2, 3)]) {
                stage.source.grants = left;
                stage.reconciler.hint();
                await stage.clock.pass(1000);
            }
            stage.zones.isDown = false;
            await stage.clock.pass(2 * MINUTE);
            assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [B, C]);
            assert.deepEqual(
                heldNow(stage.state()).map(({ address }) => address),
                [B],
            );
        });
    }

    it("tells of an outage of Okta once, and when it is over", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        await stage.clock.pass(MINUTE);
        stage.zones.isDown = true;
        await stage.clock.pass(10 * MINUTE);
        const message = "read nzo1: a test took Okta down [ZK103]";
        const told = stage.troubles.map((trouble) => trouble?.message);
        assert.deepEqual(told, [message]);
        stage.zones.isDown = false;
        await stage.clock.pass(5 * MINUTE);
        assert.deepEqual(stage.troubles.slice(1), [undefined]);
    });

    it("writes down how long the source could not be read, once it can be again", async () => {
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)] });
        await stage.clock.pass(MINUTE);
        stage.source.isBroken = true;
        await stage.clock.pass(5 * MINUTE);
        stage.source.isBroken = false;
        await stage.clock.pass(5 * MINUTE);
        const types = ["grants.accepted", "grants.unreadable", "grants.readable"] as const;
        assert.deepEqual(
            stage.events.map(({ type }) => type).filter((type) => (types as readonly string[]).includes(type)),
            types,
        );
        assert.deepEqual(stage.told("grants.readable"), [{ type: "grants.readable", seconds: 303 }]);
    });

    it("ends at the start with what another try would not mend", async () => {
        await using stage = openStage({ zones: EMPTY });
        stage.zones.remove("nzo1");
        await stage.clock.pass(0);
        await assert.rejects(stage.ended, { code: "zone-missing" });
    });

    it("goes on later with what another try may not mend, and says so", async () => {
        await using stage = openStage({ zones: EMPTY });
        await stage.clock.pass(10_000);
        stage.zones.fates.push({ outcome: "refused" });
        stage.source.grants = [grant(A)];
        stage.reconciler.hint();
        await stage.clock.pass(0);
        assert.equal(stage.state().timing.lastError?.code, "okta-refused");
        await stage.clock.pass(2 * MINUTE);
        assert.deepEqual(stage.zones.writes.at(-1)?.gateways, [A]);
        assert.equal(stage.state().timing.lastError, undefined);
    });

    it("ends with an error that has no code, which is a bug", async () => {
        await using stage = openStage({ zones: EMPTY });
        await stage.clock.pass(10_000);
        stage.zones.read = async () => {
            throw new TypeError("a bug");
        };
        await stage.clock.pass(MINUTE);
        await assert.rejects(stage.ended, new TypeError("a bug"));
    });

    it("writes nothing that it cannot write down before", async () => {
        const record = async () => fail("source-unreadable", "a test filled the disk");
        await using stage = openStage({ zones: EMPTY, grants: [grant(A)], more: { record } });
        await stage.clock.pass(MINUTE);
        assert.equal(stage.zones.writes.length, 0);
    });
});
