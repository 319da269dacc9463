import { strict as assert } from "node:assert";
import { createServer } from "node:http";

import { startEmulator } from "../../emulator/emulator";
import { SENTINEL } from "../../src/core/zones/zone";
import { openAgentScene, TOKEN } from "./agentProcess";

const ANA = "203.0.113.7";

const zone = (id: string) => ({ id, name: `Zone ${id}`, gateways: [{ type: "CIDR" as const, value: SENTINEL }] });

const documentOf = (...ids: readonly string[]) =>
    JSON.stringify({ grants: ids.map((id) => ({ id, ip: ANA, expiresAt: "2099-01-01T00:00:00Z" })) });

/** A source that takes every request and never answers one. */
async function openSilence() {
    let asked = 0;
    const server = createServer(() => void asked++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    return {
        url: `http://127.0.0.1:${port}/grants.json`,
        asked: () => asked,
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

/** Two orgs with two zones each, and an agent for memberships in them. */
async function openTwoOrgs() {
    const seed = { zones: [zone("nzo1"), zone("nzo2")] };
    const lab = await startEmulator({ idSeed: "lab", seed });
    const scene = await openAgentScene({}, seed);
    await scene.write("grants.json", documentOf());
    return {
        scene,
        lab,
        async start(memberships: readonly object[]) {
            const orgs = {
                acme: { url: scene.okta.url, apiToken: "env:ACME_TOKEN" },
                lab: { url: lab.url, apiToken: "env:LAB_TOKEN" },
            };
            const config = { orgs, memberships, listen: "127.0.0.1:0", state: "state" };
            await scene.write("several.yaml", JSON.stringify(config));
            return scene.startPlain(["--config", "several.yaml"], { ACME_TOKEN: TOKEN, LAB_TOKEN: TOKEN });
        },
        async [Symbol.asyncDispose]() {
            await scene[Symbol.asyncDispose]();
            await lab.close();
        },
    };
}

const FILE = { type: "file", path: "grants.json" };
const PAYROLL = { name: "payroll", org: "acme", zones: ["nzo1"], source: FILE };

/** A grant that comes later is written, and the agent says who is in trouble. */
async function assertKept(two: Awaited<ReturnType<typeof openTwoOrgs>>, trouble: object) {
    const agent = await two.start([{ name: "trouble", ...trouble }, PAYROLL]);
    const url = await agent.url;
    await agent.saw("grants.accepted.payroll");
    await two.scene.write("grants.json", documentOf("g-1"));
    await agent.saw("write.accepted.payroll");
    assert.deepEqual(two.scene.gateways("nzo1"), [`${ANA}/32`]);
    const ready = async (query: string) => (await fetch(`${url}/readyz${query}`)).status;
    assert.deepEqual([await ready("?membership=trouble"), await ready("?membership=payroll")], [503, 200]);
}

describe("a membership beside one that is in trouble", () => {
    it("is kept while the source of the other one, in the same org, never answers", async () => {
        await using silence = await openSilence();
        await using two = await openTwoOrgs();
        await assertKept(two, { org: "acme", zones: ["nzo2"], source: { type: "http", url: silence.url } });
        assert.ok(silence.asked() > 0);
    });

    it("is kept while the org of the other one answers 429 for ever", async () => {
        await using two = await openTwoOrgs();
        two.lab.inject({ times: 1_000_000, do: { throttle: { resetInSeconds: 60 } } });
        await assertKept(two, { org: "lab", zones: ["nzo1"], source: FILE });
        const asked = two.lab.requests.length;
        assert.ok(asked > 0 && asked < 10, `${asked} requests`);
    });

    it("is kept while Okta takes the requests for the other one's zone, and never answers", async () => {
        await using two = await openTwoOrgs();
        two.scene.okta.inject({ on: { path: "nzo2" }, times: 1_000_000, do: { delayMs: 600_000 } });
        await assertKept(two, { org: "acme", zones: ["nzo2"], source: FILE });
    });

    it("keeps its zones, and says once that it cannot be read, where a source that feeds both fails", async () => {
        await using two = await openTwoOrgs();
        await two.scene.write("grants.json", documentOf("g-1"));
        const wiki = { name: "wiki", org: "lab", zones: ["nzo2"], source: FILE };
        const agent = await two.start([PAYROLL, wiki]);
        const url = await agent.url;
        for (const name of ["payroll", "wiki"]) await agent.saw(`write.accepted.${name}`);
        const before = two.scene.okta.history.length + two.lab.history.length;
        await two.scene.write("grants.json", "{");
        for (const name of ["payroll", "wiki"]) {
            const { msg } = await agent.saw(`grants.unreadable.${name}`);
            assert.doesNotMatch(msg.trim(), /\n/);
        }
        assert.equal(two.scene.okta.history.length + two.lab.history.length, before);
        await two.scene.write("grants.json", documentOf("g-1"));
        for (const name of ["payroll", "wiki"]) await agent.saw(`grants.readable.${name}`);
        assert.equal((await fetch(`${url}/readyz`)).status, 200);
        agent.kill("SIGTERM");
        const said = (await agent.ended).stdout.split("\n").filter((line) => line.includes("grants.unreadable"));
        assert.equal(said.length, 2, said.join("\n"));
    });
});
