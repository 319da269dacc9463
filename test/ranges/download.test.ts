import { strict as assert } from "node:assert";

import { hasCode } from "../../src/core/errors/errors";
import { downloadRanges } from "../../src/ranges/download";
import { answer, type Handler, serve } from "../sources/server";
import { fileOf } from "../support/cells";

const TEXT = fileOf({ us_cell_1: ["1.2.3.4/32"] });

async function download(handler: Handler, slept: number[] = [], timeoutMs = 60_000) {
    await using server = await serve(answer(503, "", { "retry-after": "3" }), handler);
    return await downloadRanges({
        url: server.url,
        name: "the server",
        fetch,
        sleep: async (ms) => void slept.push(ms),
        random: () => 0,
        timeoutMs,
    });
}

describe("downloadRanges", () => {
    it("gives the text as it came, with its version", async () => {
        const slept: number[] = [];
        const version = { etag: '"v2"', "last-modified": "Wed, 01 Jul 2026 10:54:14 GMT" };
        const { text, etag, lastModified } = await download(answer(200, TEXT, version), slept);
        assert.deepEqual([text, etag, lastModified], [TEXT, '"v2"', version["last-modified"]]);
        assert.deepEqual(slept, [3000]);
    });

    it("does not wait for ever", async () => {
        const handler: Handler = (_, response) => response.writeHead(200).write(TEXT.slice(0, 9));
        await assert.rejects(
            download(handler, [], 200),
            (error) =>
                hasCode(error, "ranges-unreadable") &&
                error.message ===
                    "cannot read Okta's ranges from the server: no whole answer within 0.2 s; check that this machine reaches the server, and what keeps it busy",
        );
    });
});
