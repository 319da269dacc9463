import { strict as assert } from "node:assert";

import { zoneLock } from "../../../src/okta/zones/zoneLock";
import { promised } from "../../support/fakeClock";

describe("zoneLock", () => {
    /** Work that notes when it begins and ends, and lasts until the test ends it. */
    function bench() {
        const lock = zoneLock();
        const notes: string[] = [];
        const begin = (name: string, zoneIds: readonly string[]) => {
            const { promise, resolve, reject } = promised<string>();
            const result = lock(zoneIds, async () => {
                notes.push(`${name} begins`);
                return promise.finally(() => notes.push(`${name} ends`));
            });
            return { result, end: () => resolve(name), spoil: () => reject(new Error(name)) };
        };
        return { begin, notes };
    }

    it("gives back what the work gives", async () => {
        const { begin } = bench();
        const { result, end } = begin("a", ["nzo1"]);
        end();
        assert.equal(await result, "a");
    });

    it("runs one piece of work at a time on a zone, in the order of asking", async () => {
        const { begin, notes } = bench();
        const [a, b, c] = [begin("a", ["nzo1"]), begin("b", ["nzo1"]), begin("c", ["nzo1"])];
        c.end();
        b.end();
        await everythingElse();
        assert.deepEqual(notes, ["a begins"]);
        a.end();
        await c.result;
        assert.deepEqual(notes, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    });

    it("lets work on other zones go on at the same time", async () => {
        const { begin, notes } = bench();
        const [a, b] = [begin("a", ["nzo1"]), begin("b", ["nzo2"])];
        b.end();
        await b.result;
        a.end();
        await a.result;
        assert.deepEqual(notes, ["a begins", "b begins", "b ends", "a ends"]);
    });

    it("comes to an end where sets of zones overlap in a circle", async () => {
        const { begin, notes } = bench();
        const work = [begin("a", ["nzo1", "nzo2"]), begin("b", ["nzo2", "nzo3"]), begin("c", ["nzo3", "nzo1"])];
        for (const { end } of work) end();
        assert.deepEqual(await Promise.all(work.map(({ result }) => result)), ["a", "b", "c"]);
        assert.deepEqual(notes, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    });

    it("waits for every zone of a set", async () => {
        const { begin, notes } = bench();
        const [a, b, both] = [begin("a", ["nzo1"]), begin("b", ["nzo2"]), begin("both", ["nzo1", "nzo2"])];
        a.end();
        both.end();
        await everythingElse();
        assert.deepEqual(notes, ["a begins", "b begins", "a ends"]);
        b.end();
        await both.result;
        assert.deepEqual(notes.slice(3), ["b ends", "both begins", "both ends"]);
    });

    it("reports a failure, and goes on with the next task", async () => {
        const { begin } = bench();
        const [a, b] = [begin("a", ["nzo1"]), begin("b", ["nzo1"])];
        a.spoil();
        b.end();
        await assert.rejects(a.result, { message: "a" });
        assert.equal(await b.result, "b");
    });

    it("is a lock of its own each time", async () => {
        const [a, b] = [bench().begin("a", ["nzo1"]), bench().begin("b", ["nzo1"])];
        b.end();
        assert.equal(await b.result, "b");
        a.end();
        await a.result;
    });
});

/** Resolves when everything that can go on has done so. */
function everythingElse(): Promise<void> {
    return new Promise((resolve) => {
        setImmediate(resolve);
    });
}
