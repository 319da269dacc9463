import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { call, grantsOf, openScene } from "./scene";

const [A, STRANGER] = ["203.0.113.7/32", "198.51.100.66/32"];

describe("zonekeeper agent --dry-run", () => {
    it("says what the first round would do and hold, and writes nothing", async () => {
        await using scene = await openScene({ nzo1: [STRANGER] }, grantsOf({ g1: "203.0.113.7" }));
        const settings = {
            okta: { url: scene.okta.url },
            zones: ["nzo1"],
            source: { type: "file", path: "grants.yaml" },
        };
        await scene.write("agent.json", JSON.stringify(settings));
        const flags = ["--config", "agent.json", "--dry-run", "--json"];
        const { status, out } = await call(["agent", ...flags], { directory: scene.directory });
        const { zones, refused } = JSON.parse(out);
        assert.equal(status, 3);
        assert.deepEqual([zones[0].add, zones[0].remove, zones[0].written], [[A], [], false]);
        assert.deepEqual(
            refused.map(({ id }: { id: string }) => id),
            [`held ${STRANGER}`],
        );
        assert.deepEqual(scene.states("nzo1"), [[STRANGER]]);
        assert.equal(existsSync(join(scene.directory, "zonekeeper-state")), false);
    });
});
