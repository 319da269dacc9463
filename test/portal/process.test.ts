import { strict as assert } from "node:assert";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { openAgentScene } from "../agent/agentProcess";
import { type Ran, ROOT, start } from "../support/run";
import { openTestBrowser } from "./browser";
import { ACCESSES, ADAM, ANA, SECRET, SESSION_SECRET, seedFor } from "./scene";

describe("the portal in an agent's process", () => {
    it("grants with one click: the zone, the page and the agent's ledger say so; revoked it is gone", async () => {
        const port = 20_000 + (process.pid % 20_000);
        const url = `http://127.0.0.1:${port}`;
        await using scene = await openAgentScene({}, { ...seedFor(url), zones: [{ id: "nzo1", name: "Staff" }] });
        const portal = {
            url,
            listen: `127.0.0.1:${port}`,
            trustedProxies: ["127.0.0.1"],
            login: { issuer: scene.okta.url, clientId: "0oaPortal", clientSecret: "env:PORTAL_SECRET" },
            session: { secret: "env:SESSION_SECRET" },
            store: { type: "file", path: "portal.jsonl" },
            accesses: [ACCESSES[0]],
            admins: { groups: ["Security"] },
        };
        const config = {
            zones: ["nzo1"],
            source: { type: "portal" },
            limits: { maxTimeToLive: "24h" },
            listen: "127.0.0.1:0",
            state: "state",
            portal,
        };
        await scene.write("both.yaml", JSON.stringify(config));
        const agent = scene.agent("both.yaml", { PORTAL_SECRET: SECRET, SESSION_SECRET });
        await agent.url;
        // The zone of before gets the sentinel first.
        await agent.saw("write.accepted");
        const ana = openTestBrowser("203.0.113.7");
        await ana.signIn(url, ANA);
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), ["203.0.113.7/32"]);
        const grant = await untilState(ana, url, "accepted");
        assert.ok(Date.parse(String(grant.effectiveAt)) > Date.parse(String(grant.acceptedAt)));
        assert.equal(grant.confirmed, true);
        const adam = openTestBrowser("203.0.113.10");
        await adam.signIn(url, ADAM);
        await adam.submit(`/do/grants/${grant.id}/revoke`, { _csrf: adam.csrf() });
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), ["192.0.2.0/32"]);
        await untilState(ana, url, "ended");
    });

    it("is refused without maxTimeToLive, in one sentence", async () => {
        await using scene = await openAgentScene({
            source: { type: "portal", store: { type: "file", path: "p.jsonl" } },
        });
        const { status, stderr } = await run("agent", "--config", join(scene.directory, "agent.yaml"));
        assert.equal(status, 2);
        assert.match(
            stderr,
            /limits\.maxTimeToLive is missing: a source of type portal needs it, such as 24h \[ZK002\]\n$/,
        );
    });
});

describe("zonekeeper portal --check", () => {
    const BAD = { ...ACCESSES[0], name: "production", title: "Production", duration: { default: "4h", max: "48h" } };

    it("refuses what the rules refuse, and says which", async () => {
        await using scene = await openAgentScene();
        await scene.write("portal.yaml", JSON.stringify({ portal: { ...MINIMAL, accesses: [BAD] } }));
        const { status, stdout } = await run("portal", "--check", join(scene.directory, "portal.yaml"), "--json");
        const { findings } = JSON.parse(stdout) as { findings: { level: string; policy: string }[] };
        const refused = findings.filter(({ level }) => level === "refuse").map(({ policy }) => policy);
        assert.deepEqual(
            [status, refused],
            [3, ["portal-duration-capped", "portal-production-approved", "portal-production-reasoned"]],
        );
    });

    it("says of each wrong setting what is wrong with it", async () => {
        await using scene = await openAgentScene();
        await scene.write(
            "portal.yaml",
            JSON.stringify({ portal: { ...MINIMAL, url: "http://access.example.com", acesses: [] } }),
        );
        const { status, stderr } = await run("portal", "--check", join(scene.directory, "portal.yaml"));
        assert.equal(status, 2);
        assert.match(stderr, /there is no setting portal\.acesses; did you mean accesses\?/);
    });

    it("wants one of --config and --check", async () => {
        assert.deepEqual(
            [(await run("portal")).status, (await run("portal", "--check", "a", "--config", "b")).status],
            [2, 2],
        );
    });
});

const MINIMAL = {
    url: "https://access.example.com",
    login: { issuer: "https://acme.okta.com", clientId: "0oa1" },
    session: { secret: "env:SESSION_SECRET" },
    store: { type: "file", path: "portal.jsonl" },
    accesses: [ACCESSES[0]],
};

async function run(...args: readonly string[]): Promise<Ran> {
    return start([join(ROOT, "bin/zonekeeper.cjs"), ...args]).ended;
}

/** The first grant, once it is in a state. Reports follow a write within a second. */
async function untilState(browser: ReturnType<typeof openTestBrowser>, url: string, state: string) {
    for (;;) {
        const { text } = await browser.ask(`${url}/api/v1/grants`, { headers: { accept: "application/json" } });
        const [grant] = (JSON.parse(text) as { grants: Record<string, unknown>[] }).grants;
        if (grant?.state === state) return grant;
        // A pause, so that the portal has the core.
        await setTimeout(20);
    }
}
