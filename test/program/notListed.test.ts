import { strict as assert } from "node:assert";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { PROGRAM } from "../../scripts/deploy/pulumiCli";
import { rehearsed } from "../../scripts/deploy/rehearsed";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";

const COMPONENTS = {
    IpZone: ["ipZone", '{ zoneName: "Staff" }'],
    GrantedAccess: ["grantedAccess", '{ zoneName: "Staff", source: { type: "file", path: "grants.yaml" } }'],
    RangesZone: ["rangesZone", '{ zoneName: "Staff", ranges: ["203.0.113.0/24"] }'],
    InZoneRule: ["inZoneRule", '{ zoneIds: ["nzo1"] }'],
    BlockedIpZone: ["defaultZones", '{ gateways: ["203.0.113.0/24"] }'],
} as const;

describe("a program in whose folder the package is not installed", () => {
    let scratch: string;
    let okta: Emulator;
    before(async () => {
        scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        okta = await startEmulator();
        // Not the sources: with them, the folder would be a checkout.
        const files = PROGRAM.filter((name) => !["src", "components", "index.ts"].includes(name));
        await Promise.all(files.map((name) => cp(resolve(name), join(scratch, name), { recursive: true })));
        await symlink(resolve("node_modules"), join(scratch, "node_modules"), "junction");
        await mkdir(join(scratch, "state"));
    });
    after(async () => {
        await okta?.close();
        await rm(scratch, { recursive: true, force: true });
    });

    for (const [name, [file, args]] of Object.entries(COMPONENTS)) {
        it(`is told so in one sentence without a preview, and nothing is written: ${name}`, async () => {
            const path = JSON.stringify(resolve("components", file));
            await writeFile(
                join(scratch, "index.ts"),
                `import { ${name} } from ${path};\nnew ${name}("one", ${args});\n`,
            );
            const env = sandboxEnv(process.env, "a-token-of-the-tests");
            const deployer = rehearsed({ directory: scratch, scratch: join(scratch, "state"), env });
            const config = { "okta:orgName": "dev", "okta:baseUrl": "okta.com", "okta:httpProxy": okta.url };
            const { problems } = await deployer.deploy("up", config);
            assert.equal(problems.length, 1, problems.join("\n"));
            assert.match(
                problems[0] ?? "",
                /^the package zonekeeper is not in the node_modules of .*: list it in the package\.json there, as npm install zonekeeper does \[ZK002\]$/,
            );
            assert.deepEqual(
                okta.requests.filter(({ method }) => method !== "GET"),
                [],
            );
        });
    }
});
