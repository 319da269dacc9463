import { strict as assert } from "node:assert";

import { openOrg } from "../../../src/agent/org";
import { openCheckedClock } from "../../../src/checkedClock";
import type { GroupMemory } from "../../../src/core/group/groupPlan";
import type { AgentSettings } from "../../../src/core/settings/agentSettings";
import { NOW } from "../../support/grants";
import { virtualClock } from "../../support/virtualClock";
import { openLaneScene } from "./laneScene";

const NOBODY: GroupMemory = { granted: [], unknown: [], released: {}, names: {} };
const MINUTE = 60_000;

/** An org whose group calls have so many requests a minute, and whose zone calls have 600. */
function openLimitedOrg(clock: ReturnType<typeof virtualClock>, groupLimit: number) {
    const asked: string[] = [];
    const members = new Set<string>();
    const spent = new Map<string, number>();
    const fetch: typeof globalThis.fetch = async (input, init) => {
        const [path, method] = [new URL(String(input)).pathname, init?.method ?? "GET"];
        const isGroup = path.startsWith("/api/v1/groups");
        const limit = isGroup ? groupLimit : 600;
        const window = Math.floor(clock.now() / MINUTE);
        const key = `${isGroup} ${window}`;
        const count = (spent.get(key) ?? 0) + 1;
        spent.set(key, count);
        const status = count > limit ? 429 : method === "GET" ? 200 : 204;
        asked.push(`${method} ${path} ${status}`);
        const id = path.split("/").at(-1) ?? "";
        if (status === 204) method === "PUT" ? members.add(id) : members.delete(id);
        const headers = {
            date: new Date(clock.now()).toUTCString(),
            "x-rate-limit-limit": String(limit),
            "x-rate-limit-remaining": String(Math.max(0, limit - count)),
            "x-rate-limit-reset": String(((window + 1) * MINUTE) / 1000),
        };
        const list = [...members].map((each) => ({
            id: each,
            status: "ACTIVE",
            profile: { login: `${each}@example.com` },
        }));
        const body = status === 429 ? { errorCode: "E0000047", errorSummary: "API call exceeded rate limit" } : list;
        return new Response(status === 204 ? null : JSON.stringify(body), {
            status,
            headers: { ...headers, "content-type": "application/json" },
        });
    };
    const settings = {
        orgs: { default: { url: "http://127.0.0.1:9", apiToken: "a-token" } },
        rateShare: 100,
    } as unknown as AgentSettings;
    const org = openOrg({
        ...{ name: "default", settings, env: {}, directory: ".", clock, fetch, version: "0", nonce: () => "n" },
        ...{ onRequest: () => {}, onWait: () => {}, time: openCheckedClock(clock) },
    });
    return { org, asked, members };
}

describe("the rate limit of groups", () => {
    it("is waited for: each change is made in time, with no more than a refusal a minute", async () => {
        const names = Array.from({ length: 30 }, (_, index) => `u${index}`);
        const clock = virtualClock(NOW);
        const { org, asked, members } = openLimitedOrg(clock, 12);
        const budget = org.groups.budget.join("payroll", 1);
        await using scene = openLaneScene({ memory: NOBODY, budget, store: () => org.groups.store, clock });
        scene.decide(names);
        await clock.pass(5 * MINUTE);
        assert.deepEqual([...members].sort(), [...names].sort());
        assert.ok(asked.filter((line) => line.endsWith(" 429")).length <= 5, asked.join("\n"));
    });

    it("does not keep zones waiting, which have a limit of their own", async () => {
        const clock = virtualClock(NOW);
        const { org } = openLimitedOrg(clock, 1);
        const [groups, zones] = [org.groups.budget.join("payroll", 1), org.budget.join("payroll", 1)];
        const signal = new AbortController().signal;
        await org.groups.store.members("00gA", signal);
        await assert.rejects(org.groups.store.add("00gA", "ana", signal), { code: "okta-throttled" });
        assert.equal(groups.waitMs("remove"), MINUTE);
        assert.equal(zones.waitMs("look"), 0);
    });

    it("is shared by the memberships of the org, and the one that has waited comes first", async () => {
        const clock = virtualClock(NOW);
        const { org, members } = openLimitedOrg(clock, 12);
        const lanes = ["payroll", "admin"].map((name) => ({
            name,
            scene: openLaneScene({
                memory: NOBODY,
                budget: org.groups.budget.join(name, 1),
                // Each has a group of its own, of which this Okta shows all members together.
                store: (own) => ({ ...org.groups.store, members: own.members }),
                clock,
            }),
        }));
        const users = (name: string) => Array.from({ length: 12 }, (_, index) => `${name}${index}`);
        for (const { name, scene } of lanes) scene.decide(users(name));
        await clock.pass(MINUTE);
        const inside = lanes.map(({ name }) => [...members].filter((id) => id.startsWith(name)).length);
        assert.ok(Math.min(...inside) >= 3, `of the first minute's requests one had ${inside.join(", the other ")}`);
        await clock.pass(5 * MINUTE);
        assert.equal(members.size, 24);
        for (const { scene } of lanes) await scene[Symbol.asyncDispose]();
    });
});
