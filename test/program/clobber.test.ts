import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { up } from "../../rehearsal/engine";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";
import { permanent } from "../support/stacks";

/**
 * Why Pulumi.yaml asks for a refresh. The Okta provider writes a zone with the
 * gateways of the state, and those are the sentinel's for as long as nobody reads.
 */
describe("a new name of the zone", () => {
    let scratch: string;
    let okta: Emulator;

    before(async () => {
        scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        okta = await startEmulator();
        await writeFile(join(scratch, "grants.json"), JSON.stringify({ grants: [permanent("203.0.113.7")] }));
    });
    after(async () => {
        await okta.close();
        await rm(scratch, { recursive: true });
    });

    /** The states of the zone that a deployment with this name leads to. */
    async function states(zoneName: string, refresh: boolean): Promise<(readonly string[])[]> {
        const since = okta.history.length;
        const { problems } = await up({
            directory: resolve(__dirname, "../.."),
            stack: "dev",
            config: {
                "okta:httpProxy": okta.url,
                "zonekeeper:zoneName": zoneName,
                "zonekeeper:source": JSON.stringify({ type: "file", path: join(scratch, "grants.json") }),
            },
            env: sandboxEnv(process.env, "a-token-of-the-tests"),
            statePath: join(scratch, "state.json"),
            refresh,
        });
        assert.deepEqual(problems, []);
        return okta.history.slice(since).map(({ gateways }) => gateways);
    }

    const [SENTINEL, GRANTED] = [["192.0.2.0/32"], ["203.0.113.7/32"]];

    it("evicts everybody for a moment where there is no refresh", async function () {
        this.timeout(60_000);
        await states("First", false);
        assert.deepEqual(await states("Second", false), [SENTINEL, SENTINEL, GRANTED]);
    });

    it("evicts nobody with the refresh", async function () {
        this.timeout(60_000);
        assert.deepEqual(await states("Third", true), [GRANTED, GRANTED]);
    });
});
