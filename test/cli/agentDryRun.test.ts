import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { call, grantsOf, openScene } from "./scene";

const [A, STRANGER] = ["203.0.113.7/32", "198.51.100.66/32"];

describe("zonekeeper agent --dry-run", () => {
    it("says what the first round would do and hold, and writes nothing", async () => {
        await using scene = await openScene({ nzo1: [STRANGER] }, grantsOf({ g1: "203.0.113.7" }));
        const settings = {
            okta: { url: scene.okta.url },
            zones: ["nzo1"],
            source: { type: "file", path: "grants.yaml" },
        };
        await scene.write("agent.json", JSON.stringify(settings));
        const flags = ["--config", "agent.json", "--dry-run", "--json"];
        const { status, out } = await call(["agent", ...flags], { directory: scene.directory });
        const { zones, refused } = JSON.parse(out);
        assert.equal(status, 3);
        assert.deepEqual([zones[0].add, zones[0].remove, zones[0].written], [[A], [], false]);
        assert.deepEqual(
            refused.map(({ id }: { id: string }) => id),
            [`held ${STRANGER}`],
        );
        assert.deepEqual(scene.states("nzo1"), [[STRANGER]]);
        assert.equal(existsSync(join(scene.directory, "zonekeeper-state")), false);
    });

    it("says who would be put into the group and taken out of it, and changes no member", async () => {
        const users = ["ana", "bo", "eva"].map((name) => ({ id: `00u${name}`, login: `${name}@example.com` }));
        const seed = { users, groups: [{ id: "00gA", name: "Admitted", members: ["eva@example.com"] }] };
        const grants = ["ana", "nobody"].map((name, index) => ({
            ...{ id: `g-${index}`, user: `${name}@example.com`, ip: `203.0.113.${7 + index}` },
            permanent: true,
        }));
        await using scene = await openScene({ nzo1: ["192.0.2.0/32"] }, JSON.stringify({ grants }), seed);
        const settings = { okta: { url: scene.okta.url }, zones: ["nzo1"], group: "00gA", source: "grants.yaml" };
        await scene.write("agent.json", JSON.stringify({ ...settings, source: { type: "file", path: "grants.yaml" } }));
        const dry = ["agent", "--config", "agent.json", "--dry-run"];
        const { out } = await call([...dry, "--json"], { directory: scene.directory });
        const { group, unusable, zones } = JSON.parse(out);
        assert.deepEqual(group, { id: "00gA", add: ["ana@example.com"], remove: [], held: ["eva@example.com"] });
        assert.match(unusable[0].reason, /Okta has no user nobody@example\.com/);
        assert.deepEqual(zones[0].add, [A]);
        const text = (await call(dry, { directory: scene.directory })).out;
        assert.match(
            text,
            /\nGroup 00gA: would change\n {2}\+ ana@example\.com\n {2}= eva@example\.com: no grant explains/,
        );
        assert.deepEqual([...(scene.okta.org.members.get("00gA") ?? [])], ["00ueva"]);
        await scene.write(
            "agent.json",
            JSON.stringify({ ...settings, group: "00gNone", source: { type: "file", path: "grants.yaml" } }),
        );
        const missing = await call(dry, { directory: scene.directory });
        assert.equal(missing.status, 2);
        assert.match(missing.err.join(), /there is no group 00gNone/);
    });

    it("keeps out a grant by login where the id of the user is denied, as the agent does", async () => {
        const users = [{ id: "00uana", login: "ana@example.com" }];
        const seed = { users, groups: [{ id: "00gA", name: "Admitted" }] };
        const grants = [{ id: "g-1", user: "ana@example.com", ip: "203.0.113.7", permanent: true }];
        await using scene = await openScene({ nzo1: ["192.0.2.0/32"] }, JSON.stringify({ grants }), seed);
        const source = { type: "file", path: "grants.yaml" };
        const settings = { okta: { url: scene.okta.url }, zones: ["nzo1"], group: "00gA", source };
        await scene.write("agent.json", JSON.stringify(settings));
        const denial = { id: "d1", user: "00uana", reason: "stolen", by: "mia", at: new Date().toISOString() };
        await mkdir(join(scene.directory, "zonekeeper-state"));
        await scene.write("zonekeeper-state/deny.json", JSON.stringify({ denials: [denial] }));
        for (const command of [
            ["agent", "--dry-run"],
            ["sync", "--dry-run"],
        ]) {
            const { out, err } = await call([...command, "--config", "agent.json", "--json"], {
                directory: scene.directory,
            });
            const { group, zones } = JSON.parse(out);
            assert.deepEqual([zones[0].add, group.add], [[], []], err.join());
        }
    });
});
