import { strict as assert } from "node:assert";

import { partlyDone } from "../../../rehearsal/provider";
import { secret, UNKNOWN } from "../../../rehearsal/values/values";
import { existing, goal, perform, urnOf } from "../stage";

describe("register", () => {
    it("creates what is not there and records it", async () => {
        const done = await perform({ goals: [goal("staff", { size: 1 })] });
        assert.deepEqual(done.calls, ['create staff {"size":1}']);
        assert.deepEqual(done.state, [existing("staff", { size: 1 })]);
        assert.deepEqual(done.answers, [{ id: "id-staff", outputs: { size: 1 } }]);
    });

    it("asks for nothing and writes nothing when nothing changed", async () => {
        const done = await perform({ state: [existing("staff", { size: 1 })], goals: [goal("staff", { size: 1 })] });
        assert.deepEqual([done.calls, done.steps, done.writes], [[], ["same staff"], 0]);
    });

    it("updates what differs", async () => {
        const done = await perform({ state: [existing("staff", { size: 1 })], goals: [goal("staff", { size: 2 })] });
        assert.deepEqual([done.calls, done.steps], [['update staff {"size":2}'], ["update staff"]]);
        assert.deepEqual(done.state, [existing("staff", { size: 2 })]);
    });

    it("creates a replacement first and deletes the old resource at the end", async () => {
        const state = [existing("staff", { kind: "a" }, { id: "old" })];
        const done = await perform({ state, goals: [goal("staff", { kind: "b" }), goal("crew", {})] });
        assert.deepEqual(done.calls, ['create staff {"kind":"b"}', "create crew {}", 'delete staff "old"']);
        assert.deepEqual(done.steps, ["replace staff", "create crew"]);
        assert.deepEqual(done.state, [existing("staff", { kind: "b" }), existing("crew", {})]);
    });

    it("deletes first where the program wants it so", async () => {
        const done = await perform({
            state: [existing("staff", { kind: "a" }, { id: "old" })],
            goals: [goal("staff", { kind: "b" }, { deleteBeforeReplace: true })],
        });
        assert.deepEqual(done.calls, ['delete staff "old"', 'create staff {"kind":"b"}']);
    });

    it("replaces for a change that replaceOnChanges names, and for another provider", async () => {
        const state = [existing("staff", { size: { width: 1 } })];
        const named = goal("staff", { size: { width: 2 } }, { replaceOnChanges: ["size"] });
        assert.deepEqual((await perform({ state, goals: [named] })).steps, ["replace staff"]);
        const moved = goal("staff", { size: { width: 1 } }, { provider: `${urnOf("other")}::1` });
        assert.deepEqual((await perform({ state, goals: [moved] })).steps, ["replace staff"]);
    });

    it("refuses to replace what is protected, and keeps the old resource", async () => {
        const state = [existing("staff", { kind: "a" })];
        const done = await perform({ state, goals: [goal("staff", { kind: "b" }, { protect: true })] });
        assert.deepEqual(done.calls, []);
        assert.deepEqual(done.problems, ["it would be replaced, but is protected; take out the option protect first"]);
        assert.deepEqual(done.state, state);
    });

    it("takes the old inputs for what ignoreChanges names", async () => {
        const state = [existing("staff", { gateways: ["b"], name: "old" })];
        const wanted = goal("staff", { gateways: ["a"], name: "new" }, { ignoreChanges: ["gateways"] });
        assert.deepEqual((await perform({ state, goals: [wanted] })).calls, [
            'update staff {"gateways":["b"],"name":"new"}',
        ]);
    });

    it("finds a resource under the URN that it had before", async () => {
        const before = urnOf("before");
        const done = await perform({
            state: [existing("staff", { size: 1 }, { urn: before })],
            goals: [goal("staff", { size: 1 }, { aliases: [before] })],
        });
        assert.deepEqual([done.calls, done.steps], [[], ["same staff"]]);
        assert.deepEqual(done.state, [existing("staff", { size: 1 })]);
    });

    it("keeps what was partly done, and tries again the next time", async () => {
        const create = async () => {
            throw partlyDone("not seen yet", { id: "id-staff", outputs: { size: 1 } }, ["Okta is slow"]);
        };
        const failed = await perform({ goals: [goal("staff", { size: 1 })], provider: { create } });
        assert.deepEqual(failed.problems, ["not seen yet"]);
        assert.deepEqual(failed.state, [existing("staff", { size: 1 }, { problems: ["Okta is slow"] })]);
        const again = await perform({ state: failed.state, goals: [goal("staff", { size: 1 })] });
        assert.deepEqual(again.steps, ["update staff"]);
        assert.deepEqual(again.state, [existing("staff", { size: 1 })]);
    });

    it("keeps what was done before a failure, and deletes nothing after it", async () => {
        const create = async ({ name }: { name: string }) => {
            if (name === "crew") throw new Error("no room");
            return { id: `id-${name}`, outputs: {} };
        };
        const done = await perform({
            state: [existing("guests", {})],
            goals: [goal("staff", {}), goal("crew", {})],
            provider: { create },
        });
        assert.deepEqual(done.problems, ["no room"]);
        assert.deepEqual(done.state, [existing("staff", {}), existing("guests", {})]);
    });

    it("says in one sentence why inputs are refused, without their secrets", async () => {
        const failures = [
            { property: "token", reason: "is too short" },
            { property: "", reason: "and something near a secret is wrong" },
        ];
        const check = async (_: unknown, __: unknown, inputs: object) => ({ inputs: { ...inputs }, failures });
        const done = await perform({ goals: [goal("staff", { token: secret("abc") })], provider: { check } });
        assert.deepEqual(done.problems, [
            'property token value "[secret]" has a problem: is too short; and something near a secret is wrong',
        ]);
    });

    it("shows the checked inputs, without marks, to the policies", async () => {
        const seen: unknown[] = [];
        const done = await perform({
            goals: [goal("staff", { token: secret("abc") })],
            onChecked: (resource) => {
                seen.push(resource.inputs);
                return ["a zone must be protected"];
            },
        });
        assert.deepEqual(seen, [{ token: "abc" }]);
        assert.deepEqual([done.problems, done.calls], [["a zone must be protected"], []]);
    });

    it("marks secrets again that a provider gives back, and outputs that the program calls secret", async () => {
        const create = async () => ({ id: "1", outputs: { token: "abc", key: "k", size: 1 } });
        const wanted = goal("staff", { token: secret("abc"), size: 1 }, { secretOutputs: ["key"] });
        const done = await perform({ goals: [wanted], provider: { create } });
        assert.deepEqual(done.answers[0]?.outputs, { token: secret("abc"), key: secret("k"), size: 1 });
        assert.deepEqual(done.state[0]?.inputs, { token: secret("abc"), size: 1 });
    });

    it("creates nothing whose secret the state could not keep", async () => {
        const done = await perform({ goals: [goal("staff", { token: secret("abc") })], hasPassphrase: false });
        assert.deepEqual([done.problems, done.calls], [["set PULUMI_CONFIG_PASSPHRASE"], []]);
    });

    it("refuses two resources of one URN", async () => {
        const done = await perform({ goals: [goal("staff", {}), goal("staff", {})] });
        assert.deepEqual(done.problems, [`two resources have the URN ${urnOf("staff")}; rename one of them`]);
    });

    it("writes and asks for nothing in a preview, and knows ids of what exists only", async () => {
        const done = await perform({
            mode: "preview",
            state: [existing("staff", { size: 1 }), existing("guests", {})],
            goals: [goal("staff", { size: 2 }), goal("crew", { zone: UNKNOWN })],
        });
        assert.deepEqual(done.steps, ["update staff", "create crew", "delete guests"]);
        assert.deepEqual([done.calls, done.writes], [[], 0]);
        assert.deepEqual(done.answers, [
            { id: "id-staff", outputs: { size: 2 } },
            { id: "", outputs: { zone: UNKNOWN } },
        ]);
    });
});

