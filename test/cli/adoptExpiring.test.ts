import { strict as assert } from "node:assert";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { call, openScene, type Scene, TOKEN } from "./scene";

const [GRANTED, NOBODYS, WIDE] = ["203.0.113.1/32", "203.0.113.9/32", "198.51.0.0/20"];

describe("zonekeeper adopt --expire-in", () => {
    let scene: Scene;
    beforeEach(async () => {
        const grants = '{"grants":[{"id":"a","ip":"203.0.113.1","permanent":true,"labels":{"app":"pay"}}]}';
        scene = await openScene({ nzo1: [WIDE, GRANTED, NOBODYS] }, grants);
    });
    afterEach(() => scene[Symbol.asyncDispose]());

    const adopt = (flags: readonly string[], env: Readonly<Record<string, string>> = { OKTA_API_TOKEN: TOKEN }) =>
        call(["adopt", "nzo1", "--okta", scene.okta.url, ...flags], { directory: scene.directory, env });

    it("makes ending grants of entries without a grant, except of those that no grant may have", async () => {
        const before = Date.now();
        const { status, out } = await adopt(["--source", "grants.yaml", "--expire-in", "8h", "--selector", "app=pay"]);
        const [, line = ""] = /^First put these grants, which end, into grants\.yaml: .*\n {2}- (.*)$/m.exec(out) ?? [];
        const { expiresAt, ...grant } = JSON.parse(line);
        const reason = "was in the zone when it was adopted";
        assert.deepEqual(grant, { id: "adopted-203-0-113-9", ip: "203.0.113.9", reason, labels: { app: "pay" } });
        assert.ok(
            Date.parse(expiresAt) >= before + 7.99 * 3_600_000 && Date.parse(expiresAt) <= Date.now() + 8 * 3_600_000,
        );
        assert.match(out, /203\.0\.113\.9\/32 +stays: granted by adopted-203-0-113-9/);
        assert.match(out, new RegExp(`zonekeeper:staticGateways ${WIDE}$`, "m"));
        assert.equal(status, 0);
        assert.deepEqual(scene.states("nzo1").length, 1);
    });

    it("evicts nobody, once its grants are in the document", async () => {
        const { out } = await adopt(["--source", "grants.yaml", "--expire-in", "90m"]);
        const written = [...out.matchAll(/^ {2}- (\{.*\})$/gm)].map(([, json = ""]) => JSON.parse(json));
        await scene.write(
            "grants.yaml",
            JSON.stringify({ grants: [{ id: "a", ip: "203.0.113.1", permanent: true }, ...written] }),
        );
        const { status } = await scene.sync(["--static", WIDE, "--check"]);
        assert.equal(status, 0);
    });

    for (const [flags, says] of [
        [["--expire-in", "8h"], /--expire-in needs --source/],
        [["--source", "grants.yaml", "--expire-in", "8"], /--expire-in "8" is not a time such as 90m, 8h or 7d/],
        [["--source", "grants.yaml", "--expire-in", "0h"], /--expire-in "0h" is not a time/],
    ] as const) {
        it(`refuses ${flags.join(" ")}`, async () => {
            const { status, err } = await adopt(flags);
            assert.equal(status, 2);
            assert.match(err.join(), says);
        });
    }

    it("is for the stack that is selected, where none is named", async () => {
        const script = '#!/bin/sh\n[ "$*" = "stack --show-name --non-interactive" ] && echo production\n';
        await writeFile(join(scene.directory, "pulumi"), script);
        await chmod(join(scene.directory, "pulumi"), 0o755);
        const env = { OKTA_API_TOKEN: TOKEN, PATH: `${scene.directory}${delimiter}${process.env.PATH}` };
        assert.match((await adopt([], env)).out, /pulumi up --stack production$/m);
        assert.match((await adopt(["--stack", "dev"], env)).out, /pulumi up --stack dev$/m);
        assert.match((await adopt([])).out, /pulumi up --stack dev$/m);
    });
});
