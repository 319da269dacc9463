import { strict as assert } from "node:assert";
import { runtime } from "@pulumi/pulumi";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { SENTINEL } from "../../src/core/zones/zone";
import { type MembershipProvider, membershipProvider } from "../../src/provider/membership";
import type { Membership, MembershipArgs } from "../../src/provider/state";
import { A, B, grant } from "../support/grants";
import { type MemorySource, memorySource } from "../support/memorySource";
import { worldAt } from "./worldAt";

const ZONE = "nzoProvider0000000001";
const OTHER = "nzoProvider0000000002";

const cidr = (value: string) => ({ type: "CIDR" as const, value });

describe("membershipProvider", () => {
    let okta: Emulator;
    let source: MemorySource;
    let provider: MembershipProvider;
    let told: string[];

    beforeEach(async () => {
        const zones = [ZONE, OTHER].map((id) => ({ id, name: id, gateways: [cidr(SENTINEL)] }));
        okta = await startEmulator({ seed: { zones } });
        source = memorySource([grant(A)]);
        told = [];
        provider = membershipProvider(() => worldAt(okta.url, told, source));
        await provider.configure({ config: { get: () => undefined, require: () => "" } });
    });
    afterEach(() => okta.close());

    const args = (...zoneIds: string[]): MembershipArgs => ({ zoneIds, source: "grants.yaml" });
    const live = (id = ZONE) => okta.history.filter(({ zoneId }) => zoneId === id).at(-1)?.gateways;
    const writes = () => okta.requests.filter(({ method }) => method === "PUT").length;

    async function checked(news: MembershipArgs, olds: Partial<MembershipArgs> = {}): Promise<Membership> {
        const { inputs, failures } = await provider.check(olds as MembershipArgs, news);
        assert.equal(failures, undefined);
        return inputs as Membership;
    }

    describe("check", () => {
        it("resolves the gateways, so that a preview can show them", async () => {
            const lasting = { latest: { id: `grant of ${A}`, expiresAt: "2026-12-01T13:00:00.000Z" }, permanent: [] };
            const expected = { ...args(ZONE), gateways: [[A]], refused: [], unusable: [], lasting };
            assert.deepEqual(await checked(args(ZONE)), expected);
            assert.equal(writes(), 0);
        });

        it("keeps what Pulumi put beside the inputs", async () => {
            const news = { ...args(ZONE), __provider: "text" };
            const { __provider, gateways } = (await checked(news)) as Membership & { __provider: string };
            assert.deepEqual([__provider, gateways], ["text", [[A]]]);
        });

        it("says how many come in and go out, and says nothing where nothing changes", async () => {
            await provider.create(await checked(args(ZONE)));
            source.grants = [grant(B)];
            await provider.create(await checked(args(ZONE)));
            await checked(args(ZONE));
            assert.deepEqual(told, [
                `Zone "${ZONE}": 1 gateway comes in, 0 go out, 0 stay`,
                `Zone "${ZONE}": 1 gateway comes in, 1 goes out, 0 stay`,
            ]);
        });

        it("says the same twice", async () => {
            source.grants = [grant(B), grant(A)];
            assert.deepEqual(await checked(args(ZONE)), await checked(args(ZONE)));
        });

        it("takes a zone that is only going to be created for an empty one", async () => {
            const { gateways } = await checked(args(runtime.unknownValue, runtime.unknownValue));
            assert.deepEqual(gateways, [[A], [SENTINEL]]);
            assert.equal(okta.requests.length, 0);
            assert.deepEqual(told, ["The new zone: 1 gateway comes in, 0 go out, 0 stay"]);
        });

        for (const unknown of [{ zoneIds: runtime.unknownValue }, { source: runtime.unknownValue }]) {
            it(`asks nobody while ${Object.keys(unknown)[0]} is unknown`, async () => {
                const news = { ...args(ZONE), ...unknown } as MembershipArgs;
                assert.deepEqual(await checked(news), news);
                assert.equal(okta.requests.length, 0);
            });
        }

        it("fails in a sentence when the source cannot be read", async () => {
            source.isBroken = true;
            const { failures = [], inputs } = await provider.check(args(ZONE), args(ZONE));
            assert.deepEqual([inputs, failures.map(({ property }) => property)], [undefined, [""]]);
            assert.match(failures[0]?.reason ?? "", /cannot read grants.* \[ZK401\]$/);
        });

        it("fails in a sentence when a limit makes no sense", async () => {
            const { failures } = await provider.check(args(ZONE), { ...args(ZONE), widestPrefix: 99 });
            const reason = 'widestPrefix "99" is not a prefix length from 1 to 32 [ZK002]';
            assert.deepEqual(failures, [{ property: "", reason }]);
        });

        it("holds a change that removes too many, until it is confirmed", async () => {
            await provider.create(await checked(args(ZONE)));
            source.grants = [];
            const news = { ...args(ZONE), maxRemovals: 0 };
            assert.deepEqual((await checked(news)).gateways, [[A]]);
            assert.deepEqual((await checked({ ...news, confirmRemovals: true })).gateways, [[SENTINEL]]);
        });
    });

    describe("diff", () => {
        const diff = async (olds: object, news: object) =>
            (await provider.diff(ZONE, olds as Membership, news as Membership)).changes;

        it("finds no difference when state, inputs and zone agree", async () => {
            const { outs } = await provider.create(await checked(args(ZONE)));
            assert.equal(await diff(outs ?? {}, await checked(args(ZONE))), false);
        });

        it("uses what check has just read", async () => {
            const { outs } = await provider.create(await checked(args(ZONE)));
            const news = await checked(args(ZONE));
            const before = okta.requests.length;
            await diff(outs ?? {}, news);
            assert.equal(okta.requests.length, before);
            await diff(outs ?? {}, news);
            assert.equal(okta.requests.length, before + 1);
        });

        it("sees that the live zone is different", async () => {
            const { outs } = await provider.create(await checked(args(ZONE)));
            const news = await checked(args(ZONE));
            await diff(outs ?? {}, news);
            okta.inject({ on: { method: "GET" }, do: { foreignWrite: { gateways: [cidr(B)] }, zoneId: ZONE } });
            await fetch(`${okta.url}/api/v1/zones/${ZONE}`, { headers: { authorization: "SSWS x" } });
            assert.equal(await diff(outs ?? {}, news), true);
        });

        it("does not mind how gateways are spelled and ordered", async () => {
            source.grants = [grant(A), grant(B)];
            const inputs = await checked(args(ZONE));
            await provider.create(inputs);
            assert.equal(await diff({ ...inputs, gateways: [["198.51.100.3-198.51.100.3", A]] }, inputs), false);
        });

        const CHANGES: readonly [what: string, olds: object][] = [
            ["the gateways", { gateways: [[B]] }],
            ["the zones", { zoneIds: [OTHER] }],
            ["the text of the provider", { __provider: "older" }],
            ["a state of an older version that knew no gateways", { gateways: undefined, refused: undefined }],
        ];
        for (const [what, olds] of CHANGES) {
            it(`sees a change of ${what}`, async () => {
                const inputs = await checked({ ...args(ZONE), __provider: "text" } as MembershipArgs);
                await provider.create(inputs);
                assert.equal(await diff({ ...inputs, ...olds }, inputs), true);
            });
        }

        it("takes what is not known yet for a change", async () => {
            const inputs = await checked(args(ZONE));
            assert.equal(await diff(inputs, { ...inputs, zoneIds: [ZONE, runtime.unknownValue] }), true);
        });
    });

    describe("create, update, read and delete", () => {
        it("write what check decided, with one write to each zone", async () => {
            const { id, outs } = await provider.create(await checked(args(ZONE)));
            assert.deepEqual([id, live(), writes()], [ZONE, [A], 1]);
            source.grants = [grant(B)];
            const inputs = await checked(args(ZONE), outs);
            assert.deepEqual((await provider.update(id, outs as Membership, inputs)).outs, inputs);
            assert.deepEqual([live(), writes()], [[B], 2]);
        });

        it("do not write a zone that is as it should be", async () => {
            const { id, outs } = await provider.create(await checked(args(ZONE)));
            await provider.update(id, outs as Membership, await checked(args(ZONE)));
            assert.equal(writes(), 1);
        });

        it("leave the sentinel in a zone that the membership gives up", async () => {
            const both: Membership = { ...(await checked(args(ZONE, OTHER))), gateways: [[A], [B]] };
            const { id, outs } = await provider.create(both);
            source.grants = [grant(A), grant(B)];
            await provider.update(id, outs as Membership, await checked(args(ZONE)));
            assert.deepEqual([live(ZONE), live(OTHER)], [[A, B], [SENTINEL]]);
        });

        it("report the live gateways, as inputs too", async () => {
            const inputs = await checked(args(ZONE));
            assert.deepEqual(await provider.read(ZONE, inputs), {
                id: ZONE,
                props: { ...inputs, gateways: [[SENTINEL]] },
                inputs: { ...inputs, gateways: [[SENTINEL]] },
            });
        });

        it("take zones that are gone for a membership that is gone", async () => {
            const gone = { ...(await checked(args(ZONE))), zoneIds: ["nzoGone00000000000001"] };
            assert.deepEqual(await provider.read(ZONE, gone), {});
            await provider.delete(ZONE, gone);
            assert.equal(writes(), 0);
        });

        it("do not take an Okta out of order for a zone that is gone, and print no stack", async () => {
            okta.inject({ on: { path: "/zones" }, times: 9, do: { status: 503 } });
            const state: Membership = { ...args(ZONE), gateways: [[A]], refused: [], unusable: [] };
            const message = / \[ZK103\]$/;
            await assert.rejects(provider.read(ZONE, state), { code: "okta-unreachable", message, stack: "" });
        });

        it("leave the sentinel behind when the membership is deleted", async () => {
            const { id, outs } = await provider.create(await checked(args(ZONE)));
            await provider.delete(id, outs as Membership);
            assert.deepEqual(live(), [SENTINEL]);
        });

        it("keep the state of a write that cannot be seen yet, for the next run to settle", async () => {
            const inputs = await checked(args(ZONE));
            okta.inject({ on: { method: "PUT" }, do: { staleReads: 9 } });
            await assert.rejects(provider.create(inputs), ({ id, properties, reasons }) => {
                assert.deepEqual([id, properties], [ZONE, inputs]);
                return /still shows its old gateways.* \[ZK601\]$/.test(reasons[0]);
            });
        });
    });
});
