import { strict as assert } from "node:assert";
import { copyFile, mkdtemp, readdir, readFile, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
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
        assert.doesNotMatch(String(me.body.detail), /portal\.jsonl/);
        assert.doesNotMatch(scene.log.join(""), /portal\.jsonl: (file )?\S*portal\.jsonl/, "a name is said once");
        assert.equal((await scene.api(ana, "GET", "/api/v1/me")).status, 401, "everybody signs in again");
        const again = await scene.person(ANA);
        const { body } = await scene.api(again, "GET", "/api/v1/grants");
        assert.deepEqual(
            body.grants.map(({ id, state }: { id: string; state: string }) => [id, state]),
            [[grant.id, "ended"]],
        );
        assert.equal((await scene.api(again, "POST", "/api/v1/grants", { access: "payroll" })).status, 201);
        assert.equal((await acceptedIn(directory)).length, 1, "the running portal tells it in its ledger");
    });

    it("tells it in the ledger of a portal that does not run, and once", async () => {
        const scene = await openPortalScene();
        const [{ directory }, clock] = [scene, { ...systemClock, now: scene.now }];
        await scene.person(ANA);
        await scene.stop();
        await unlink(join(directory, "portal.jsonl"));

        await acceptStore({ config: "portal.yaml", directory, env: {}, clock });
        assert.match(String((await acceptedIn(directory))[0]?.why), /portal\.jsonl, with 0 live grants; 0 stay ended/);
        const memory = JSON.parse(await readFile(join(directory, "zonekeeper-portal", "portal-store.json"), "utf8"));
        assert.ok(memory.mark.acceptedAtMs > 0, "the portal does not tell it again when it starts");
        await scene[Symbol.asyncDispose]();
    });

    it("refuses in a folder where there is no store, and leaves nothing there", async () => {
        await using scene = await openPortalScene();
        const elsewhere = await mkdtemp(join(tmpdir(), "zonekeeper-elsewhere-"));
        await copyFile(join(scene.directory, "portal.yaml"), join(elsewhere, "portal.yaml"));
        const accepting = acceptStore({ config: "portal.yaml", directory: elsewhere, env: {}, clock: systemClock });
        await assert.rejects(accepting, {
            code: "bad-input",
            message: `file ${join(elsewhere, "portal.jsonl")}: it is not there or empty, and no portal of this state folder has read it before: there is nothing to accept. Paths of the configuration are relative to the folder in which the portal runs: run this there`,
        });
        assert.deepEqual(await readdir(elsewhere), ["portal.yaml"]);
        await rm(elsewhere, { recursive: true });
    });
});

async function acceptedIn(directory: string): Promise<readonly { readonly type: string; readonly why: string }[]> {
    const folder = join(directory, "zonekeeper-portal", "ledger");
    const files = (await readdir(folder)).filter((name) => name.endsWith(".jsonl"));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
    const lines = texts.flatMap((text) => text.trim().split("\n"));
    return lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "portal.store-accepted");
}
