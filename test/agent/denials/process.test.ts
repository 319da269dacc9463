import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type AgentProcess, openAgentScene } from "../agentProcess";

const SECRET = "a-token-of-the-agent";

async function ask(agent: AgentProcess, method: string, path: string, body?: object) {
    const answer = await fetch((await agent.url) + path, {
        method,
        headers: { authorization: `Bearer ${SECRET}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as { readonly [name: string]: unknown } };
}

describe("denials of the agent as a process", () => {
    it("outlive the process, and are in its ledger", async () => {
        await using scene = await openAgentScene({ token: "file:token" });
        await scene.write("token", SECRET);
        const first = scene.agent();
        await first.saw("grants.accepted");
        const denied = await ask(first, "POST", "/api/deny", { user: "ana@example.com", reason: "INC-7", by: "mia" });
        assert.equal(denied.status, 201);
        // The source grants nothing to her.
        const { note, ...denial } = denied.body;
        assert.match(String(note), /^no grant that is known now names this user so/);
        const said = await first.saw("access.denied");
        assert.equal(said.msg, "mia denied the user ana@example.com until it is lifted: INC-7");
        first.kill("SIGKILL");
        await first.ended;
        const second = scene.agent();
        await second.saw("leader.gained");
        assert.deepEqual((await ask(second, "GET", "/api/deny")).body, { denials: [denial] });
        const lifted = await ask(second, "DELETE", `/api/deny/${denied.body.id}`);
        assert.deepEqual([lifted.status, lifted.body], [200, { lifted: denial }]);
        assert.equal((await second.saw("access.allowed")).denial, denied.body.id);
        assert.deepEqual((await ask(second, "GET", "/api/deny")).body, { denials: [] });
    });

    it("end the start where they cannot be read", async () => {
        await using scene = await openAgentScene({ state: "." });
        await writeFile(join(scene.directory, "deny.json"), "{");
        const { status, stderr, stdout } = await scene.agent().ended;
        assert.equal(status, 2);
        const { error } = JSON.parse(stdout);
        assert.equal(
            error.message.replace(/^.*\//, ""),
            "deny.json does not say who is denied: it is not the JSON that the agent wrote; correct it; delete it only if no denial is needed any more",
        );
        assert.doesNotMatch(stdout + stderr, /\n {4}at /);
    });

    it("that an agent of the same host takes while it stands by reach the one that leads", async () => {
        await using scene = await openAgentScene({ token: "file:token" });
        await scene.write("token", SECRET);
        const leader = scene.agent();
        await leader.saw("leader.gained");
        const standby = scene.agent();
        const denied = await ask(standby, "POST", "/api/deny", { grant: "g-1", reason: "INC-7", by: "mia" });
        assert.deepEqual(
            [denied.status, denied.body.note],
            [202, "this agent stands by: the one that leads finds the denial in the state folder that they share"],
        );
        assert.equal((await leader.saw("access.denied")).denial, denied.body.id);
    });

    it("that an agent of another host takes while it stands by count once it leads", async () => {
        await using scene = await openAgentScene();
        await scene.write("token", SECRET);
        const config = { zones: ["nzo1"], source: { type: "file", path: "grants.yaml" }, listen: "127.0.0.1:0" };
        for (const name of ["one", "two"]) {
            const own = { token: "file:token", state: name, leader: { type: "file", path: "lock" } };
            await scene.write(`${name}.yaml`, JSON.stringify({ ...config, ...own }));
        }
        const leader = scene.agent("one.yaml");
        await leader.saw("leader.gained");
        const standby = scene.agent("two.yaml");
        const denied = await ask(standby, "POST", "/api/deny", { grant: "g-1", reason: "INC-7", by: "mia" });
        assert.equal(denied.status, 202);
        assert.deepEqual((await ask(leader, "GET", "/api/deny")).body, { denials: [] });
        leader.kill("SIGTERM");
        assert.equal((await standby.saw("access.denied")).denial, denied.body.id);
        const { note: _, ...kept } = denied.body;
        assert.deepEqual((await ask(standby, "GET", "/api/deny")).body, { denials: [kept] });
    });
});
