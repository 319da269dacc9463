import { strict as assert } from "node:assert";

import { openGrantsInForce, type Snapshot } from "../../../src/agent/keeping/grantsInForce";
import { A, B, grant, NOW } from "../../support/grants";
import { memorySource } from "../../support/memorySource";
import { virtualClock } from "../../support/virtualClock";

const signal = new AbortController().signal;

function open() {
    const clock = virtualClock(NOW);
    const source = memorySource([grant(A)]);
    const writes: { readonly snapshot: Snapshot; readonly done: () => void; readonly fail: (why: Error) => void }[] =
        [];
    const store = {
        read: async () => undefined,
        write: (snapshot: Snapshot) => new Promise<void>((done, fail) => writes.push({ snapshot, done, fail })),
    };
    const options = { source, store, clock, record: async () => {}, pollMs: 30_000, maxStaleMs: undefined };
    return { clock, source, writes, grants: openGrantsInForce(options) };
}

describe("grants in force", () => {
    it("are kept one snapshot after the other, since the file is one, and of those that wait the latest", async () => {
        const { source, writes, grants, clock } = open();
        await grants.refresh(signal);
        source.grants = [grant(A), grant(B)];
        await grants.refresh(signal);
        source.grants = [grant(B)];
        await grants.refresh(signal);
        await clock.pass(0);
        assert.equal(writes.length, 1);
        writes[0]?.done();
        await clock.pass(0);
        assert.deepEqual(
            writes.map(({ snapshot }) => snapshot.grants),
            [[grant(A)], [grant(B)]],
        );
    });

    it("are kept with the next reading where they could not be kept before", async () => {
        const { writes, grants, clock } = open();
        await grants.refresh(signal);
        await clock.pass(0);
        writes[0]?.fail(new Error("the disk is full"));
        await grants.kept();
        assert.equal(grants.health().unkept, "the disk is full");
        await grants.refresh(signal);
        await clock.pass(0);
        writes[1]?.done();
        await grants.kept();
        assert.equal(grants.health().unkept, undefined);
    });

    it("have a new version only when the source says something else", async () => {
        const { source, grants } = open();
        await grants.refresh(signal);
        const { version } = grants;
        const before = version();
        await grants.refresh(signal);
        assert.equal(version(), before);
        source.grants = [grant(B)];
        await grants.refresh(signal);
        assert.equal(version(), before + 1);
    });

    it("are read at once after a hint, and else at the interval", async () => {
        const { clock, grants } = open();
        await grants.refresh(signal);
        assert.equal(grants.dueMs(), clock.now() + 30_000);
        grants.hint();
        assert.equal(grants.dueMs(), -Infinity);
    });

    it("wait a little longer after each failure, up to a minute", async () => {
        const { clock, source, grants } = open();
        source.isBroken = true;
        const waits: number[] = [];
        for (let count = 0; count < 8; count++) {
            await grants.refresh(signal);
            waits.push((grants.dueMs() - clock.now()) / 1000);
        }
        assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    });

    it("tell since when something new has been waiting, until it is in force", async () => {
        const { clock, source, grants } = open();
        await grants.refresh(signal);
        grants.served(grants.version());
        source.grants = [grant(B)];
        grants.hint();
        await clock.pass(50);
        await grants.refresh(signal);
        assert.equal(grants.waitingSinceMs(), NOW);
        grants.served(grants.version());
        await grants.refresh(signal);
        assert.equal(grants.waitingSinceMs(), undefined);
    });

    it("keep waiting what came while the version before was on its way", async () => {
        const { clock, source, grants } = open();
        await grants.refresh(signal);
        const version = grants.version();
        await clock.pass(20);
        source.grants = [grant(B)];
        grants.hint();
        await grants.refresh(signal);
        grants.served(version);
        assert.equal(grants.waitingSinceMs(), NOW + 20);
    });

    it("count from the hint, though the first read after it failed", async () => {
        const { clock, source, grants } = open();
        await grants.refresh(signal);
        grants.served(grants.version());
        source.isBroken = true;
        grants.hint();
        await grants.refresh(signal);
        await clock.pass(1000);
        Object.assign(source, { isBroken: false, grants: [grant(B)] });
        await grants.refresh(signal);
        assert.equal(grants.waitingSinceMs(), NOW);
    });
});
