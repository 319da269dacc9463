import { strict as assert } from "node:assert";
import { setTimeout } from "node:timers/promises";

import type { Seed } from "../../../emulator/seed";
import { type AgentProcess, type AgentScene, openAgentScene } from "../agentProcess";

const SEED: Seed = {
    users: [
        { id: "00uana", login: "ana@example.com" },
        { id: "00uben", login: "ben@example.com" },
        { id: "00ucyd", login: "cyd@example.com" },
    ],
    groups: [{ id: "00gvpn", name: "Admitted now" }],
} as unknown as Seed;

const ENV = { TOKEN: "0123456789abcdef0123" };
const CONFIG = { group: "00gvpn", token: "env:TOKEN", limits: { maxRemovals: "off" }, poll: "1s" };
const GRANTED = [
    ["g1", "ana@example.com", "203.0.113.7"],
    ["g2", "ben@example.com", "203.0.113.8"],
] as const;

async function rename({ okta }: AgentScene, id: string, login: string): Promise<void> {
    const { status } = await fetch(`${okta.url}/api/v1/users/${id}`, {
        method: "POST",
        headers: { authorization: "SSWS any", "content-type": "application/json" },
        body: JSON.stringify({ profile: { login, email: login } }),
    });
    assert.equal(status, 200);
}

/** What the agent says of its readiness, once that matches. */
async function readiness(agent: AgentProcess, what: RegExp): Promise<string> {
    for (;;) {
        const answer = await fetch(`${await agent.url}/readyz`);
        const text = `${answer.status} ${await answer.text()}`;
        if (what.test(text)) return text;
        await setTimeout(20);
    }
}

function members({ okta }: AgentScene): readonly string[] {
    return [...(okta.org.members.get("00gvpn") ?? [])].sort();
}

/** A scene in which an agent has let in both users, and has ended. */
async function openGranted(): Promise<AgentScene> {
    const scene = await openAgentScene(CONFIG, SEED);
    const grants = GRANTED.map(([id, user, ip]) => ({ id, user, ip, expiresAt: "2099-01-01T00:00:00Z" }));
    await scene.write("grants.yaml", JSON.stringify({ grants }));
    const first = scene.agent("agent.yaml", ENV);
    await readiness(first, /^200/);
    first.kill("SIGTERM");
    assert.equal((await first.ended).status, 0);
    assert.deepEqual(members(scene), ["00uana", "00uben"]);
    return scene;
}

describe("the agent with a group, where logins changed before a restart", () => {
    const changed: Readonly<Record<string, readonly [(scene: AgentScene) => Promise<void> | void, RegExp]>> = {
        "are other ones": [
            async (scene) => {
                await rename(scene, "00uana", "ana@example.org");
                await rename(scene, "00uben", "ben@example.org");
            },
            /does not find the user .*ana@example.com.* any more; the user 00uana, who was let in, stays until 2099/,
        ],
        "belong to another user": [
            async (scene) => {
                await rename(scene, "00uben", "ben@example.org");
                await rename(scene, "00ucyd", "ben@example.com");
            },
            /ben@example.com.* belongs to another user now, 00ucyd; the user 00uben, who was let in, stays until 2099/,
        ],
        "are hidden from the credential": [
            ({ okta }) =>
                okta.inject({ on: { method: "GET", path: "/api/v1/users/" }, times: 1e6, do: { status: 404 } }),
            /does not find the user/,
        ],
    };
    for (const [what, [change, why]] of Object.entries(changed)) {
        it(`keeps who was let in where their logins ${what}, and says so`, async () => {
            await using scene = await openGranted();
            if (what.startsWith("are hidden")) {
                await rename(scene, "00uana", "ana@example.org");
                await rename(scene, "00uben", "ben@example.org");
            }
            await change(scene);
            const second = scene.agent("agent.yaml", ENV);
            const said = await readiness(second, /stays until/);
            assert.match(said, /^503/);
            assert.match(said, why);
            const status = await (await fetch(`${await second.url}/api/status`)).text();
            assert.match(status, why);
            assert.deepEqual(members(scene), ["00uana", "00uben"]);
            const deleted = scene.okta.requests.filter(
                ({ method, path }) => method === "DELETE" && /groups/.test(path),
            );
            assert.deepEqual(deleted, []);
        });
    }

    it("is ready again once the login is back, without a change of the members", async () => {
        await using scene = await openGranted();
        await rename(scene, "00uben", "ben@example.org");
        await rename(scene, "00ucyd", "ben@example.com");
        const second = scene.agent("agent.yaml", ENV);
        await readiness(second, /^503.*00uben, who was let in/s);
        await rename(scene, "00ucyd", "cyd@example.com");
        await rename(scene, "00uben", "ben@example.com");
        await readiness(second, /^200/);
        const changes = scene.okta.requests.filter(({ method, path }) => method !== "GET" && /groups/.test(path));
        assert.deepEqual(
            changes.map(({ method }) => method),
            ["PUT", "PUT"],
        );
    });

    it("holds the members where the next agent has a folder of its own, or a damaged file", async () => {
        for (const state of ["own", "state"]) {
            await using scene = await openGranted();
            await rename(scene, "00uana", "ana@example.org");
            await rename(scene, "00uben", "ben@example.org");
            const config = { zones: ["nzo1"], source: { type: "file", path: "grants.yaml" }, listen: "127.0.0.1:0" };
            await scene.write("next.yaml", JSON.stringify({ ...config, ...CONFIG, state }));
            if (state === "state") await scene.write("state/group.json", '{"format":2,"group":"00gvpn"}');
            const second = scene.agent("next.yaml", ENV);
            await readiness(second, /^503.*whom no grant explains are held: 2/s);
            assert.deepEqual(members(scene), ["00uana", "00uben"]);
        }
    });
});
