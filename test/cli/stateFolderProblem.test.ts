import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";

import { call, grantsOf, openScene } from "./scene";

describe("a state folder that cannot be made", () => {
    it("ends sync with one sentence", async function () {
        if (!existsSync("/proc/self")) return this.skip();
        await using scene = await openScene({ nzo1: ["192.0.2.0/32"] }, grantsOf({ g1: "203.0.113.7" }));
        const flags = ["--zone", "nzo1", "--source", "grants.yaml", "--state", "/proc/zones/state"];
        const { status, err } = await call(["sync", ...flags, "--okta", scene.okta.url], {
            directory: scene.directory,
        });
        assert.equal(status, 2, err.join("\n"));
        assert.match(
            err.join("\n"),
            /cannot lock the folder \/proc\/zones\/state, so no zone was written: cannot make the folder \/proc\/zones: no folder can be made there .*\[ZK002\]$/,
        );
    });
});
