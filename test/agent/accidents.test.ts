import { strict as assert } from "node:assert";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type AgentProcess, openAgentScene, TOKEN } from "./agentProcess";

const SECRET = "a-token-of-more-than-sixteen";
const SENTINEL = "192.0.2.0/32";
const STRANGER = "198.51.100.66/32";

/** Entries of a document, from 203.0.113.1 on. */
const entries = (count: number, expiresAt = "2099-01-01T00:00:00Z") =>
    Array.from({ length: count }, (_, index) => ({ id: `g-${index + 1}`, ip: `203.0.113.${index + 1}`, expiresAt }));
const documentOf = (grants: readonly object[]) => JSON.stringify({ grants });
const addresses = (count: number) => entries(count).map(({ ip }) => `${ip}/32`);

const zoneOf = (...gateways: readonly string[]) => [
    { id: "nzo1", name: "Staff", gateways: gateways.map((value) => ({ type: "CIDR" as const, value })) },
];

async function ask(agent: AgentProcess, path: string, body?: object) {
    const answer = await fetch((await agent.url) + path, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${SECRET}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as { readonly [name: string]: unknown } };
}

/** Another writer replaces the zone, as a script with a token does. */
async function overwrite(url: string, value: string): Promise<void> {
    const zone = { type: "IP", name: "Staff", usage: "POLICY", gateways: [{ type: "CIDR", value }], proxies: null };
    const answer = await fetch(`${url}/api/v1/zones/nzo1`, {
        method: "PUT",
        headers: { authorization: `SSWS ${TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify({ id: "nzo1", status: "ACTIVE", ...zone }),
    });
    assert.equal(answer.status, 200);
}

async function ledgerOf(directory: string): Promise<readonly { readonly [name: string]: unknown }[]> {
    const folder = join(directory, "state", "ledger");
    const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    return texts.flatMap((text) => text.trimEnd().split("\n")).map((line) => JSON.parse(line));
}

describe("accidents that the agent survives as a process", () => {
    it("puts a foreign write right, holds an empty document, and writes down who confirmed that", async () => {
        await using scene = await openAgentScene({ token: "file:token" });
        await scene.write("token", SECRET);
        await scene.write("grants.yaml", documentOf(entries(11)));
        const agent = scene.agent();
        await agent.saw("write.accepted");
        await overwrite(scene.okta.url, STRANGER);
        await agent.saw("drift.found");
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), addresses(11));
        await scene.write("grants.yaml", "grants: []\n");
        await agent.saw("removals.held");
        const { status, body } = await ask(agent, "/readyz");
        assert.equal(status, 503);
        assert.match(String(body.reasons), /held by maxRemovals: all 11 known active grants/);
        const held = { held: addresses(11), by: "mia", reason: "INC-1" };
        assert.equal((await ask(agent, "/api/confirm", held)).status, 200);
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [SENTINEL]);
        agent.kill("SIGTERM");
        await agent.ended;
        const lines = await ledgerOf(scene.directory);
        const intended = lines.filter(({ type }) => type === "write.intended").at(-1);
        const changes = intended?.changes as readonly { readonly [name: string]: unknown }[];
        assert.deepEqual(
            changes
                .filter(({ change }) => change === "remove")
                .map(({ why, confirmedBy, grants }) => [why, confirmedBy, grants]),
            entries(11).map(({ id }) => ["withdrawn", "mia", [{ id }]]),
        );
    });

    it("keeps who is in a document with ends that it cannot read, in all and in some of the entries", async () => {
        await using scene = await openAgentScene();
        await scene.write("grants.yaml", documentOf(entries(40)));
        const agent = scene.agent();
        await agent.saw("write.accepted");
        const without = entries(40, "2027-01-01T00:00:00");
        await scene.write("grants.yaml", documentOf([...without.slice(0, 5), ...entries(40).slice(5)]));
        await agent.saw("grant.refused");
        const some = await ask(agent, "/api/status");
        const unusable = some.body.unusable as readonly { readonly id: string }[];
        assert.deepEqual(
            unusable.map(({ id }) => id),
            ["g-1", "g-2", "g-3", "g-4", "g-5"],
        );
        await scene.write("grants.yaml", documentOf(without));
        const { why } = await agent.saw("grants.unreadable");
        assert.match(String(why), /g-1/);
        const { status, body } = await ask(agent, "/api/status");
        assert.deepEqual([status, (body.source as { readonly healthy: boolean }).healthy], [200, false]);
        assert.equal((await ask(agent, "/readyz")).status, 503);
        assert.deepEqual(scene.gateways("nzo1"), addresses(40));
        assert.equal(scene.okta.requests.filter(({ method }) => method === "PUT").length, 1);
    });

    it("holds what no grant admits when it starts on a zone that others have made", async () => {
        const zones = zoneOf("203.0.113.1/32", "203.0.113.2/32", STRANGER, "198.51.100.67/32");
        await using scene = await openAgentScene({ token: "file:token" }, { zones });
        await scene.write("token", SECRET);
        await scene.write("grants.yaml", documentOf(entries(2)));
        const agent = scene.agent();
        const { held } = await agent.saw("removals.held");
        assert.deepEqual(held, [STRANGER, "198.51.100.67/32"]);
        await scene.write("grants.yaml", documentOf(entries(3)));
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), [STRANGER, "198.51.100.67/32", ...addresses(3)]);
        assert.equal((await ask(agent, "/api/confirm", { held, by: "mia" })).status, 200);
        await agent.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), addresses(3));
    });

    it("keeps who ends at the end of time over a restart while the source is down", async () => {
        await using scene = await openAgentScene();
        const last = entries(3, "9999-12-31T23:59:59-05:00");
        await scene.write("grants.yaml", documentOf(last));
        const first = scene.agent();
        await first.saw("write.accepted");
        first.kill("SIGKILL");
        await first.ended;
        await overwrite(scene.okta.url, STRANGER);
        await scene.write("grants.yaml", "not readable: [");
        const second = scene.agent();
        await second.saw("write.accepted");
        assert.deepEqual(scene.gateways("nzo1"), addresses(3));
        const { body } = await ask(second, "/api/status");
        assert.deepEqual(
            (body.grants as readonly { readonly expiresAt: string }[]).map(({ expiresAt }) => Date.parse(expiresAt)),
            last.map(() => Date.parse("+010000-01-01T04:59:59Z")),
        );
        assert.equal((await fetch(await second.url)).status, 200);
    });

    it("sets aside its own broken files, reports it, and reads the source", async () => {
        await using scene = await openAgentScene({ limits: { maxRemovals: "off" } });
        await scene.write("grants.yaml", documentOf(entries(3)));
        const first = scene.agent();
        await first.saw("write.accepted");
        first.kill("SIGTERM");
        await first.ended;
        for (const name of ["grants.json", "zones.json"]) {
            const path = join(scene.directory, "state", name);
            const whole = await readFile(path);
            const breaks: readonly (() => Promise<unknown>)[] = [
                () => writeFile(path, whole.subarray(0, whole.length / 2)),
                () => writeFile(path, ""),
                () => writeFile(path, Buffer.from([0, 255, 128, 7])),
                () => rm(path).then(() => mkdir(path)),
            ];
            for (const breakFile of breaks) {
                await breakFile();
                const agent = scene.agent();
                const { level, msg } = await agent.saw(path);
                assert.equal(level, "warn");
                assert.match(msg, new RegExp(`${name} cannot be used.* and was set aside as .*${name}\\.unreadable: `));
                await agent.saw("leader.gained");
                await scene.write("grants.yaml", documentOf(entries(4)));
                await agent.saw("write.accepted");
                await scene.write("grants.yaml", documentOf(entries(3)));
                await agent.saw("write.accepted");
                agent.kill("SIGTERM");
                assert.deepEqual((await agent.ended).status, 0);
                assert.deepEqual(scene.gateways("nzo1"), addresses(3));
            }
        }
    });
});
