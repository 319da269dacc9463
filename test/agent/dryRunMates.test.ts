import { strict as assert } from "node:assert";

import { besideMates, matesOf } from "../../src/agent/dryRunMates";
import { decideMembership } from "../../src/core/membership/decide";
import { type MembershipSettings, readAgentSettings } from "../../src/core/settings/agentSettings";
import { grant, NOW } from "../support/grants";
import { memorySource } from "../support/memorySource";
import { remembered } from "../support/remembered";

const WIKI_SOURCE = { type: "file", path: "wiki.yaml" };
const SETTINGS = readAgentSettings({
    source: "grants.yaml",
    memberships: [
        { name: "payroll", zones: ["nzo1"], selector: { access: "payroll" } },
        { name: "admin", zones: ["nzo2"], selector: { access: "admin" }, limits: { widestPrefix: 16 } },
        { name: "ops", zones: ["nzo3"], selector: { access: "ops" }, source: { type: "file", path: "grants.yaml" } },
        { name: "wiki", zones: ["nzo4"], source: WIKI_SOURCE },
        { name: "broken", zones: ["nzo5"], source: { type: "flie", path: "grants.yaml" } },
    ],
});
const named = (name: string): MembershipSettings =>
    SETTINGS.memberships.find((each) => each.name === name) ?? assert.fail(name);

const of = (access: string, from: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
        grant(`203.0.113.${from + index}/32`, 60, { id: `${from + index}`, labels: { access } }),
    );
const [PAYROLL, ADMIN] = [of("payroll", 10, 4), of("admin", 20, 4)];
const CLOCK = { now: () => NOW, elapsedMs: () => 0 };

/** What a dry run of `name` goes by, where both memberships know all their grants and the source says these. */
async function beside(name: "payroll" | "admin", grants: ReturnType<typeof of>) {
    const memories = { payroll: remembered(PAYROLL), admin: remembered(ADMIN, { zones: ["nzo2"] }) };
    const mate = name === "payroll" ? "admin" : "payroll";
    const store = { read: async () => memories[mate], write: async () => undefined };
    const membership = named(name);
    const by = { memory: memories[name].memory, denials: [], clock: CLOCK };
    const mates = [{ mate: named(mate), memory: store }];
    const { signal } = new AbortController();
    const { said, moved, others } = await besideMates(memorySource(grants), membership, mates, by, signal);
    const decision = decideMembership({
        memory: by.memory,
        reading: await said.read(signal),
        zones: [],
        rules: membership.rules,
        ...(others && { others }),
        nowMs: NOW,
    });
    return { decision, moved: moved.map(({ grant, from }) => `${grant.id} of ${from}`) };
}

describe("a dry run of one of several memberships", () => {
    it("goes by those with the same source, whatever their limits are and where the source is written", () => {
        const mates = (name: string) => matesOf(named(name), SETTINGS).map((each) => each.name);
        assert.deepEqual(mates("payroll"), ["admin", "ops"]);
        assert.deepEqual(mates("ops"), ["payroll", "admin"]);
        assert.deepEqual([mates("wiki"), mates("broken")], [[], []]);
    });

    it("holds what takes too much of the source as a whole", async () => {
        const { decision } = await beside("payroll", [...PAYROLL.slice(3), ...ADMIN.slice(3)]);
        assert.deepEqual([decision.judgement.verdict, decision.judgement.because], ["held", "source"]);
    });

    it("carries out what each may lose", async () => {
        const { decision } = await beside("payroll", [...PAYROLL.slice(1), ...ADMIN.slice(1)]);
        assert.equal(decision.judgement.verdict, "accepted");
    });

    it("lets a grant wait that comes from a membership which holds it", async () => {
        const moving = PAYROLL.map((each) => ({ ...each, labels: { access: "admin" } }));
        const { decision, moved } = await beside("admin", [...moving, ...ADMIN]);
        assert.deepEqual(moved, ["10 of payroll", "11 of payroll", "12 of payroll", "13 of payroll"]);
        assert.deepEqual(decision.grants, ADMIN);
    });

    it("admits a grant that the other one releases", async () => {
        const [first = assert.fail(), ...rest] = PAYROLL;
        const { decision, moved } = await beside("admin", [
            { ...first, labels: { access: "admin" } },
            ...rest,
            ...ADMIN,
        ]);
        assert.deepEqual([moved, decision.grants.length], [[], 5]);
    });

    describe("with another one that is bound to users", () => {
        const bob = { user: "00ubob", labels: { access: "admin" } };
        const held = grant("203.0.113.99/32", 60, { ...bob, id: "99" });
        const denial = { id: "d1", user: "bob@example.com", untilMs: NOW + 60_000, atMs: NOW, reason: "", by: "" };
        const members = { "bob@example.com": "00ubob" } as const;

        /** Whether the grant of a denied user, by id, leaves the other membership. */
        async function moved(bind: NonNullable<Parameters<typeof besideMates>[2][number]["bind"]>) {
            const store = { read: async () => remembered([held], { zones: ["nzo2"] }), write: async () => undefined };
            const by = { memory: remembered(PAYROLL).memory, denials: [denial], clock: CLOCK };
            const now = [...PAYROLL, { ...held, labels: { access: "payroll" } }, ...ADMIN];
            const mates = [{ mate: named("admin"), memory: store, bind }];
            const { signal } = new AbortController();
            return besideMates(memorySource(now), named("payroll"), mates, by, signal);
        }

        it("decides for it by the denials under every name of a user", async () => {
            const asked: string[] = [];
            const { others } = await moved(async (source, { denials, remembered: before }) => {
                asked.push(...before.map(({ user }) => user ?? ""));
                const all = denials.flatMap((each) => [each, { ...each, user: members["bob@example.com"] }]);
                return { source, denials: all, isBound: true, idOfUser: (user) => user };
            });
            const { others: raw } = await moved(async () => undefined);
            assert.deepEqual(asked, ["00ubob"]);
            assert.notDeepEqual(others, raw);
        });
    });
});
