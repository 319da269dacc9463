import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ZoneMembership, type ZoneMembershipArgs } from "../../components/zoneMembership";
import { startEmulator } from "../../emulator/emulator";
import { SENTINEL } from "../../src/core/zones/zone";
import { declared, only } from "../support/declared";
import { run } from "../support/run";
import { MEMBERSHIP } from "./types";

const SECRET = "00tHiSiSaSeCrEtToKeN_aNd-LoNg";

/** In plain Node, as `@pulumi/pulumi/cmd/dynamic-provider` reads a provider back from a state. */
const OTHER_PROCESS = `
const { text, config, inputs } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const provider = require("require-from-string")(text).handler();
(async () => {
    await provider.configure({ config: { get: (key) => config[key] } });
    const { inputs: checked } = await provider.check({}, inputs);
    const { id, outs } = await provider.create(checked);
    const { props } = await provider.read(id, outs);
    await provider.delete(id, props);
    console.log(JSON.stringify({ checked, id, live: props.entries }));
})();
`;

async function membershipOf(args: ZoneMembershipArgs, config: Readonly<Record<string, string>> = {}) {
    const { resources } = await declared(() => new ZoneMembership("staff", args).urn, { config });
    return only(resources, MEMBERSHIP);
}

describe("ZoneMembership", () => {
    const source = { type: "file", path: "grants.yaml" };

    it("passes its inputs on, and gets the rest from the provider", async () => {
        const args = { zoneIds: ["nzo1", "nzo2"], source, selector: { app: "payroll" }, maxRemovals: "50%" };
        const { __provider, ...said } = (await membershipOf(args)).inputs;
        assert.deepEqual(said, args);
    });

    it("gives what the provider came to", async () => {
        const resolved = {
            entries: {
                nzo2: { "192.0.2.0/32": {} },
                nzo1: { "203.0.113.9/32": {}, "203.0.113.7/32": { g1: "never" } },
            },
            refused: [{ id: "g1", reason: "no room" }],
            unusable: [{ id: "g2", field: "ip", reason: "is missing" }],
        };
        const { values } = await declared(
            () => {
                const args = { zoneIds: ["nzo1", "nzo2"], source };
                const { entries, gateways, refused, unusable } = new ZoneMembership("staff", args);
                return { entries, gateways, refused, unusable };
            },
            { outputs: { [MEMBERSHIP]: resolved } },
        );
        const gateways = [["203.0.113.7/32", "203.0.113.9/32"], ["192.0.2.0/32"]];
        assert.deepEqual(values, { ...resolved, gateways });
    });

    it("stores a provider that is short, always the same, and holds no secret", async () => {
        const { OKTA_API_TOKEN } = process.env;
        process.env.OKTA_API_TOKEN = SECRET;
        try {
            const config = { "okta:apiToken": SECRET };
            const first = await membershipOf({ zoneIds: ["nzo1"], source }, config);
            const second = await membershipOf({ zoneIds: ["nzo2"], source, maxRemovals: "1" });
            const text = String(first.inputs.__provider);
            assert.ok(text.length < 3200, `${text.length} characters`);
            assert.equal(second.inputs.__provider, text);
            assert.equal(JSON.stringify(first).includes(SECRET), false);
        } finally {
            delete process.env.OKTA_API_TOKEN;
            Object.assign(process.env, OKTA_API_TOKEN === undefined ? {} : { OKTA_API_TOKEN });
        }
    });

    it("stores a provider that captures nothing but its own parts", async () => {
        const text = String((await membershipOf({ zoneIds: ["nzo1"], source })).inputs.__provider);
        const captured = [...text.matchAll(/with\(\{ (.*) \}\)/g)].flatMap(([, list = ""]) => list.split(", "));
        const names = captured.map((each) => each.split(":")[0]);
        assert.deepEqual([...new Set(names)].sort(), ["arguments", "open", "provider", "this", "what"]);
    });

    it("stores a provider that does its work in another process", async () => {
        const zones = [{ id: "nzo1", name: "Staff", gateways: [{ type: "CIDR" as const, value: SENTINEL }] }];
        await using okta = await startEmulator({ seed: { zones } });
        const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            const path = join(folder, "grants.yaml");
            await writeFile(path, "grants: [{ id: g1, ip: 203.0.113.7, permanent: true }]");
            const args = { zoneIds: ["nzo1"], source: { type: "file", path } };
            const text = (await membershipOf(args)).inputs.__provider;
            const config = { "okta:httpProxy": okta.url, "okta:apiToken": SECRET };
            const input = JSON.stringify({ text, config, inputs: { ...args, __provider: text } });
            const { status, stdout, stderr } = await run(["-e", OTHER_PROCESS], { input });
            assert.deepEqual(
                { status, stderr },
                { status: 0, stderr: 'Zone "Staff": 1 gateway comes in, 0 go out, 0 stay; in: 203.0.113.7/32\n' },
            );
            const entries = { nzo1: { "203.0.113.7/32": { g1: "never" } } };
            const checked = { ...args, __provider: text, entries, refused: [], unusable: [] };
            assert.deepEqual(JSON.parse(stdout), { checked, id: "nzo1", live: entries });
            const states = okta.history.filter(({ zoneId }) => zoneId === "nzo1").map((each) => each.gateways);
            assert.deepEqual(states, [[SENTINEL], ["203.0.113.7/32"], [SENTINEL]]);
        } finally {
            await rm(folder, { recursive: true });
        }
    });
});
