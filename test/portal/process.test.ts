import { strict as assert } from "node:assert";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { openAgentScene } from "../agent/agentProcess";
import { freePort } from "../support/freePort";
import { BIN, type Ran, start } from "../support/run";
import { openTestBrowser } from "./browser";
import { ACCESSES, ADAM, ANA, SECRET, SESSION_SECRET, seedFor } from "./scene";

describe("the portal in an agent's process", () => {
    it("grants with one click: the zone, the page and the agent's ledger say so; revoked it is gone", async () => {
        const port = await freePort();
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
        const removed = await agent.saw("write.accepted");
        assert.deepEqual([scene.gateways("nzo1"), removed.requests], [["192.0.2.0/32"], [grant.requestId]]);
        await untilState(ana, url, "ended");

        const story = await run("ledger", "trace", String(grant.requestId), ...states(scene.directory));
        assert.equal(story.status, 0, story.stderr);
        // A later read may verify a write at any moment, and each ledger has an order of its own.
        const told = story.stdout.split("\n").filter((line) => line !== "" && !/shows what was written/.test(line));
        const lines = ["portal", "agent "].flatMap((ledger) => told.filter((line) => line.includes(`Z  ${ledger} `)));
        assert.equal(lines.length, STORY.length, story.stdout);
        for (const [index, expected] of STORY.entries()) assert.match(lines[index] ?? "", expected);
        const moments = told.map((line) => line.split(" ")[0] ?? "");
        assert.deepEqual([...moments].sort(), moments, "in the order of time");
        const byGrant = await run("ledger", "trace", String(grant.id), ...states(scene.directory), "--json");
        const { steps } = JSON.parse(byGrant.stdout) as { steps: { event: { type: string; requestId?: string } }[] };
        assert.ok(steps.length >= STORY.length);
        assert.ok(steps.some(({ event }) => event.type === "write.accepted" && event.requestId));

        await adam.go(`${url}/`);
        await adam.submit("/do/people/revoke", { _csrf: adam.csrf(), user: ANA });
        const cleared = await agent.saw("sessions.cleared");
        assert.deepEqual([cleared.user, cleared.userId], ["00uAna", "00uAna"]);
        assert.match(String(cleared.request), /^r-[0-9a-f]{24}$/);
    });

    it("tells the story of nothing that nobody knows, in one sentence", async () => {
        await using scene = await openAgentScene();
        const empty = await run("ledger", "trace", "r-1", "--state", join(scene.directory, "nowhere"));
        assert.deepEqual([empty.status, /there is no ledger in .*nowhere/.test(empty.stderr)], [2, true]);
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

    it("judges break-glass of which nobody is notified together with all else, and names secrets that are not there", async () => {
        await using scene = await openAgentScene();
        const breakGlass = { eligible: { groups: ["SRE"] }, duration: "1h" };
        const login = { ...MINIMAL.login, clientSecret: "env:A_SECRET_THAT_IS_NOT_SET" };
        const portal = { ...MINIMAL, login, accesses: [{ ...BAD, breakGlass }] };
        await scene.write("portal.yaml", JSON.stringify({ portal }));
        const { status, stdout, stderr } = await run("portal", "--check", join(scene.directory, "portal.yaml"));
        assert.equal(status, 3, stderr);
        for (const policy of ["break-glass-notified", "duration-capped", "production-approved", "admins-named"]) {
            assert.match(stdout, new RegExp(`portal-${policy} `));
        }
        assert.match(stdout, /login\.clientSecret: the environment variable A_SECRET_THAT_IS_NOT_SET.* is not set/);
    });

    it("starts no portal without its secrets, and names all that are missing", async () => {
        await using scene = await openAgentScene();
        const login = { ...MINIMAL.login, clientSecret: "env:NO_CLIENT_SECRET" };
        const notify = [{ type: "slack", url: "file:no-slack-url" }];
        await scene.write("portal.yaml", JSON.stringify({ portal: { ...MINIMAL, login, notify } }));
        const { status, stderr } = await run("portal", "--config", join(scene.directory, "portal.yaml"));
        assert.equal(status, 2);
        assert.match(stderr, /portal\.login\.clientSecret: .*NO_CLIENT_SECRET.*portal\.notify\.0\.url: .*no-slack-url/);
        assert.match(stderr, /portal\.session\.secret: .*SESSION_SECRET/);
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

/** From the sign-in to Okta's answer, and back. */
const STORY = [
    /portal {2}Ana Anders signed in from 203\.0\.113\.7, as ana@example\.com \(00uAna\) {2}\[session [\w-]{8}\]$/,
    /portal {2}Ana Anders granted payroll from 203\.0\.113\.7 until .*Z {2}\[session [\w-]{8}\]$/,
    /portal {2}Adam Admin signed in from 203\.0\.113\.10, as adam@example\.com /,
    /portal {2}Adam Admin revoked payroll .*revoked by Adam Admin/,
    /agent {3}the source has 1 grant, 1 active, granted: g-[0-9a-f]{24}$/,
    /agent {3}nzo1 is to be written: add 203\.0\.113\.7\/32 \(granted for 00uAna\)$/,
    /agent {3}Okta took the write of nzo1 \(200\).*, Okta's request id \S+$/,
    /agent {3}the source has 0 grants, 0 active, withdrawn: g-/,
    /agent {3}nzo1 is to be written: remove 203\.0\.113\.7\/32 \(withdrawn for 00uAna\)$/,
    /agent {3}Okta took the write of nzo1 \(200\)/,
];

function states(directory: string): string[] {
    return ["zonekeeper-portal", "state"].flatMap((folder) => ["--state", join(directory, folder)]);
}

const MINIMAL = {
    url: "https://access.example.com",
    login: { issuer: "https://acme.okta.com", clientId: "0oa1" },
    session: { secret: "env:SESSION_SECRET" },
    store: { type: "file", path: "portal.jsonl" },
    accesses: [ACCESSES[0]],
};

async function run(...args: readonly string[]): Promise<Ran> {
    return start([BIN, ...args]).ended;
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
