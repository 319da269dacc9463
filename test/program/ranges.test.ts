import { strict as assert } from "node:assert";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import type { Deployer, Operation } from "../../scripts/deploy/deployer";
import { rehearsed } from "../../scripts/deploy/rehearsed";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";
import { answer, type Handler, serve } from "../sources/server";
import { addresses, fileOf, SNAPSHOT, snapshot, textsOf } from "../support/cells";
import { processes } from "../support/processes";

const root = resolve(__dirname, "../..");

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";

import { oktaRanges } from "./components/oktaRanges";
import { RangesZone } from "./components/rangesZone";

const config = new pulumi.Config();
const ranges = oktaRanges({ cells: ["OK7"], from: config.require("from") });
const okta = new RangesZone("okta", { zoneName: "Okta", ranges, shards: config.requireNumber("shards") });
export const gateways = okta.gateways;
`;

describe("a program with Okta's ranges, by the rehearsal engine", () => {
    let okta: Emulator;
    let server: Awaited<ReturnType<typeof serve>>;
    let handler: Handler;
    let scratch: string;
    let deployer: Deployer;

    before(async function () {
        if (process.platform === "win32") this.skip();
        okta = await startEmulator();
        server = await serve((request, response) => handler(request, response));
        scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        const directory = join(scratch, "program");
        for (const file of [
            "Pulumi.yaml",
            "preload.cjs",
            "lazyModules.cjs",
            "sparedStacks.cjs",
            "tsx.cjs",
            "package.json",
        ])
            await cp(join(root, file), join(directory, file));
        for (const folder of ["components", "src", "node_modules"])
            await symlink(join(root, folder), join(directory, folder));
        await writeFile(join(directory, "index.ts"), PROGRAM);
        const env = sandboxEnv(process.env, "a-token-of-the-tests");
        deployer = rehearsed({ directory, scratch, env, startChild: processes.start });
    });
    after(async () => {
        await okta?.close();
        await server?.[Symbol.asyncDispose]();
        if (scratch !== undefined) await rm(scratch, { recursive: true });
    });

    function deploy(operation: Operation, shards: number, from = `${server.url}/ip_ranges.json`) {
        return deployer.deploy(operation, {
            "okta:orgName": "dev",
            "okta:baseUrl": "okta.com",
            "okta:httpProxy": okta.url,
            "zonekeeper:from": from,
            "zonekeeper:shards": String(shards),
        });
    }

    /** The gateways of each zone, in the order in which the zones were made. */
    const live = () => {
        const latest = new Map(okta.history.map(({ zoneId, gateways }) => [zoneId, gateways]));
        return [...okta.org.zones.values()].filter(({ system }) => !system).map(({ id }) => latest.get(id) ?? []);
    };
    const writes = () => okta.requests.filter(({ method }) => method !== "GET").length;

    it("does not begin where the ranges have no room, and says how many zones it takes", async () => {
        const { problems } = await deploy("up", 2, SNAPSHOT);
        const says =
            "422 ranges are too many: 2 zones have room for 300, and 122 of them find none, such as 98.90.77.83/32";
        assert.deepEqual(problems, [
            `pulumi-nodejs:dynamic/zonekeeper:ZoneMembership "okta": ${says}; set shards: 3 [ZK002]`,
        ]);
    });

    it("holds all of a cell in three zones", async () => {
        const { problems } = await deploy("up", 3, SNAPSHOT);
        assert.deepEqual(problems, []);
        assert.deepEqual(
            live().map(({ length }) => length),
            [150, 150, 122],
        );
    });

    it("changes nothing where the download fails, and says so in a preview and in an up", async () => {
        handler = answer(200, "<html>Sign in to the guest network</html>");
        const [before, count] = [live(), writes()];
        for (const operation of ["preview", "up"] as const) {
            const { problems } = await deploy(operation, 3);
            const reason = "it is HTML or XML, not JSON: is this the right address?";
            const says = `oktaRanges: cannot read Okta's ranges from ${server.url}/ip_ranges.json: ${reason}`;
            assert.ok(problems.join("\n").includes(says), problems.join("\n"));
        }
        assert.deepEqual([live(), writes()], [before, count]);
    });

    it("changes nothing where the file lost more than half of the cell", async () => {
        handler = answer(200, fileOf({ us_cell_7: addresses(20) }));
        const count = writes();
        const { problems } = await deploy("up", 3);
        assert.match(problems.join("\n"), /the ranges look cut: the list lost \d+ of its \d+ addresses/);
        assert.equal(writes(), count);
    });

    it("writes the zones that a new file is about, and moves nothing", async () => {
        const cell = snapshot().find(({ name }) => name === "us_cell_7");
        const kept = textsOf(cell?.spans ?? []).slice(1);
        handler = answer(200, fileOf({ us_cell_7: [...kept, "203.0.113.99/32"] }));
        const before = live();
        const { problems } = await deploy("up", 3);
        assert.deepEqual(problems, []);
        const [first = [], ...others] = live();
        assert.deepEqual(others, before.slice(1));
        assert.deepEqual(
            first.filter((range) => !before[0]?.includes(range)),
            ["203.0.113.99/32"],
        );
        assert.equal(first.length, 150);
    });
});
