import { strict as assert } from "node:assert";
import type { dynamic } from "@pulumi/pulumi";

import { perOrg } from "../../src/provider/perOrg";

const ACME = { orgName: "acme", apiToken: "t1" };
const LAB = { orgName: "lab", apiToken: "t2" };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Call = readonly [org: string | undefined, method: string, ...args: unknown[]];

/** A provider that notes in which org it was called, and with what. */
function noting(calls: Call[], more: Partial<dynamic.ResourceProvider> = {}) {
    return () => {
        let org: string | undefined;
        const note = <T>(method: string, args: unknown[], answer: T) => {
            calls.push([org, method, ...args]);
            return answer;
        };
        return {
            configure: async ({ config }: dynamic.ConfigureRequest) => {
                org = config.get("okta:orgName");
            },
            check: async (olds: object, news: object) => note("check", [olds, news], { inputs: news }),
            diff: async (id: string, olds: object, news: object) => note("diff", [id, olds, news], { changes: false }),
            create: async (inputs: object) => note("create", [inputs], { id: "nzo1", outs: inputs }),
            read: async (id: string, props: object) => note("read", [id, props], { id, props, inputs: props }),
            update: async (id: string, olds: object, news: object) => note("update", [id, olds, news], { outs: news }),
            delete: async (id: string, props: object) => note("delete", [id, props], undefined),
            ...more,
        } as Required<dynamic.ResourceProvider>;
    };
}

const stack = {
    config: { get: (key: string) => (key === "okta:orgName" ? "own" : undefined) },
} as dynamic.ConfigureRequest;

describe("perOrg", () => {
    let calls: Call[];
    let provider: Required<dynamic.ResourceProvider>;
    beforeEach(async () => {
        calls = [];
        provider = perOrg(noting(calls));
        await provider.configure(stack);
    });

    it("calls the provider of the org that stands in the resource, which does not see it", async () => {
        const own = { zone: "a" };
        for (const okta of [undefined, ACME, LAB]) {
            const [org, props] = [okta?.orgName ?? "own", okta === undefined ? own : { ...own, okta }];
            assert.deepEqual((await provider.check(props, props)).inputs, props);
            assert.deepEqual(await provider.diff("nzo1", props, props), { changes: false });
            assert.deepEqual((await provider.create(props)).outs, props);
            assert.deepEqual(await provider.read("nzo1", props), { id: "nzo1", props, inputs: props });
            assert.deepEqual((await provider.update("nzo1", props, props)).outs, props);
            await provider.delete("nzo1", props);
            assert.deepEqual(calls.splice(0), [
                [org, "check", own, own],
                [org, "diff", "nzo1", own, own],
                [org, "create", own],
                [org, "read", "nzo1", own],
                [org, "update", "nzo1", own, own],
                [org, "delete", "nzo1", own],
            ]);
        }
    });

    describe("with settings that lead to another org than the one in the state", () => {
        const SENTENCE =
            "the Okta org that answers is 00oTheirs, but these resources of the stack are in the org 00oOurs: check okta:orgName, okta:baseUrl, the OKTA_* variables and the okta.Provider, or use another stack for another org [ZK113]";
        const olds = { zone: "a", orgId: "00oOurs" };
        const gone = { read: async () => ({}) };
        const inOrg = async (id: string, more: Partial<dynamic.ResourceProvider> = {}) => {
            const moved = perOrg(noting(calls, more), async () => ({ id }));
            await moved.configure(stack);
            return moved;
        };

        it("refuses the inputs, a deletion, and the finding that it is gone", async () => {
            const moved = await inOrg("00oTheirs", gone);
            const { failures } = await moved.check(olds, { zone: "a", orgId: "00oTheirs" });
            assert.deepEqual(failures, [{ property: "", reason: SENTENCE }]);
            await assert.rejects(moved.delete("nzo1", olds), { message: SENTENCE });
            await assert.rejects(moved.read("nzo1", olds), { message: SENTENCE });
            assert.deepEqual(calls, []);
        });

        it("asks no org about what is there, and finds gone what its own org does not have", async () => {
            const there = await inOrg("00oTheirs");
            assert.deepEqual((await there.read("nzo1", olds)).props, olds);
            const deleted = await inOrg("00oOurs", gone);
            assert.deepEqual(await deleted.read("nzo1", olds), {});
            await deleted.delete("nzo1", olds);
        });

        it("keeps the org of the state where a run does not know one", async () => {
            const { inputs } = await (await inOrg("00oOurs")).check(olds, { zone: "b" });
            assert.deepEqual(inputs, { zone: "b", orgId: "00oOurs" });
        });
    });

    it("is changed where the org, or what opens it, is another one", async () => {
        const changed = await provider.diff("nzo1", { okta: ACME }, { okta: { ...ACME, apiToken: "t3" } });
        assert.deepEqual([changed, calls], [{ changes: true }, []]);
    });

    it("asks no server while the org is not known yet", async () => {
        for (const okta of [UNKNOWN, { ...ACME, apiToken: UNKNOWN }]) {
            const news = { zone: "a", okta };
            assert.deepEqual(await provider.check({}, news), { inputs: news });
            assert.deepEqual(await provider.diff("nzo1", { okta: ACME }, news), { changes: true });
        }
        assert.deepEqual(calls, []);
    });

    it("keeps the org of what was made in part", async () => {
        const error = Object.assign(new Error("not seen yet"), { id: "nzo1", properties: { zone: "a" } });
        const failing = perOrg(noting([], { create: () => Promise.reject(error) }));
        await failing.configure(stack);
        await assert.rejects(failing.create({ zone: "a", okta: LAB }), { properties: { zone: "a", okta: LAB } });
    });

    it("gives an OAuth app of a declared provider the scopes that are needed here", async () => {
        let scopes: string | undefined;
        const reading = perOrg(
            noting([], {
                configure: async ({ config }) => {
                    scopes = config.get("okta:scopes");
                },
            }),
        );
        await reading.create({ okta: { orgName: "acme", clientId: "0oa1", privateKey: "a key" } });
        assert.equal(scopes, '["okta.networkZones.manage","okta.policies.read","okta.apps.read"]');
    });

    it("hands on why inputs are refused", async () => {
        const failures = [{ property: "", reason: "no" }];
        const refusing = perOrg(noting([], { check: async () => ({ failures }) }));
        await refusing.configure(stack);
        assert.deepEqual(await refusing.check({}, { okta: ACME }), { failures });
    });
});
