import { strict as assert } from "node:assert";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startEmulator } from "../../emulator/emulator";
import { SENTINEL } from "../../src/core/zones/zone";
import { openAgentScene, TOKEN } from "./agentProcess";

const [ANA, BEN, EVE] = ["203.0.113.7/32", "203.0.113.8/32", "203.0.113.9/32"];

const grant = (id: string, user: string, ip: string, access: string) =>
    `  - { id: ${id}, user: ${user}, ip: ${ip.replace("/32", "")}, permanent: true, labels: { access: ${access} } }\n`;

const GRANTS = `grants:\n${grant("g-1", "ana", ANA, "payroll")}${grant("g-2", "ben", BEN, "admin")}`;

const zone = (id: string) => ({
    id,
    name: `Zone ${id}`,
    gateways: [{ type: "CIDR" as const, value: SENTINEL }],
});

/** Two orgs, each with a zone of the same id, and a membership in each. */
async function openTwoOrgs() {
    const lab = await startEmulator({ idSeed: "lab", seed: { zones: [zone("nzo1"), zone("nzo2")] } });
    const scene = await openAgentScene();
    const config = (memberships: readonly object[]) =>
        JSON.stringify({
            orgs: {
                acme: { url: scene.okta.url, apiToken: "env:ACME_TOKEN" },
                lab: { url: lab.url, apiToken: "env:LAB_TOKEN" },
            },
            source: { type: "file", path: "grants.yaml" },
            memberships,
            listen: "127.0.0.1:0",
            state: "state",
            token: "env:AGENT_TOKEN",
        });
    const write = (memberships: readonly object[]) => scene.write("several.yaml", config(memberships));
    await scene.write("grants.yaml", GRANTS);
    await write([PAYROLL, ADMIN]);
    const env = { ACME_TOKEN: TOKEN, LAB_TOKEN: TOKEN, AGENT_TOKEN: "t".repeat(32), OKTA_API_TOKEN: "" };
    const labGateways = (id: string) => lab.history.filter(({ zoneId }) => zoneId === id).at(-1)?.gateways ?? [];
    return {
        scene,
        lab,
        write,
        labGateways,
        start: () => scene.startPlain(["--config", "several.yaml"], env),
        async [Symbol.asyncDispose]() {
            await scene[Symbol.asyncDispose]();
            await lab.close();
        },
    };
}

const PAYROLL = { name: "payroll", org: "acme", zones: ["nzo1"], selector: { access: "payroll" } };
const ADMIN = { name: "admin", org: "lab", zones: ["nzo1"], selector: { access: "admin" } };

describe("an agent of two memberships in two orgs, as a process", () => {
    it("keeps each zone equal to the grants of its membership, and reports each", async () => {
        await using two = await openTwoOrgs();
        const agent = two.start();
        const url = await agent.url;
        await agent.saw("write.accepted.payroll");
        await agent.saw("write.accepted.admin");
        assert.deepEqual([two.scene.gateways("nzo1"), two.labGateways("nzo1")], [[ANA], [BEN]]);

        const status = await json(`${url}/api/status`);
        assert.deepEqual(
            status.memberships.map(({ name, org, zones, grants }) => [name, org, zones[0]?.gateways, grants[0]?.id]),
            [
                ["payroll", "acme", [ANA], "g-1"],
                ["admin", "lab", [BEN], "g-2"],
            ],
        );
        assert.deepEqual(
            status.grants.map(({ membership, id }) => `${membership} ${id}`),
            ["payroll g-1", "admin g-2"],
        );
        const one = await json(`${url}/api/status?membership=admin`);
        assert.deepEqual(
            one.grants.map(({ id }) => id),
            ["g-2"],
        );
        assert.equal((await fetch(`${url}/api/status?membership=nobody`)).status, 404);
        assert.equal((await fetch(`${url}/readyz?membership=payroll`)).status, 200);
        const why = await json(`${url}/api/why?subject=${BEN.replace("/32", "")}`);
        assert.deepEqual([why.membership, why.inside, why.memberships.length], ["admin", true, 2]);

        const metrics = await (await fetch(`${url}/metrics`)).text();
        assert.match(metrics, /^zonekeeper_gateways\{zone="nzo1",membership="admin"\} 1$/m);
        assert.match(metrics, /^zonekeeper_writes_total\{membership="payroll"\} 1$/m);
        assert.match(metrics, /^zonekeeper_okta_requests_total\{method="PUT",status="200",org="lab"\} 1$/m);

        const page = await (await fetch(`${url}/`)).text();
        assert.match(page, /2 memberships/);
        assert.match(page, /href="\.\/\?membership=payroll"/);
        assert.match(await (await fetch(`${url}/?membership=admin`)).text(), /All memberships/);

        agent.kill("SIGTERM");
        assert.equal((await agent.ended).status, 0);
        const ledger = await readFile(join(two.scene.directory, "state/ledger/0000000000000001.jsonl"), "utf8");
        const lines = ledger
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as { type: string; membership?: string });
        assert.deepEqual(
            lines
                .filter(({ type }) => type === "write.accepted")
                .map(({ membership }) => membership)
                .sort(),
            ["admin", "payroll"],
        );
    });

    it("keeps one while the org of the other does not answer, and says which", async () => {
        await using two = await openTwoOrgs();
        await two.lab.close();
        const agent = two.start();
        const url = await agent.url;
        await agent.saw("write.accepted.payroll");
        assert.deepEqual(two.scene.gateways("nzo1"), [ANA]);
        const ready = await fetch(`${url}/readyz`);
        const { memberships } = (await ready.json()) as { memberships: readonly string[] };
        assert.deepEqual([ready.status, memberships], [503, ["admin"]]);
        assert.equal((await fetch(`${url}/readyz?membership=payroll`)).status, 200);
        assert.equal((await fetch(`${url}/readyz?membership=admin`)).status, 503);
    });

    it("adds and removes memberships with SIGHUP, and leaves the zones of a removed one as they are", async () => {
        await using two = await openTwoOrgs();
        const agent = two.start();
        await agent.url;
        await agent.saw("write.accepted.payroll");
        await agent.saw("write.accepted.admin");
        const wiki = { name: "wiki", org: "lab", zones: ["nzo2"], selector: { access: "wiki" } };
        await writeFile(join(two.scene.directory, "grants.yaml"), GRANTS + grant("g-3", "eve", EVE, "wiki"));
        await two.write([PAYROLL, wiki]);
        agent.kill("SIGHUP");
        await agent.saw("write.accepted.wiki");
        const { msg } = await agent.saw("removed");
        assert.equal(msg, "the membership admin is kept no more; its zones stay as they are: nzo1");
        assert.deepEqual([two.labGateways("nzo1"), two.labGateways("nzo2")], [[BEN], [EVE]]);
    });
});

interface Status {
    readonly membership?: string;
    readonly inside?: boolean;
    readonly grants: readonly { readonly id: string; readonly membership?: string }[];
    readonly memberships: readonly {
        readonly name: string;
        readonly org: string;
        readonly zones: readonly { readonly gateways: readonly string[] }[];
        readonly grants: readonly { readonly id: string }[];
    }[];
}

async function json(url: string): Promise<Status> {
    return (await (await fetch(url)).json()) as Status;
}
