import { strict as assert } from "node:assert";

import { ask, SECRET, settings, startAgent } from "./agentScene";
import { HEALTHY, policy, rule } from "./doctor/scene";
import { openScene } from "./scene";
import { GRANT, others, signIn } from "./whyScenes";

describe("zonekeeper why --config", () => {
    it("asks the agent that runs, also where its source is down for us", async () => {
        await using scene = await openScene({}, JSON.stringify({ grants: [GRANT, ...others(2)] }), HEALTHY);
        await scene.write("agent.json", settings(scene, "127.0.0.1:0"));
        await using agent = await startAgent(scene);
        await agent.saw("write.accepted");
        await scene.write("why.json", settings(scene, new URL(agent.url).host));
        const { status, out } = await ask(scene, "ana@example.com");
        const answer = JSON.parse(out);
        assert.deepEqual([status, answer.inside], [0, true], out);
        assert.match(answer.because, /^the grant g-1 for 203\.0\.113\.7 is in "Staff" \(nzo1\)/);
        const line = answer.lines.find(({ kind }: { kind: string }) => kind === "agent");
        assert.equal(line.status, "ok");
        await scene.write("grants.yaml", "grants: [}");
        const later = JSON.parse((await ask(scene, "ana@example.com")).out);
        assert.equal(later.inside, true);
    });

    it("is what the agent answers over HTTP and on its page, where it is to ask Okta as well", async () => {
        const seed = { ...HEALTHY, events: [signIn("198.51.100.9")] };
        await using scene = await openScene({}, JSON.stringify({ grants: [GRANT, ...others(2)] }), seed);
        await scene.write("agent.json", settings(scene, "127.0.0.1:0"));
        await using agent = await startAgent(scene);
        await agent.saw("write.accepted");
        await scene.write("why.json", settings(scene, new URL(agent.url).host));
        const command = JSON.parse((await ask(scene, "ana@example.com")).out);
        const headers = { authorization: `Bearer ${SECRET}` };
        const get = async (path: string) => (await fetch(`${agent.url}${path}`, { headers })).text();
        const asked = JSON.parse(await get("/api/why?subject=ana@example.com&okta=true"));
        assert.equal(asked.inside, false);
        assert.match(asked.because, /^Okta saw 198\.51\.100\.9 .*the grant g-1 is for 203\.0\.113\.7/);
        assert.deepEqual([asked.inside, asked.because, asked.next], [command.inside, command.because, command.next]);
        assert.match(await get("/?address=ana@example.com&okta=true"), /Okta was asked as well/);
        const known = JSON.parse(await get("/api/why?subject=ana@example.com"));
        assert.equal(known.inside, true);
        const before = scene.okta.requests.length;
        await get("/api/why?subject=ana@example.com&okta=true");
        assert.equal(scene.okta.requests.slice(before).filter(({ path }) => path.includes("/logs?")).length, 0);
    });

    it("says that no agent runs, and goes by its state folder", async () => {
        await using scene = await openScene({}, JSON.stringify({ grants: [GRANT] }), HEALTHY);
        // Nobody listens at port 1 of this machine.
        await scene.write("why.json", settings(scene, "127.0.0.1:1"));
        const { status, out } = await ask(scene, "ana@example.com");
        const answer = JSON.parse(out);
        assert.deepEqual([status, answer.inside], [0, true], out);
        const line = answer.lines.find(({ kind }: { kind: string }) => kind === "agent");
        const message = "no agent could be asked at 127.0.0.1:1: nothing listens there";
        assert.deepEqual(line, { kind: "agent", status: "unknown", subject: "127.0.0.1:1", message });
    });

    for (const [members, inside, bad] of [
        [[], true, ["group"]],
        [["ana@example.com"], true, []],
    ] as const) {
        it(`says whether a person is in the group to which the grants are bound: ${bad.length === 0}`, async () => {
            const groups = [{ id: "00g1", name: "Bound", members: [...members] }];
            const network = { connection: "ZONE", include: ["nzo1"] };
            const people = { groups: { include: ["00g1"] } };
            const inBoth = { ...rule("In zone", network), conditions: { network, people } };
            const seed = { ...HEALTHY, groups, policies: [policy(inBoth)] };
            await using scene = await openScene({}, JSON.stringify({ grants: [GRANT] }), seed);
            await scene.write(
                "why.json",
                JSON.stringify({ ...JSON.parse(settings(scene, "127.0.0.1:1")), group: "00g1" }),
            );
            const { out } = await ask(scene, "ana@example.com");
            const answer = JSON.parse(out);
            const kinds = answer.lines.flatMap((line: { kind: string; status: string }) =>
                line.status === "bad" ? [line.kind] : [],
            );
            assert.equal(answer.inside, inside);
            assert.deepEqual(kinds.includes("group"), bad.length > 0, out);
            if (bad.length === 0) return;
            assert.match(answer.because, /^ana@example\.com is not in the group 00g1, to which the grants are bound$/);
            assert.match(answer.next, /^See to it that an agent runs and may write the group/);
        });
    }

    it("says that what answers is no agent", async () => {
        await using scene = await openScene({}, JSON.stringify({ grants: [GRANT] }), HEALTHY);
        const other = await openScene({}, "grants: []");
        await using _ = other;
        // What answers there is not an agent.
        await scene.write("why.json", settings(scene, new URL(other.okta.url).host));
        const { status, out } = await ask(scene, "ana@example.com");
        assert.equal(status, 0, out);
        assert.match(out, /no agent could be asked at [\d.:]+: it answers 401/);
    });
});
