import { strict as assert } from "node:assert";
import { exec } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { GrantedAccess } from "../../components/grantedAccess";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import { cliHome } from "../../scripts/deploy/cliHome";
import { PASSPHRASE } from "../../scripts/deploy/deployer";
import { pulumiCli } from "../../scripts/deploy/pulumiCli";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";
import { importFile } from "../../src/core/adopting/adoptImport";
import { declared } from "../support/declared";
import { ROOT } from "../support/run";
import { permanent, whyNot } from "../support/stacks";

const ID = "nzoMadeByHand0000001";

/** As people and Knocknoc leave it: spellings of all kinds, host bits, the sentinel, and a name that a shell would read. */
const GATEWAYS = [
    { type: "RANGE" as const, value: "203.0.113.7-203.0.113.7" },
    { type: "CIDR" as const, value: "198.51.100.77/24" },
    { type: "RANGE" as const, value: "203.0.113.100-203.0.113.120" },
    { type: "CIDR" as const, value: "203.0.113.9/32" },
];
const PROXIES = [
    { type: "CIDR" as const, value: "10.1.2.3/16" },
    { type: "RANGE" as const, value: "10.2.0.1-10.2.0.1" },
];
const NAME = "Ana's $HOME zone";
const [STORED_GATEWAYS, STORED_PROXIES] = [GATEWAYS, PROXIES].map((list) => list.map(({ value }) => value));

describe("the import file of zonekeeper adopt", () => {
    it("has the zone where the program declares it", async () => {
        const source = { type: "file", path: "grants.yaml" };
        const { resources } = await declared(() => void new GrantedAccess("staff", { zoneName: "Staff", source }));
        const wanted = new Map(resources.map(({ type, name, options }) => [type, { name, parent: options.parent }]));
        const { resources: imported } = importFile({ zoneId: "nzo1", name: "staff", version: "7.0.0" });
        assert.equal(imported.length, 4);
        for (const { type, name, logicalName = name, parent } of imported) {
            const outer = imported.find((each) => each.name === parent);
            const { name: declaredName, parent: declaredParent } = wanted.get(type) ?? {};
            assert.equal(logicalName, declaredName);
            if (outer === undefined) assert.match(declaredParent ?? "pulumi:pulumi:Stack", /^pulumi:pulumi:Stack/);
            else assert.equal(declaredParent, `${outer.type} ${outer.logicalName}`);
        }
    });
});

describe("a zone that is adopted, by pulumi", () => {
    let scratch: string;
    let okta: Emulator;
    let shell: (command: string) => Promise<string>;
    let said: string;

    before(async function () {
        if ((await whyNot("pulumi")) !== undefined) this.skip();
        scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        okta = await startEmulator({ seed: { zones: [{ id: ID, name: NAME, gateways: GATEWAYS, proxies: PROXIES }] } });
        shell = await openShell(scratch);
        await grant("203.0.113.7", "203.0.113.9");
    });
    after(async () => {
        await okta?.close();
        if (scratch !== undefined) await rm(scratch, { recursive: true });
    });

    const grant = (...ips: string[]) =>
        writeFile(join(scratch, "program", "grants.yaml"), JSON.stringify({ grants: ips.map(permanent) }));
    const states = () => okta.history.filter(({ zoneId }) => zoneId === ID);
    const written = () => okta.requests.filter(({ method }) => method !== "GET").map(({ path }) => path);

    it("is looked at, and imported, by the commands that are printed, without a write", async () => {
        await shell(`pulumi config set okta:httpProxy ${okta.url}`);
        said = await shell(`npx zonekeeper adopt ${ID} --source grants.yaml --okta ${okta.url}`);
        const commands = said.split("\n").filter((line) => /^ {2}(pulumi (config|import)|npx) /.test(line));
        assert.equal(commands.length, 7);
        for (const command of commands) await shell(command);
        assert.deepEqual(written(), []);
    });

    it("keeps every address, its name, its proxies and its id at every moment of its first deployment", async () => {
        await shell("pulumi up --stack dev --yes --skip-preview");
        assert.deepEqual(
            states().map(({ name, gateways, proxies, status, gone }) => ({ name, gateways, proxies, status, gone })),
            [
                {
                    name: NAME,
                    gateways: STORED_GATEWAYS,
                    proxies: STORED_PROXIES,
                    status: "ACTIVE",
                    gone: undefined,
                },
            ],
        );
        assert.deepEqual(
            written().filter((path) => path.includes("/zones")),
            [],
        );
        assert.deepEqual(JSON.parse(await shell("pulumi stack output zoneIds --json")), [ID]);
    });

    it("comes to rest", async () => {
        const before = written();
        await shell("pulumi up --stack dev --yes --skip-preview --expect-no-changes");
        assert.deepEqual(written(), before);
    });

    it("follows the grants from then on, and keeps what was there without one", async () => {
        await grant("203.0.113.9", "203.0.113.50");
        await shell("pulumi up --stack dev --yes --skip-preview");
        const { gateways, proxies, name } = states().at(-1) ?? assert.fail();
        const kept = ["198.51.100.0/24", "203.0.113.9/32", "203.0.113.50/32", "203.0.113.100-203.0.113.120"];
        assert.deepEqual([gateways, proxies, name], [kept, STORED_PROXIES, NAME]);
        assert.equal(states().length, 2);
    });
});

/** What runs a command as somebody would type it in the folder of the program. */
async function openShell(scratch: string): Promise<(command: string) => Promise<string>> {
    const env = sandboxEnv(process.env, "a-token-of-the-tests");
    await pulumiCli({ directory: ROOT, scratch, env });
    const cwd = join(scratch, "program");
    const all = {
        ...env,
        PULUMI_HOME: await cliHome({ scratch, env }),
        PULUMI_BACKEND_URL: pathToFileURL(join(scratch, "state")).href,
        PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_SKIP_CONFIRMATIONS: "true",
        OKTA_ORG_NAME: "dev",
        OKTA_BASE_URL: "okta.com",
    };
    const zonekeeper = `"${process.execPath}" "${join(ROOT, "bin/zonekeeper.cjs")}"`;
    return async (command) => {
        const line = command.replace("npx zonekeeper", zonekeeper);
        return (await promisify(exec)(line, { cwd, env: all, timeout: 60_000 })).stdout;
    };
}
