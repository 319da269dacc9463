import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { startPolicyPack } from "../../../scripts/deploy/policyPack";
import { PROGRAM } from "../program";
import { PEERS, packed, RELEASE } from "./packed";

const SHARED = { strict: true, noEmit: true, forceConsistentCasingInFileNames: true, experimentalDecorators: true };

/** What `pulumi new typescript` writes, since March 2026 and before, and two more. None has skipLibCheck. */
const TSCONFIGS: Readonly<Record<string, object>> = {
    nodenext: { ...SHARED, target: "es2022", module: "nodenext", moduleResolution: "nodenext" },
    "commonjs, es2020, node": { ...SHARED, target: "es2020", module: "commonjs", moduleResolution: "node" },
    node16: { ...SHARED, target: "es2022", module: "node16", moduleResolution: "node16" },
    bundler: { ...SHARED, target: "es2022", module: "esnext", moduleResolution: "bundler" },
};

const MOCKED = `
const assert = require("node:assert/strict");
const pulumi = require("@pulumi/pulumi");
test("a zone begins with the sentinel", async () => {
    const declared = [];
    await pulumi.runtime.setMocks({
        newResource: (args) => (declared.push(args), { id: args.name, state: args.inputs }),
        call: ({ inputs }) => inputs,
    });
    const { GrantedAccess } = require("zonekeeper/pulumi");
    const staff = new GrantedAccess("staff", { zoneName: "Staff", source: { type: "file", path: "grants.yaml" } });
    await new Promise((resolve) => pulumi.all([staff.zoneIds, staff.ruleId]).apply(resolve));
    const [zone] = declared.filter(({ type }) => type === "okta:network/zone:Zone");
    assert.deepEqual(zone.inputs.gateways, ["192.0.2.0/32"]);
});
`;

describe("programs with the package", () => {
    let folder: string;
    before(() => {
        folder = join(dirname(packed().tarball), "programs");
        mkdirSync(folder);
        writeFileSync(join(folder, "package.json"), '{ "name": "mine", "version": "1.0.0", "private": true }');
        const tools = [
            "typescript@^5",
            "@types/node@^22",
            "mocha@^11",
            "vitest@^3",
            "ts-jest@^29",
            "jest@^29",
            "@types/jest@^29",
        ];
        const args = ["install", packed().tarball, ...PEERS, ...tools, "--no-audit", "--no-fund", "--loglevel=error"];
        execFileSync("npm", args, { cwd: folder, stdio: "ignore", env: RELEASE });
    });

    const run = (name: string, ...args: string[]) => {
        const bin = join(folder, "node_modules", ".bin", name);
        execFileSync(bin, args, { cwd: folder, encoding: "utf8", env: RELEASE, stdio: "pipe" });
    };

    for (const [what, compilerOptions] of Object.entries(TSCONFIGS)) {
        it(`compile with ${what}`, () => {
            // The types of @pulumi/policy 1.21 do not pass without skipLibCheck; ours do not need them.
            writeFileSync(join(folder, "index.ts"), PROGRAM);
            writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
            run("tsc", "--project", "tsconfig.json");
        });
    }

    it("are tested with mocks under mocha", () => {
        writeFileSync(join(folder, "mocha.cjs"), `const { it: test } = require("mocha");\n${MOCKED}`);
        run("mocha", "--timeout", "60000", "mocha.cjs");
    });

    it("are tested with mocks under vitest", () => {
        const imports = 'import { createRequire } from "node:module";\nimport { test } from "vitest";\n';
        const esm = `${imports}import * as zonekeeper from "zonekeeper";\nconst require = createRequire(import.meta.url);\n`;
        const all = `${esm}${MOCKED}\ntest("ESM", () => assert.equal(typeof zonekeeper.explainChain, "function"));\n`;
        writeFileSync(join(folder, "zone.vitest.mjs"), all);
        writeFileSync(
            join(folder, "vitest.config.mjs"),
            'export default { test: { include: ["*.vitest.mjs"], testTimeout: 60000 } };\n',
        );
        run("vitest", "run");
    });

    it("are tested with mocks under ts-jest", () => {
        const typed = MOCKED.replace("const declared = [];", "const declared: any[] = [];")
            .replace("(args) => (", "(args: any) => (")
            .replace("({ inputs }) => inputs", "({ inputs }: any) => inputs");
        writeFileSync(join(folder, "zone.jest.ts"), typed);
        const config = {
            preset: "ts-jest",
            testMatch: ["**/*.jest.ts"],
            testPathIgnorePatterns: ["/node_modules/"],
            testTimeout: 60000,
        };
        writeFileSync(join(folder, "jest.config.json"), JSON.stringify(config));
        const compilerOptions = { module: "commonjs", target: "es2020", esModuleInterop: true, strict: true };
        writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["zone.jest.ts"] }));
        run("jest", "--config", "jest.config.json");
    });

    it("are judged by the ready policy pack", async () => {
        const directory = join(folder, "node_modules/zonekeeper/policy-pack");
        await using pack = await startPolicyPack({ directory, project: "mine", stack: "dev", env: RELEASE });
        assert.ok(pack.policies.includes("zone-without-stack-name"), pack.policies.join());
        const name = "okta:network/zone:Zone";
        const inputs = { name: "Staff (dev)", type: "IP", usage: "POLICY", gateways: ["0.0.0.0/0"] };
        const found = await pack.judge({
            urn: `urn:pulumi:dev::mine::${name}::staff`,
            type: name,
            name: "staff",
            inputs,
        });
        assert.deepEqual(
            found.map(({ policy }) => policy),
            ["gateway-too-wide"],
        );
    });

    it("begin as the template that zonekeeper init writes", () => {
        run("zonekeeper", "init", "template", "--template", "pulumi");
        const inside = { cwd: join(folder, "template"), env: RELEASE, stdio: "pipe" } as const;
        execFileSync("npm", ["install", packed().tarball, "--no-audit", "--no-fund", "--loglevel=error"], inside);
        execFileSync("npm", ["test", "--silent"], inside);
    });
});
