import { strict as assert } from "node:assert";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queueFile } from "../../../src/agent/sessions/queueFile";

describe("queueFile", () => {
    it("keeps a queue for its owner alone, and says what is wrong with a file", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            const path = join(directory, "state/sessions.json");
            const file = queueFile(path, ["nzo1"]);
            assert.deepEqual(file.read(), { inside: undefined, due: [] });
            const due = { user: "ana", outAtMs: 1, login: "ana", turn: "second", atMs: 2, attempts: 0 } as const;
            await file.write({ inside: ["bob"], due: [due] });
            assert.deepEqual(queueFile(path, ["nzo1", "nzo2"]).read(), { inside: ["bob"], due: [due] });
            assert.deepEqual(queueFile(path, ["nzo2"]).read(), { inside: undefined, due: [] });
            assert.equal((await stat(path)).mode & 0o777, 0o600);
            await writeFile(path, '{"inside":["bo');
            assert.throws(() => file.read(), {
                code: "bad-input",
                message:
                    `${path} does not say whose sessions are to be ended; ` +
                    "move it away; then nobody is signed out for a grant that ended before now",
            });
            await assert.rejects(queueFile(join(path, "x"), ["nzo1"]).write({ inside: [], due: [] }), {
                code: "ledger-unwritable",
            });
        } finally {
            await rm(directory, { recursive: true });
        }
    });
});
