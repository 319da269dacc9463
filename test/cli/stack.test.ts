import { strict as assert } from "node:assert";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { call, grantsOf, openScene, type Scene, TOKEN } from "./scene";

const [A, OFFICE, SENTINEL] = ["203.0.113.7/32", "198.51.100.0/24", "192.0.2.0/32"];
const SETTINGS = {
    membership: "agent",
    source: { type: "file", path: "grants.yaml" },
    staticGateways: ["198.51.100.0/24"],
    deny: ["203.0.113.66"],
    maxRemovals: "1",
};

describe("a membership whose settings a stack has", () => {
    let scene: Scene;
    beforeEach(async () => {
        scene = await openScene({ nzo1: [SENTINEL, OFFICE] }, grantsOf({ g1: "203.0.113.7", g2: "203.0.113.66" }));
        await scene.write("stack.json", JSON.stringify({ zoneIds: ["nzo1"], settings: SETTINGS }));
    });
    afterEach(() => scene[Symbol.asyncDispose]());

    const sync = (...flags: string[]) =>
        call(["sync", "--okta", scene.okta.url, ...flags], { directory: scene.directory });

    it("is kept by sync with the stack's settings: no static gateway is removed", async () => {
        const { status, out } = await sync("--stack", "stack.json", "--json");
        const [zone] = JSON.parse(out).zones;
        assert.deepEqual([status, zone.gateways], [3, [OFFICE, A]]);
        assert.match(JSON.parse(out).refused[0].reason, /203\.0\.113\.66/);
    });

    it("is kept by an agent with the same stack", async () => {
        await scene.write("agent.json", JSON.stringify({ okta: { url: scene.okta.url }, stack: "stack.json" }));
        const flags = ["--config", "agent.json", "--dry-run", "--json"];
        const { out } = await call(["agent", ...flags], { directory: scene.directory });
        assert.deepEqual(JSON.parse(out).zones[0].gateways, [OFFICE, A]);
    });

    it("is asked of the Pulumi CLI by the name of the stack", async () => {
        await scene.write("grants.yaml", "grants: []");
        const outputs = JSON.stringify({ zoneIds: ["nzo1"], settings: { ...SETTINGS, deny: [] } });
        const script = `#!/bin/sh\n[ "$*" = "stack output --json --non-interactive --stack acme/zones/production" ] || exit 9\necho '${outputs}'\n`;
        await writeFile(join(scene.directory, "pulumi"), script);
        await chmod(join(scene.directory, "pulumi"), 0o755);
        const env = { OKTA_API_TOKEN: TOKEN, PATH: `${scene.directory}${delimiter}${process.env.PATH}` };
        const args = ["sync", "--okta", scene.okta.url, "--stack", "acme/zones/production", "--json"];
        const { status, out } = await call(args, { directory: scene.directory, env });
        assert.deepEqual([status, JSON.parse(out).zones[0].gateways], [0, [OFFICE]]);
    });

    const unusable: [what: string, outputs: string, says: RegExp][] = [
        ["has no outputs", "{}", /^zonekeeper: the stack stack\.json has no usable output zoneIds: run pulumi up/],
        ["has no zones", '{"zoneIds":[],"settings":{"membership":"pulumi"}}', /no usable output zoneIds/],
        ["has no settings", '{"zoneIds":["nzo1"]}', /has no usable output settings: run pulumi up in that stack/],
        ["is not JSON", "zoneIds", /^zonekeeper: the outputs of the stack stack\.json are not JSON/],
    ];
    for (const [what, outputs, says] of unusable) {
        it(`is refused in one sentence, and nothing is written, where the stack ${what}`, async () => {
            await scene.write("stack.json", outputs);
            const { status, err } = await sync("--stack", "stack.json");
            assert.equal(status, 2);
            assert.match(err.join("\n"), says);
            assert.match(err.join("\n"), /\[ZK002\]$/);
            assert.deepEqual(scene.asked(), []);
        });
    }

    it("is refused where pulumi cannot be asked", async () => {
        const env = { OKTA_API_TOKEN: TOKEN, PATH: scene.directory };
        const args = ["sync", "--okta", scene.okta.url, "--stack", "production"];
        const { status, err } = await call(args, { directory: scene.directory, env });
        assert.equal(status, 2);
        assert.match(
            err.join(),
            /cannot read the outputs of the stack production: there is no pulumi on PATH; name a file/,
        );
        assert.match((await sync("--stack", "a b")).err.join(), /"a b" is not the name of a stack/);
        assert.match((await sync("--stack", "no.json")).err.join(), /cannot read .* no\.json: ENOENT/);
    });

    for (const [flag, value] of [
        ["--zone", "nzo2"],
        ["--source", "grants.yaml"],
        ["--static", "203.0.113.9"],
        ["--deny", "203.0.113.9"],
        ["--max-removals", "off"],
    ] as const) {
        it(`is not contradicted by a flag: ${flag}`, async () => {
            const { status, err } = await sync("--stack", "stack.json", flag, value);
            assert.equal(status, 2);
            assert.match(err.join(), new RegExp(`${flag} is a setting of the stack already: leave it out`));
            assert.deepEqual(scene.asked(), []);
        });
    }

    it("is not contradicted by the configuration of an agent", async () => {
        const own = {
            okta: { url: scene.okta.url },
            stack: "stack.json",
            zones: ["nzo1"],
            limits: { deny: ["203.0.113.9"] },
        };
        await scene.write("agent.json", JSON.stringify(own));
        const { status, err } = await call(["agent", "--config", "agent.json"], { directory: scene.directory });
        assert.equal(status, 2);
        assert.match(err.join(), /zones, limits\.deny: the stack stack\.json says so already; leave them out/);
    });

    it("is compared by the doctor with the configuration of an agent", async () => {
        const check = async (limits: object, staticGateways: readonly string[]) => {
            const own = {
                okta: { url: scene.okta.url },
                zones: ["nzo1"],
                source: "grants.yaml",
                limits,
                staticGateways,
            };
            await scene.write("agent.json", JSON.stringify(own));
            const flags = ["--config", "agent.json", "--stack", "stack.json", "--json"];
            const { out } = await call(["doctor", ...flags], { directory: scene.directory });
            const { checks } = JSON.parse(out) as { checks: { code: string; status: string; detail: string }[] };
            const { status, detail } = checks.find(({ code }) => code === "ZK507") ?? assert.fail(out);
            return [status, detail];
        };
        assert.deepEqual(await check({ maxRemovals: "1", deny: ["203.0.113.66/32"] }, ["198.51.100.0/24"]), [
            "ok",
            "the agent goes by the settings of the stack stack.json",
        ]);
        assert.deepEqual(await check({ maxRemovals: "1" }, []), [
            "fail",
            "the agent and the stack stack.json differ in staticGateways, deny",
        ]);
    });
});