describe("remove", () => {
    const zone = existing("zone", {});
    const rule = existing("rule", {}, { dependencies: [urnOf("zone")] });

    it("deletes first what depends on others", async () => {
        const done = await perform({ state: [zone, rule] });
        assert.deepEqual(done.calls, ['delete rule "id-rule"', 'delete zone "id-zone"']);
        assert.deepEqual(done.state, []);
    });

    it("deletes nothing if one of them is protected", async () => {
        const done = await perform({ state: [existing("zone", {}, { protect: true }), rule] });
        assert.deepEqual(done.problems, [
            'thing:index:Thing "zone" is protected and cannot be deleted; take out the option protect first',
        ]);
        assert.deepEqual([done.calls, done.writes], [[], 0]);
    });

    it("leaves to itself what goes with another resource or is to be retained", async () => {
        const member = existing("member", {}, { deletedWith: urnOf("zone"), dependencies: [urnOf("zone")] });
        const kept = existing("kept", {}, { retainOnDelete: true });
        const done = await perform({ state: [zone, member, kept] });
        assert.deepEqual([done.calls, done.state], [['delete zone "id-zone"'], []]);
    });

    it("deletes what goes with a resource that stays", async () => {
        const member = existing("member", {}, { deletedWith: urnOf("zone") });
        const done = await perform({ state: [zone, member], goals: [goal("zone", {})] });
        assert.deepEqual(done.calls, ['delete member "id-member"']);
    });

    it("keeps what others still needed when their deletion failed", async () => {
        const fails = async () => {
            throw new Error("in use");
        };
        const done = await perform({ state: [zone, rule], provider: { delete: fails } });
        assert.deepEqual(done.problems, ['thing:index:Thing "rule": in use']);
        assert.deepEqual(done.state, [zone, rule]);
    });
});
