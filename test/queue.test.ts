import { strict as assert } from "node:assert";

import { openQueue } from "../src/queue";

describe("openQueue", () => {
    it("runs one piece of work at a time, in the order of the calls, also after a failure", async () => {
        const queue = openQueue();
        const log: string[] = [];
        const piece = (name: string) => async () => {
            log.push(`${name} begins`);
            await new Promise((resolve) => setImmediate(resolve));
            log.push(`${name} ends`);
            if (name === "b") throw new Error(name);
            return name;
        };
        const results = await Promise.allSettled(["a", "b", "c"].map((name) => queue(piece(name))));
        assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
        assert.deepEqual(
            results.map((result) => (result.status === "fulfilled" ? result.value : result.reason.message)),
            ["a", "b", "c"],
        );
    });
});
