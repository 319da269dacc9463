import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type FakePortalOptions, openFakePortal } from "../cli/fakePortal";
import { BIN, ROOT, run } from "../support/run";

const SCRIPT = join(ROOT, "ops/github-action/session/session.cjs");
const ZONEKEEPER = `${process.execPath} ${BIN}`;

/** Runs the step, and then the post step, as GitHub's runner does: with what the step noted in its environment. */
async function job(options: FakePortalOptions) {
    await using portal = await openFakePortal(options);
    const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    try {
        const [state, output] = [join(folder, "state"), join(folder, "output")];
        const inputs = {
            INPUT_PORTAL: portal.url,
            INPUT_ACCESS: "payroll",
            INPUT_DURATION: "30m",
            INPUT_REASON: "",
            INPUT_TICKET: "INC-1",
        };
        const files = { GITHUB_STATE: state, GITHUB_OUTPUT: output };
        const env = { ...portal.env, ...inputs, ...files, INPUT_ZONEKEEPER: ZONEKEEPER };
        const step = await run([SCRIPT], { env });
        const noted = await linesOf(state);
        const kept = Object.fromEntries(
            noted.map((line) => [`STATE_${line.split("=")[0]}`, line.replace(/^\w+=/, "")]),
        );
        const post = await run([SCRIPT], { env: { ...env, ...kept } });
        return { step, post, outputs: await linesOf(output), calls: portal.calls(), asked: portal.asked };
    } finally {
        await rm(folder, { recursive: true });
    }
}

async function linesOf(file: string): Promise<string[]> {
    const text = await readFile(file, "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
}

describe("the GitHub Action", () => {
    it("grants in its step once Okta has it, sets its outputs, and revokes in its post step", async () => {
        const { step, post, outputs, calls, asked } = await job({});
        assert.deepEqual([step.status, post.status], [0, 0], step.stderr + post.stderr);
        assert.match(step.stdout, /^payroll from 203\.0\.113\.7 until /);
        assert.deepEqual(JSON.parse(asked[0]?.body ?? ""), { access: "payroll", duration: "30m", ticket: "INC-1" });
        assert.equal(outputs[0], "grant=g-1");
        assert.equal(calls.at(-1), "DELETE /api/v1/grants/g-1");
        assert.equal(post.stdout, "revoked g-1\n");
    });

    it("fails its step where the agent refuses the grant, and gives it back", async () => {
        const { step, calls } = await job({ state: "refused" });
        assert.equal(step.status, 1);
        assert.match(step.stdout, /::error::the grant is refused/);
        assert.equal(calls.at(-1), "DELETE /api/v1/grants/g-1");
    });

    it("fails no job whose grant cannot be revoked: it ends by itself", async () => {
        const { post } = await job({ failures: 9 });
        assert.equal(post.status, 0);
        assert.match(post.stdout, /^::warning::the grant g-1 was not revoked and ends by itself/);
    });
});
