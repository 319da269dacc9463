import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openSource } from "../../src/sources/open";
import { parseSourceSpec } from "../../src/sources/spec";
import { A, grant } from "../support/grants";
import { documentOf } from "../support/grantsDocument";
import { answer, serve } from "./server";

const signal = new AbortController().signal;

describe("openSource", () => {
    let directory: string;

    before(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        await writeFile(join(directory, "grants.json"), JSON.stringify(documentOf([grant(A)])));
        await writeFile(join(directory, "token"), "from a file\n".replaceAll(" ", "-"));
    });
    after(() => rm(directory, { recursive: true }));

    const open = (value: unknown) =>
        openSource(parseSourceSpec(value), {
            directory,
            env: { TOKEN: "from-the-environment" },
            fetch,
            sleep: async () => {},
            random: () => 0,
            limits: { widestPrefix: 24 },
        });

    it("opens a file in the directory", async () => {
        const source = open("grants.json");
        assert.equal(source.name, "file grants.json");
        assert.deepEqual(await source.read(signal), { grants: [grant(A)], unusable: [] });
    });

    for (const [token, authorization] of [
        ["env:TOKEN", "Bearer from-the-environment"],
        ["file:token", "Bearer from-a-file"],
        [undefined, undefined],
    ] as const) {
        it(`opens a URL with ${token ?? "no token"}`, async () => {
            await using server = await serve(answer(200, documentOf([grant(A)])));
            const source = open({ type: "http", url: server.url, token });
            assert.deepEqual(await source.read(signal), { grants: [grant(A)], unusable: [] });
            assert.equal(server.asked[0]?.authorization, authorization);
        });
    }

    it("misses a token at once", () => {
        assert.throws(() => open({ type: "https", url: "https://example.com/", token: "env:OTHER" }), {
            code: "bad-input",
            message: "the environment variable OTHER, which should hold a secret, is not set",
        });
    });
});
