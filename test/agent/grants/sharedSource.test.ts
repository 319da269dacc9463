import { strict as assert } from "node:assert";

import { shareSource } from "../../../src/agent/grants/sharedSource";
import type { Grant } from "../../../src/core/grants/grants";
import type { Reading } from "../../../src/core/grants/grantsDocument";
import { A, B, grant } from "../../support/grants";
import { virtualClock } from "../../support/virtualClock";

const NONE: Reading = { grants: [], unusable: [] };

/** A source whose reads end when the test says so. */
function open() {
    const clock = virtualClock(0);
    const reads: {
        readonly answer: (reading?: Reading) => void;
        readonly fail: () => void;
        readonly signal: AbortSignal;
    }[] = [];
    let ring = () => {};
    let watchers = 0;
    const shared = shareSource(
        {
            name: "file grants.yaml",
            read: (signal) =>
                new Promise((resolve, reject) => {
                    reads.push({
                        answer: (reading = NONE) => resolve(reading),
                        fail: () => reject(new Error("gone")),
                        signal,
                    });
                }),
            async watch(wake, signal) {
                watchers++;
                ring = wake;
                await new Promise((resolve) => signal.addEventListener("abort", resolve));
                watchers--;
            },
        },
        clock,
    );
    return { clock, reads, shared, ring: () => ring(), watchers: () => watchers };
}

const NEVER = new AbortController().signal;

describe("a source of several memberships", () => {
    it("is read once for those that ask at the same time", async () => {
        const { shared, reads } = open();
        const answers = [shared.member(), shared.member(), shared.member()].map((member) => member.read(NEVER));
        assert.equal(reads.length, 1);
        reads[0]?.answer();
        assert.deepEqual(await Promise.all(answers), [NONE, NONE, NONE]);
    });

    it("gives everybody the same list, in which each grant that did not change is the same object", async () => {
        const { shared, reads, clock } = open();
        const members = [shared.member(), shared.member()];
        const read = async (grants: readonly Grant[]) => {
            await clock.pass(5000);
            const answers = members.map((member) => member.read(NEVER));
            reads.at(-1)?.answer({ grants, unusable: [] });
            return (await Promise.all(answers)).map((each) => each.grants);
        };
        const [before] = await read([grant(A), grant(B)]);
        const [one, other] = await read([grant(A), grant(B, 30)]);
        assert.equal(one, other);
        assert.deepEqual(one, [grant(A), grant(B, 30)]);
        assert.equal(one?.[0], before?.[0]);
    });

    it("is read once for those that ask a little later", async () => {
        const { shared, reads, clock } = open();
        const [one, other] = [shared.member(), shared.member()];
        const first = one.read(NEVER);
        reads[0]?.answer();
        await first;
        await clock.pass(1000);
        assert.equal(await other.read(NEVER), NONE);
        assert.equal(reads.length, 1);
    });

    it("is read again for a caller that has had that reading, and for one that asks much later", async () => {
        const { shared, reads, clock } = open();
        const [one, other] = [shared.member(), shared.member()];
        const first = one.read(NEVER);
        reads[0]?.answer();
        await first;
        void one.read(NEVER);
        assert.equal(reads.length, 2);
        reads[1]?.answer();
        await clock.pass(10_000);
        void other.read(NEVER);
        assert.equal(reads.length, 3);
    });

    it("is read again after a hint, even while a read goes on that began before", async () => {
        const { shared, reads, ring } = open();
        const member = shared.member();
        const woken: string[] = [];
        const stop = new AbortController();
        const watching = member.watch?.(() => woken.push("woken"), stop.signal);
        void member.read(NEVER);
        ring();
        void shared.member().read(NEVER);
        assert.deepEqual([woken, reads.length], [["woken"], 2]);
        stop.abort();
        await watching;
    });

    it("wakes the others when a read succeeds after a failure", async () => {
        const { shared, reads, clock } = open();
        const [one, other] = [shared.member(), shared.member()];
        const woken: string[] = [];
        void other.watch?.(() => woken.push("woken"), NEVER);
        const failing = [one.read(NEVER), other.read(NEVER)].map((read) => read.catch(() => "failed"));
        reads[0]?.fail();
        assert.deepEqual(await Promise.all(failing), ["failed", "failed"]);
        await clock.pass(800);
        const again = one.read(NEVER);
        reads[1]?.answer();
        await again;
        assert.deepEqual(woken, ["woken"]);
        await other.read(NEVER);
        assert.equal(reads.length, 2);
    });

    it("goes on reading while somebody waits for it, and is cut off when nobody does", async () => {
        const { shared, reads } = open();
        const [one, other] = [new AbortController(), new AbortController()];
        const waits = [one, other].map(({ signal }) =>
            shared
                .member()
                .read(signal)
                .catch(() => "left"),
        );
        one.abort();
        assert.equal(reads[0]?.signal.aborted, false);
        other.abort();
        assert.equal(reads[0]?.signal.aborted, true);
        assert.deepEqual(await Promise.all(waits), ["left", "left"]);
    });

    it("is watched once, until the last one stops", async () => {
        const { shared, watchers } = open();
        const [one, other] = [new AbortController(), new AbortController()];
        const watching = [one, other].map(({ signal }) => shared.member().watch?.(() => {}, signal));
        assert.equal(watchers(), 1);
        one.abort();
        await watching[0];
        assert.equal(watchers(), 1);
        other.abort();
        await watching[1];
        assert.equal(watchers(), 0);
    });
});
