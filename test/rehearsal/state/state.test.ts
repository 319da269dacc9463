import { strict as assert } from "node:assert";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { lockState } from "../../../rehearsal/state/lock";
import { readState } from "../../../rehearsal/state/state";
import { secret } from "../../../rehearsal/values/values";
import { existing } from "../stage";

describe("readState", () => {
    let folder: string;
    let path: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "rehearsal-"));
        path = join(folder, "deep", "dev.json");
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("begins empty where there is no file", async () => {
        assert.deepEqual((await readState(path, "dev", undefined)).resources, []);
    });

    it("gives back what was written, in a file for its owner alone and nothing beside it", async () => {
        const resources = [existing("staff", { gateways: ["a"] })];
        await (await readState(path, "dev", undefined)).write(resources);
        assert.deepEqual((await readState(path, "dev", undefined)).resources, resources);
        assert.equal((await stat(path)).mode & 0o777, 0o600);
        assert.deepEqual(await readdir(join(folder, "deep")), ["dev.json"]);
    });

    it("encrypts secrets, and gives them back to who has the passphrase", async () => {
        const resources = [
            existing("staff", { token: secret({ inner: "s3cret-text" }), list: [secret("s3cret-text")] }),
        ];
        await (await readState(path, "dev", "open sesame")).write(resources);
        assert.doesNotMatch(await readFile(path, "utf8"), /s3cret-text|inner/);
        assert.deepEqual((await readState(path, "dev", "open sesame")).resources, resources);
    });

    it("says what to set when there is a secret and no passphrase", async () => {
        const file = await readState(path, "dev", undefined);
        const lacks = {
            code: "bad-input",
            message: "the state holds secrets: set PULUMI_CONFIG_PASSPHRASE to encrypt them",
        };
        assert.throws(() => file.admit({ token: secret("a") }), lacks);
        assert.doesNotThrow(() => file.admit({ token: "a" }));
        await assert.rejects(file.write([existing("staff", { token: secret("a") })]), lacks);
    });

    it("refuses another passphrase than the one that encrypted it", async () => {
        await (await readState(path, "dev", "one")).write([existing("staff", { token: secret("a") })]);
        await assert.rejects(readState(path, "dev", "two"), {
            code: "bad-input",
            message: "the passphrase is not the one that the state's secrets were encrypted with",
        });
    });

    it("refuses what is no state, or the state of another stack", async () => {
        await (await readState(path, "dev", undefined)).write([]);
        await assert.rejects(readState(path, "prod", undefined), {
            message: `${path} is the state of stack dev, not of prod`,
        });
        for (const text of ["", "[]", '{"rehearsal":2}', '{"rehearsal":1,"stack":"dev","salt":"","resources":[{}]}']) {
            await writeFile(path, text);
            await assert.rejects(readState(path, "dev", undefined), {
                code: "bad-input",
                message: `${path} is not the state of a rehearsal`,
            });
        }
    });
});

describe("lockState", () => {
    let folder: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "rehearsal-"));
    });
    after(() => rm(folder, { recursive: true }));

    it("admits one at a time", async () => {
        const path = join(folder, "dev.json");
        const unlock = await lockState(path);
        await assert.rejects(lockState(path), {
            code: "bad-input",
            message: `process ${process.pid} is rehearsing with the state ${path}; wait for it`,
        });
        await unlock();
        await (await lockState(path))();
        assert.deepEqual(await readdir(folder), []);
    });

    it("takes over from a process that is gone", async () => {
        const path = join(folder, "left.json");
        // No process has this id: it is beyond the largest that Linux gives.
        await writeFile(`${path}.lock`, "4194305");
        await (await lockState(path))();
    });
});
