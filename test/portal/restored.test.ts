import { strict as assert } from "node:assert";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";

import { systemClock } from "../../src/clock";
import { acceptStore } from "../../src/portal/acceptStore";
import { ANA, openPortalScene } from "./scene";

describe("a portal whose store was restored in place", () => {
    it("answers 503 until somebody accepts it, and then goes on without a restart", async () => {
        await using scene = await openPortalScene();
        const [file, backup] = ["portal.jsonl", "backup.jsonl"].map((name) => join(scene.directory, name)) as [
            string,
            string,
        ];
        const ana = await scene.person(ANA);
        const { body: grant } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await copyFile(file, backup);
        await scene.api(ana, "DELETE", `/api/v1/grants/${grant.id}`);
        scene.pass(2_000);
        await scene.api(ana, "GET", "/api/v1/me");
        await copyFile(backup, file);

        const me = await scene.api(ana, "GET", "/api/v1/me");
        assert.deepEqual([me.status, me.body.code], [503, "ZK809"]);
        const ready = await fetch(`${scene.url}/readyz`);
        assert.equal(ready.status, 503);
        assert.match(await ready.text(), /it has lost its lines \d+ to \d+; nothing of it counts.*--accept-store/);

        const { directory } = scene;
        const clock = { ...systemClock, now: scene.now };
        const accepted = await acceptStore({ config: "portal.yaml", directory, env: {}, clock });
        assert.deepEqual([accepted.grants, accepted.ended], [0, 1]);
        assert.equal((await scene.api(ana, "GET", "/api/v1/me")).status, 401, "everybody signs in again");
        const again = await scene.person(ANA);
        const { body } = await scene.api(again, "GET", "/api/v1/grants");
        assert.deepEqual(
            body.grants.map(({ id, state }: { id: string; state: string }) => [id, state]),
            [[grant.id, "ended"]],
        );
        assert.equal((await scene.api(again, "POST", "/api/v1/grants", { access: "payroll" })).status, 201);
    });
});
