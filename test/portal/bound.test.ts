import { strict as assert } from "node:assert";
import { setTimeout } from "node:timers/promises";

import { type AgentScene, openAgentScene } from "../agent/agentProcess";
import { freePort } from "../support/freePort";
import { openTestBrowser, type TestBrowser } from "./browser";
import { ACCESSES, ANA, SECRET, SESSION_SECRET, seedFor } from "./scene";

const GROUP = "00gAdmitted";

describe("a grant of the portal in a membership with a group", () => {
    it("makes its user a member at Okta, and no longer when it is given back", async () => {
        const port = await freePort();
        const url = `http://127.0.0.1:${port}`;
        const seed = seedFor(url);
        const groups = [...(seed.groups ?? []), { id: GROUP, name: "Admitted now" }];
        await using scene = await openAgentScene({}, { ...seed, groups });
        await scene.write("both.yaml", JSON.stringify(configAt(url, port, scene)));
        const agent = scene.agent("both.yaml", { PORTAL_SECRET: SECRET, SESSION_SECRET });
        await agent.url;
        // The portal listens after the agent.
        await agent.saw("listening");
        const ana = openTestBrowser("203.0.113.7");
        await ana.signIn(url, ANA);
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        const put = await agent.saw("member.accepted");
        assert.equal(put.user, "00uAna");
        const grant = await untilState(ana, url, "accepted");
        assert.deepEqual([membersOf(scene), scene.gateways("nzo1")], [["00uAna"], ["203.0.113.7/32"]]);

        await ana.go(`${url}/`);
        await ana.submit(`/do/grants/${grant.id}/revoke`, { _csrf: ana.csrf() });
        await agent.saw("member.accepted");
        await untilState(ana, url, "ended");
        assert.deepEqual([membersOf(scene), scene.gateways("nzo1")], [[], ["192.0.2.0/32"]]);
    });
});

function configAt(url: string, port: number, { okta }: AgentScene) {
    return {
        zones: ["nzo1"],
        group: GROUP,
        source: { type: "portal" },
        limits: { maxTimeToLive: "24h" },
        listen: "127.0.0.1:0",
        state: "state",
        portal: {
            url,
            listen: `127.0.0.1:${port}`,
            trustedProxies: ["127.0.0.1"],
            login: { issuer: okta.url, clientId: "0oaPortal", clientSecret: "env:PORTAL_SECRET" },
            session: { secret: "env:SESSION_SECRET" },
            store: { type: "file", path: "portal.jsonl" },
            accesses: [ACCESSES[0]],
        },
    };
}

function membersOf({ okta }: AgentScene): readonly string[] {
    return [...(okta.org.members.get(GROUP) ?? [])];
}

/** The first grant, once it is in a state. */
async function untilState(browser: TestBrowser, url: string, state: string) {
    for (;;) {
        const { text } = await browser.ask(`${url}/api/v1/grants`, { headers: { accept: "application/json" } });
        const [grant] = (JSON.parse(text) as { grants: Record<string, unknown>[] }).grants;
        if (grant?.state === state) return grant;
        // A pause, so that the agent has the core.
        await setTimeout(20);
    }
}
