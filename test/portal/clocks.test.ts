import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Change, type PortalState, TABLES } from "../../src/core/portal/state";
import { openAgentScene } from "../agent/agentProcess";
import { freePort } from "../support/freePort";
import { ACCESSES, ANA, openPortalScene, SECRET, SESSION_SECRET, seedFor } from "./scene";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const SOON = () => AbortSignal.timeout(10_000);

/** A store is written anew when it has so many lines, and two for each row. */
const LINES = 20_000;

const rowsOf = (state: PortalState) => TABLES.reduce((sum, name) => sum + state[name].size, 0);

const CLOCK = { NODE_OPTIONS: `--require ${join(__dirname, "../fixtures/clock.cjs")}` };

/** An agent tells Okta's time, whatever its host's clock says; and its portal here has the clock of the same host. */
const ROWS: Readonly<Record<string, readonly [offMs: number, reason: RegExp]>> = {
    "an hour ahead": [HOUR, /^no agent has sent a heartbeat .* is this host's clock right\?$/],
    "an hour behind": [
        -HOUR,
        /^the clock of this portal's host is 3[56]\d\d s behind that of an agent, .* time server$/,
    ],
};

describe("a clock of the portal's host that is wrong", () => {
    for (const [how, [offMs, reason]] of Object.entries(ROWS)) {
        it(`is named by readyz where it is ${how}: states are not confirmed then`, async () => {
            const port = await freePort();
            const url = `http://127.0.0.1:${port}`;
            await using scene = await openAgentScene({}, { ...seedFor(url), zones: [{ id: "nzo1", name: "Staff" }] });
            const portal = {
                url,
                listen: `127.0.0.1:${port}`,
                login: { issuer: scene.okta.url, clientId: "0oaPortal", clientSecret: "env:PORTAL_SECRET" },
                session: { secret: "env:SESSION_SECRET" },
                store: { type: "file", path: "portal.jsonl" },
                accesses: [ACCESSES[0]],
            };
            const config = { zones: ["nzo1"], source: { type: "portal" }, limits: { maxTimeToLive: "24h" } };
            const served = { ...config, listen: "127.0.0.1:0", state: "state", portal };
            await scene.write("both.yaml", JSON.stringify(served));
            const env = { ...CLOCK, CLOCK_OFF_MS: String(offMs), PORTAL_SECRET: SECRET, SESSION_SECRET };
            const agent = scene.agent("both.yaml", env);
            await agent.url;
            let reasons: readonly string[] = [];
            let awayS = 0;
            // The metric has no value before the first heartbeat.
            while (!reasons.some((each) => reason.test(each)) || Math.abs(awayS - 3600) > 60) {
                const answer = await fetch(`${url}/readyz`).catch(() => undefined);
                reasons = ((await answer?.json()) as { readonly reasons: string[] } | undefined)?.reasons ?? [];
                const metrics = (await (await fetch(`${url}/metrics`).catch(() => undefined))?.text()) ?? "";
                awayS = Number(/^zonekeeper_portal_agent_heartbeat_seconds (\S+)$/m.exec(metrics)?.[1] ?? 0);
                await setTimeout(50);
            }
            assert.equal((await fetch(`${url}/readyz`)).status, 503);
        });
    }

    it("makes it throw away no grant that lasts, where it is set a year ahead", async () => {
        await using scene = await openPortalScene();
        const ana = await scene.person(ANA);
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        scene.setAhead(366 * DAY);
        const again = await scene.person(ANA);
        const lines = (await readFile(join(scene.directory, "portal.jsonl"), "utf8")).split("\n").length;
        const note = () => ({ changes: [["used", "u", { untilMs: scene.now() }]] as Change[], result: undefined });
        const more = LINES + 2 * rowsOf(await scene.store.read(SOON())) - lines;
        await Promise.all(Array.from({ length: more }, () => scene.store.transact(note)));
        assert.ok((await scene.store.read(SOON())).grants.has(body.id));
        // The portal writes when it saw her last, and with that the whole file anew.
        for (const _ of [1, 2, 3, 4, 5]) {
            scene.pass(5 * 60_000);
            await again.go(`${scene.url}/`);
        }
        assert.ok((await readFile(join(scene.directory, "portal.jsonl"), "utf8")).split("\n").length < 1_000);
        assert.ok((await scene.store.read(SOON())).grants.has(body.id));
    });
});
