import { strict as assert } from "node:assert";
import { setTimeout } from "node:timers/promises";

import type { Seed } from "../../../emulator/seed";
import { type AgentScene, openAgentScene } from "../agentProcess";

const SEED: Seed = {
    users: [
        { id: "00uadmin", login: "admin@example.com" },
        { id: "00uana", login: "ana@example.com" },
        { id: "00uben", login: "ben@example.com" },
        { id: "00ueva", login: "eva@example.com" },
        { id: "00usam", login: "sam@example.com", status: "SUSPENDED" },
    ],
    groups: [{ id: "00gvpn", name: "Admitted now" }],
} as unknown as Seed;

const ENV = { TOKEN: "0123456789abcdef0123" };

const CONFIG = { group: "00gvpn", token: "env:TOKEN", limits: { maxRemovals: "off" }, poll: "1s" };

interface Status {
    readonly unusable: readonly { readonly id: string; readonly field: string; readonly reason: string }[];
}

function withMembers(...members: readonly string[]): Seed {
    return { ...SEED, groups: [{ id: "00gvpn", name: "Admitted now", members }] } as unknown as Seed;
}

/** What a look brings, as soon as it brings anything. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        // A pause, so that the agent has the core.
        await setTimeout(20);
    }
}

function grants(...all: readonly (readonly [id: string, user: string | undefined, ip: string])[]): string {
    return JSON.stringify({
        grants: all.map(([id, user, ip]) => ({ id, ...(user && { user }), ip, expiresAt: "2099-01-01T00:00:00Z" })),
    });
}

function members({ okta }: AgentScene): readonly string[] {
    return [...(okta.org.members.get("00gvpn") ?? [])].sort();
}

describe("the agent with a group", () => {
    it("puts a user into zone and group on grant, and takes them out of both on revoke", async () => {
        await using scene = await openAgentScene(CONFIG, SEED);
        await scene.write("grants.yaml", grants(["g1", "ana@example.com", "203.0.113.7"]));
        const agent = scene.agent("agent.yaml", ENV);
        const put = await agent.saw("member.accepted");
        await agent.saw("write.accepted");
        assert.equal(put.user, "ana@example.com");
        assert.deepEqual(members(scene), ["00uana"]);
        assert.deepEqual(scene.gateways("nzo1"), ["203.0.113.7/32"]);
        await scene.write("grants.yaml", "grants: []\n");
        agent.kill("SIGHUP");
        await agent.saw("member.accepted");
        await agent.saw("write.accepted");
        assert.deepEqual(members(scene), []);
        assert.deepEqual(scene.gateways("nzo1"), ["192.0.2.0/32"]);
        agent.kill("SIGTERM");
        assert.equal((await agent.ended).status, 0);
    });

    it("holds at first contact a member whom no grant explains, until somebody confirms", async () => {
        await using scene = await openAgentScene(CONFIG, withMembers("eva@example.com"));
        await scene.write("grants.yaml", grants(["g1", "ana@example.com", "203.0.113.7"]));
        const agent = scene.agent("agent.yaml", ENV);
        const { held } = await agent.saw("removals.held");
        assert.deepEqual(held, ["eva@example.com"]);
        await agent.saw("member.accepted");
        await agent.saw("write.accepted");
        assert.deepEqual(members(scene), ["00uana", "00ueva"]);
        const status = (await (await fetch(`${await agent.url}/api/status`)).json()) as Record<string, unknown>;
        assert.deepEqual(status.held, ["eva@example.com"]);
        assert.deepEqual(status.group, { id: "00gvpn", members: ["eva@example.com", "ana@example.com"] });
        assert.match(String(status.notReady), /whom no grant explains are held: 1/);
        const answer = await fetch(`${await agent.url}/api/confirm`, {
            method: "POST",
            headers: { authorization: `Bearer ${ENV.TOKEN}`, "content-type": "application/json" },
            body: JSON.stringify({ held: ["eva@example.com"], by: "mia" }),
        });
        assert.deepEqual(await answer.json(), { confirmed: ["eva@example.com"] });
        assert.equal((await agent.saw("member.accepted")).user, "eva@example.com");
        assert.deepEqual(members(scene), ["00uana"]);
    });

    const PUT_MEMBER = { method: "PUT", path: "/api/v1/groups/00gvpn/users/" };

    it("finds out by reading what became of a change whose answers were all lost", async () => {
        await using scene = await openAgentScene(CONFIG, SEED);
        scene.okta.inject({ on: PUT_MEMBER, times: 10, do: { loseResponse: true } });
        await scene.write("grants.yaml", grants(["g1", "ana@example.com", "203.0.113.7"]));
        const agent = scene.agent("agent.yaml", ENV);
        assert.equal((await agent.saw("member.failed")).isOpen, true);
        assert.equal((await agent.saw("member.settled")).outcome, "carried-out");
        assert.deepEqual(members(scene), ["00uana"]);
    });

    const failing: Readonly<Record<string, readonly [path: string, type: string]>> = {
        "the group where the zone cannot be written": ["/api/v1/zones/nzo1", "member.accepted"],
        "the zone where the group cannot be changed": ["/api/v1/groups/00gvpn/users/", "write.accepted"],
    };
    for (const [what, [path, type]] of Object.entries(failing)) {
        it(`takes a user out of ${what}`, async () => {
            await using scene = await openAgentScene(CONFIG, SEED);
            await scene.write("grants.yaml", grants(["g1", "ana@example.com", "203.0.113.7"]));
            const agent = scene.agent("agent.yaml", ENV);
            await agent.saw("member.accepted");
            await agent.saw("write.accepted");
            for (const method of ["PUT", "DELETE"]) {
                scene.okta.inject({ on: { method, path }, times: 1000, do: { status: 400 } });
            }
            await scene.write("grants.yaml", "grants: []\n");
            agent.kill("SIGHUP");
            await agent.saw(type);
            const [isMember, isInside] = [members(scene).length > 0, scene.gateways("nzo1")[0] !== "192.0.2.0/32"];
            assert.deepEqual([isMember, isInside], type === "member.accepted" ? [false, true] : [true, false]);
        });
    }

    it("remembers after a restart whom it put in, and takes them out when their grant is gone meanwhile", async () => {
        await using scene = await openAgentScene(CONFIG, SEED);
        await scene.write("grants.yaml", grants(["g1", "ana@example.com", "203.0.113.7"]));
        const first = scene.agent("agent.yaml", ENV);
        await first.saw("member.accepted");
        await first.saw("write.accepted");
        first.kill("SIGTERM");
        assert.equal((await first.ended).status, 0);
        await scene.write("grants.yaml", "grants: []\n");
        const second = scene.agent("agent.yaml", ENV);
        await second.saw("member.accepted");
        assert.deepEqual(members(scene), []);
    });

    const unusable: Readonly<Record<string, readonly [string | undefined, RegExp]>> = {
        "has no user": [undefined, /is missing: the grants of this membership are bound to users/],
        "has a user whom Okta does not have": ["nobody@example.com", /Okta has no user nobody@example.com/],
        "has a user who is suspended": ["sam@example.com", /the user sam@example.com is suspended/],
        "names its user otherwise than another one": ["00uana", /"00uana" and "ana@example.com" are one user/],
    };
    for (const [what, [user, why]] of Object.entries(unusable)) {
        it(`lets nobody in by a grant that ${what}, and says so`, async () => {
            await using scene = await openAgentScene(CONFIG, SEED);
            const others = [
                ["g1", "ben@example.com", "203.0.113.7"],
                ["g2", user, "203.0.113.8"],
            ] as const;
            const ana = user === "00uana" ? ([["g3", "ana@example.com", "203.0.113.9"]] as const) : [];
            await scene.write("grants.yaml", grants(...others, ...ana));
            const agent = scene.agent("agent.yaml", ENV);
            await agent.saw("member.accepted");
            await agent.saw("write.accepted");
            const reason = await eventually(async () => {
                const body = (await (await fetch(`${await agent.url}/api/status`)).json()) as Status;
                const found = body.unusable.find(({ id, field }) => id === "g2" && field === "user")?.reason;
                return found?.startsWith("Okta has not said") ? undefined : found;
            });
            assert.match(reason, why);
            assert.deepEqual(members(scene), ["00uben"]);
            assert.deepEqual(scene.gateways("nzo1"), ["203.0.113.7/32"]);
        });
    }

    const unfit: Readonly<Record<string, readonly [(scene: AgentScene) => Promise<void>, RegExp]>> = {
        "does not exist": [async ({ okta }) => void okta.org.groups.delete("00gvpn"), /there is no group 00gvpn in/],
        "is filled by an application": [
            async ({ okta }) =>
                void okta.org.groups.set("00gvpn", { ...okta.org.groups.get("00gvpn"), type: "APP_GROUP" }),
            /is of type APP_GROUP/,
        ],
        "is the target of a group rule": [
            async ({ okta }) => {
                const actions = { assignUserToGroups: { groupIds: ["00gvpn"] } };
                okta.org.groupRules.set("0pr1", { id: "0pr1", name: "All of sales", status: "ACTIVE", actions });
            },
            /is the target of the group rule "All of sales"/,
        ],
        "is assigned to an app": [
            async ({ okta }) => {
                okta.org.appParts.groups.set("0oa1", new Map([["00gvpn", { id: "00gvpn" }]]));
            },
            /is assigned to the app "Payroll"/,
        ],
        "holds an admin role": [
            async ({ okta }) => void okta.org.roles.set("00gvpn", [{ id: "ra1", type: "ORG_ADMIN", status: "ACTIVE" }]),
            /holds the admin role ORG_ADMIN/,
        ],
    };
    for (const [what, [make, sentence]] of Object.entries(unfit)) {
        it(`refuses a group that ${what} with one sentence, and touches no zone and no group`, async () => {
            const apps = [{ id: "0oa1", label: "Payroll" }];
            await using scene = await openAgentScene(CONFIG, { ...SEED, apps } as unknown as Seed);
            await make(scene);
            await scene.write("grants.yaml", grants(["g1", "ana@example.com", "203.0.113.7"]));
            const { status, stderr } = await scene.agent("agent.yaml", ENV).ended;
            assert.equal(status, 2);
            assert.match(stderr, sentence);
            assert.equal(stderr.trim().split("\n").length, 1, stderr);
            assert.deepEqual(
                scene.okta.requests.filter(({ method }) => method !== "GET"),
                [],
            );
        });
    }
});
