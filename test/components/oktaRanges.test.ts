import { strict as assert } from "node:assert";
import { RunError } from "@pulumi/pulumi";

import { oktaRanges } from "../../components/oktaRanges";
import { answer, serve } from "../sources/server";
import { fileOf, SNAPSHOT, snapshot, textsOf } from "../support/cells";
import { declared } from "../support/declared";

/** What the promise says where it is not kept: to be printed by Pulumi as that sentence alone. */
async function refusal(promise: Promise<unknown>): Promise<string> {
    const error = await promise.then(
        () => assert.fail("it was kept"),
        (error: Error) => error,
    );
    assert.ok(RunError.isInstance(error), error.stack);
    return error.message;
}

describe("oktaRanges", () => {
    // Pulumi's log has nowhere to go without a program.
    const inProgram = async (cells: readonly string[], from: string) =>
        (await declared(() => oktaRanges({ cells, from }))).values;

    it("gives the ranges of a cell, sorted", async () => {
        const cell = snapshot().find(({ name }) => name === "us_cell_7");
        assert.deepEqual(await inProgram(["OK7"], SNAPSHOT), textsOf(cell?.spans ?? []));
    });

    it("gives each range of several cells once", async () => {
        await using server = await serve(
            answer(200, fileOf({ us_cell_5: ["9.9.9.9/32", "1.2.3.4/32"], us_cell_1: ["1.2.3.4/32"] })),
        );
        assert.deepEqual(await inProgram(["us_cell_5", "us_cell_1"], server.url), ["1.2.3.4/32", "9.9.9.9/32"]);
    });

    it("fails where the file cannot be read, and never gives a shorter list", async () => {
        await using server = await serve(answer(200, fileOf({ us_cell_1: ["1.2.3.4/32"] }).slice(0, -5)));
        const reason = "it is not JSON, or not all of it: it may have been cut off";
        const message = await refusal(oktaRanges({ cells: ["us_cell_1"], from: server.url }));
        assert.equal(message, `oktaRanges: cannot read Okta's ranges from ${server.url}/: ${reason} [ZK405]`);
        const missing = "oktaRanges: cannot read Okta's ranges from missing.json: there is no such file [ZK405]";
        assert.equal(await refusal(oktaRanges({ cells: ["us_cell_1"], from: "missing.json" })), missing);
    });

    it("fails for a cell that is not there, and for none", async () => {
        const message = await refusal(oktaRanges({ cells: ["us_cel_7"], from: SNAPSHOT }));
        assert.match(
            message,
            /^oktaRanges: there is no cell "us_cel_7": did you mean us_cell_7\? there are apac_cell_1, /,
        );
        const none = "oktaRanges: name at least one cell, such as us_cell_7 [ZK002]";
        assert.equal(await refusal(oktaRanges({ cells: [], from: SNAPSHOT })), none);
    });
});
