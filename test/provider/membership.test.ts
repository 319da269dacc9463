import { strict as assert } from "node:assert";
import { runtime } from "@pulumi/pulumi";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { spanOf } from "../../src/core/addresses/ip";
import { SENTINEL } from "../../src/core/zones/zone";
import { type MembershipProvider, membershipProvider } from "../../src/provider/membership";
import type { Membership, MembershipArgs } from "../../src/provider/state";
import { addresses } from "../support/cells";
import { A, B, grant, NOW } from "../support/grants";
import { type MemorySource, memorySource } from "../support/memorySource";
import { worldAt } from "./worldAt";

const ZONE = "nzoProvider0000000001";
const OTHER = "nzoProvider0000000002";

/** When the grants end. */
const END = "2026-12-01T13:00:00.000Z";

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

    async function checked(news: MembershipArgs, olds: Partial<Membership> = {}): Promise<Membership> {
        const { inputs, failures } = await provider.check(olds as Membership, news);
        assert.equal(failures, undefined);
        return inputs as Membership;
    }

    /** Brings the zone to the grants; gives the state. */
    async function inForce(state?: Membership, more: Partial<MembershipArgs> = {}): Promise<Membership> {
        const inputs = await checked({ ...args(ZONE), ...more }, state);
        const { outs } =
            state === undefined ? await provider.create(inputs) : await provider.update(ZONE, state, inputs);
        return outs as Membership;
    }

    /** What a refresh makes of the state. */
    async function refreshed(state: Membership): Promise<Membership> {
        return (await provider.read(ZONE, state)).props as Membership;
    }

    /** Somebody else writes the zone. */
    async function foreignWrite(...ranges: string[]): Promise<void> {
        const gateways = ranges.map(cidr);
        okta.inject({ on: { method: "GET" }, do: { foreignWrite: { gateways }, zoneId: ZONE } });
        await fetch(`${okta.url}/api/v1/zones/${ZONE}`, { headers: { authorization: "SSWS x" } });
    }

    describe("check", () => {
        it("resolves the entries, so that a preview can show them", async () => {
            const entries = { [ZONE]: { [A]: { [`grant of ${A}`]: END } } };
            const expected = { ...args(ZONE), entries, refused: [], unusable: [] };
            assert.deepEqual(await checked(args(ZONE)), expected);
            assert.equal(writes(), 0);
        });

        it("keeps what Pulumi put beside the inputs", async () => {
            const news = { ...args(ZONE), __provider: "text" };
            const { __provider, entries } = (await checked(news)) as Membership & { __provider: string };
            assert.deepEqual([__provider, Object.keys(entries[ZONE] ?? {})], ["text", [A]]);
        });

        it("says how many come in and go out, and says nothing where nothing changes", async () => {
            let state = await inForce();
            source.grants = [grant(B)];
            state = await inForce(state);
            await checked(args(ZONE), state);
            assert.deepEqual(told, [
                `Zone "${ZONE}": 1 gateway comes in, 0 go out, 0 stay; in: ${A}`,
                `Zone "${ZONE}": 1 gateway comes in, 1 goes out, 0 stay; in: ${B}; out: ${A}`,
            ]);
        });

        it("says the same twice", async () => {
            source.grants = [grant(B), grant(A)];
            assert.deepEqual(await checked(args(ZONE)), await checked(args(ZONE)));
        });

        it("takes a zone that is only going to be created for an empty one", async () => {
            const { entries } = await checked(args(runtime.unknownValue, runtime.unknownValue));
            const first = { [A]: { [`grant of ${A}`]: END } };
            assert.deepEqual(entries, { "new zone 1": first, "new zone 2": { [SENTINEL]: {} } });
            assert.equal(okta.requests.length, 0);
            assert.deepEqual(told, [`The new zone: 1 gateway comes in, 0 go out, 0 stay; in: ${A}`]);
        });

        for (const unknown of [{ zoneIds: runtime.unknownValue }, { source: runtime.unknownValue }]) {
            it(`asks no server while ${Object.keys(unknown)[0]} is unknown`, async () => {
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

        it("notes a later end without a write, and an earlier one too", async () => {
            const state = await inForce();
            source.grants = [grant(A, 120, { id: `grant of ${A}` })];
            const renewed = await inForce(state);
            assert.deepEqual(renewed.entries, { [ZONE]: { [A]: { [`grant of ${A}`]: "2026-12-01T14:00:00.000Z" } } });
            source.grants = [grant(A, 30)];
            await inForce(renewed);
            assert.deepEqual([writes(), live()], [1, [A]]);
        });
    });

    describe("the removal brake", () => {
        const many = addresses(12);
        const grants = many.map((range) => grant(range));
        const inside = () => live()?.filter((range) => range !== SENTINEL).length;

        it("holds what would put out more than half of the known grants, until it is confirmed", async () => {
            source.grants = grants;
            const state = await inForce();
            source.grants = [...grants.slice(0, 5), grant(B)];
            const held = await inForce(state);
            assert.deepEqual([inside(), held.entries, held.refused.length], [12, state.entries, 8]);
            const again = await inForce(held);
            assert.deepEqual(again, held);
            await inForce(again, { confirmRemovals: true });
            assert.equal(inside(), 6);
        });

        it("says what is held, why, who waits, and how to confirm it", async () => {
            source.grants = grants;
            const state = await inForce();
            source.grants = [...grants.slice(0, 5), grant(B)];
            told.length = 0;
            await checked(args(ZONE), state);
            assert.deepEqual(told, [
                `Zone "${ZONE}": warning: 7 addresses are held and stay: ${many.slice(5).join(", ")}; held by maxRemovals: ` +
                    "7 of 12 known active grants would lose an address, and 6 may in one run; confirm it, or restore their grants; " +
                    `new grants wait meanwhile: grant of ${B}; to confirm it, set zonekeeper:confirmRemovals to true for one run`,
            ]);
        });

        const LIMITS: readonly [maxRemovals: string | number | undefined, left: number, inside: number][] = [
            [undefined, 6, 6],
            [undefined, 5, 12],
            ["25%", 9, 9],
            ["25%", 8, 12],
            [2, 10, 10],
            [2, 9, 12],
            ["off", 0, 0],
            [undefined, 0, 12],
        ];
        for (const [maxRemovals, left, expected] of LIMITS) {
            it(`leaves ${expected} of 12 in, where ${left} are granted, with ${maxRemovals ?? "the default"}`, async () => {
                source.grants = grants;
                const state = await inForce();
                source.grants = grants.slice(0, left);
                await inForce(state, { maxRemovals });
                assert.equal(inside(), expected);
            });
        }

        /** Each in place of the end that all of the grants had. */
        const ENDS: readonly [what: string, inMinutes: number][] = [
            ["in the past", -60],
            ["sooner", 30],
        ];
        for (const [what, minutes] of ENDS) {
            it(`holds a document in which all ends are ${what}`, async () => {
                source.grants = grants;
                const state = await inForce();
                source.grants = many.map((range) => grant(range, minutes));
                const { entries } = await inForce(state);
                assert.deepEqual([inside(), entries], [12, state.entries]);
            });
        }

        it("lets everybody go whose known end has come, whatever it holds", async () => {
            source.grants = many.map((range, index) => grant(range, index < 5 ? 1 : 60));
            const state = await inForce();
            source.grants = [];
            provider = membershipProvider(() => ({
                ...worldAt(okta.url, told, source),
                clock: { now: () => NOW + 60_000, elapsedMs: () => 0, sleep: async () => {}, random: () => 0 },
            }));
            await provider.configure({ config: { get: () => undefined, require: () => "" } });
            await inForce(state);
            assert.equal(inside(), 7);
        });

        it("removes another writer's entries without counting them, and restores what it removed", async () => {
            source.grants = grants.slice(0, 4);
            const state = await inForce();
            const strangers = Array.from({ length: 9 }, (_, index) => `192.0.2.${index * 2 + 64}/32`);
            await foreignWrite(...strangers);
            for (const before of [state, await refreshed(state)]) {
                const { entries, missing } = await checked({ ...args(ZONE), maxRemovals: 1 }, before);
                assert.deepEqual([entries, missing], [state.entries, undefined]);
            }
            await inForce(await refreshed(state), { maxRemovals: 1 });
            assert.deepEqual(live(), many.slice(0, 4));
        });

        it("remembers entries that another writer removed while the source lost them", async () => {
            source.grants = grants;
            const state = await inForce();
            await foreignWrite(B);
            source.grants = [];
            const twice = await refreshed(await refreshed(state));
            assert.deepEqual(twice.entries, { [ZONE]: { [B]: {} } });
            await inForce(twice);
            assert.deepEqual(live(), many);
        });

        it("counts entries of a zone that it does not know like grants, and holds them until that is confirmed", async () => {
            await foreignWrite(...many.slice(0, 10));
            source.grants = grants.slice(0, 3);
            const held = await inForce();
            const unknown = Object.values(held.entries[ZONE] ?? {}).filter((holders) => "unknown" in holders);
            assert.deepEqual([inside(), unknown.length], [10, 7]);
            source.grants = [...grants.slice(0, 3), ...many.slice(10).map((range) => grant(range))];
            const again = await inForce(await refreshed(held), { maxRemovals: "90%" });
            assert.equal(inside(), 10);
            await inForce(again, { confirmRemovals: true });
            assert.deepEqual(live(), [...many.slice(0, 3), ...many.slice(10)]);
        });

        it("lets few entries of a zone that it does not know go at once", async () => {
            await foreignWrite(...many.slice(0, 5));
            source.grants = grants.slice(0, 3);
            await inForce();
            assert.deepEqual(live(), many.slice(0, 3));
        });

        it("lets a static gateway go that left the settings", async () => {
            const state = await inForce(undefined, { staticGateways: addresses(20) });
            await inForce(state);
            assert.deepEqual(live(), [A]);
        });

        it("keeps who has an entry that is unusable now, and who was let in by one before it knew the zone", async () => {
            await foreignWrite(A, B);
            const unusable = (range: string) => ({
                id: `grant of ${range}`,
                field: "expiresAt",
                reason: "is missing",
                spans: [spanOf(range)],
            });
            source.unusable = [unusable(B)];
            let state = await inForce();
            assert.deepEqual(state.entries, {
                [ZONE]: { [A]: { [`grant of ${A}`]: END }, [B]: { unusable: "never" } },
            });
            source.grants = [];
            source.unusable = [unusable(A), unusable(B)];
            state = await inForce(await refreshed(state));
            assert.deepEqual(live(), [A, B]);
            source.grants = [grant(A), grant(B)];
            source.unusable = [];
            state = await inForce(await refreshed(state));
            assert.deepEqual(state.entries, {
                [ZONE]: { [A]: { [`grant of ${A}`]: END }, [B]: { [`grant of ${B}`]: END } },
            });
        });

        it("goes by the entries of a state of 0.1.0 as of a zone that it does not know", async () => {
            source.grants = grants.slice(0, 8);
            await inForce();
            const { entries: _, ...rest } = await checked(args(ZONE));
            const old = { ...rest, gateways: [many.slice(0, 8)] } as unknown as Membership;
            source.grants = grants.slice(0, 2);
            const state = await inForce(await refreshed(old));
            assert.deepEqual([inside(), "gateways" in state], [8, false]);
        });
    });

    describe("diff", () => {
        const diff = async (olds: object, news: object) =>
            (await provider.diff(ZONE, olds as Membership, news as Membership)).changes;

        it("finds no difference when state, inputs and zone agree", async () => {
            const { outs } = await provider.create(await checked(args(ZONE)));
            assert.equal(await diff(outs ?? {}, await checked(args(ZONE))), false);
        });

        it("sees that the live zone is different", async () => {
            const { outs } = await provider.create(await checked(args(ZONE)));
            const news = await checked(args(ZONE));
            await diff(outs ?? {}, news);
            await foreignWrite(B);
            assert.equal(await diff(outs ?? {}, news), true);
        });

        it("does not mind in which order the entries are", async () => {
            source.grants = [grant(A), grant(B)];
            const inputs = await checked(args(ZONE));
            await provider.create(inputs);
            const [first = [], second = []] = Object.entries(inputs.entries[ZONE] ?? {});
            const entries = { [ZONE]: Object.fromEntries([second, first]) };
            assert.equal(await diff({ ...inputs, entries }, inputs), false);
        });

        it("does not mind how Okta cuts the same addresses", async () => {
            source.grants = [grant("203.0.113.8"), grant("203.0.113.9")];
            const state = await inForce();
            await foreignWrite("203.0.113.8/31");
            const seen = await refreshed(state);
            assert.deepEqual(seen, state);
            assert.equal(await diff(seen, await checked(args(ZONE), seen)), false);
        });

        const CHANGES: readonly [what: string, olds: object][] = [
            ["the entries", { entries: { [ZONE]: { [B]: {} } } }],
            ["the end of a grant", { entries: { [ZONE]: { [A]: { [`grant of ${A}`]: "never" } } } }],
            ["the zones", { zoneIds: [OTHER] }],
            ["the text of the provider", { __provider: "older" }],
            ["a state of an older version that knew no entries", { entries: undefined, refused: undefined }],
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
            assert.deepEqual((await provider.update(id, outs as Membership, inputs)).outs, {
                ...inputs,
                written: true,
            });
            assert.deepEqual([live(), writes()], [[B], 2]);
        });

        it("do not write a zone that is as it should be", async () => {
            const { id, outs } = await provider.create(await checked(args(ZONE)));
            await provider.update(id, outs as Membership, await checked(args(ZONE)));
            assert.equal(writes(), 1);
        });

        it("leave the sentinel in a zone that the membership gives up", async () => {
            const [first, second] = [A, B].map((range) => ({ [range]: { [`grant of ${range}`]: END } }));
            const entries = { [ZONE]: first ?? {}, [OTHER]: second ?? {} };
            const both: Membership = { ...(await checked(args(ZONE, OTHER))), entries };
            const { id, outs } = await provider.create(both);
            source.grants = [grant(A), grant(B)];
            await provider.update(id, outs as Membership, await checked(args(ZONE), outs as Membership));
            assert.deepEqual([live(ZONE), live(OTHER)], [[A, B], [SENTINEL]]);
        });

        it("refuse to write a zone about which nothing was decided", async () => {
            const inputs: Membership = { ...(await checked(args(ZONE))), entries: {} };
            const message = /^nothing was decided about the zone nzoProvider0000000001: run again \[ZK002\]$/;
            await assert.rejects(provider.create(inputs), { message });
            assert.equal(writes(), 0);
        });

        it("report the live entries with what is known of them, as inputs too", async () => {
            source.grants = [grant(A), grant(B)];
            const state = await inForce();
            await foreignWrite(A, "203.0.113.7/32");
            const [a, b] = [A, B].map((range) => ({ [range]: { [`grant of ${range}`]: END } }));
            const { written: _, ...known } = state;
            const found = {
                ...known,
                entries: { [ZONE]: { ...a, "203.0.113.7/32": {} } },
                missing: { [ZONE]: b },
            };
            const props = { ...found, written: true };
            assert.deepEqual(await provider.read(ZONE, state), { id: ZONE, props, inputs: found });
        });

        it("take zones that are gone for a membership that is gone", async () => {
            const gone = { ...(await checked(args(ZONE))), zoneIds: ["nzoGone00000000000001"] };
            assert.deepEqual(await provider.read(ZONE, gone), {});
            await provider.delete(ZONE, gone);
            assert.equal(writes(), 0);
        });

        it("do not take an Okta out of order for a zone that is gone, and print no stack", async () => {
            okta.inject({ on: { path: "/zones" }, times: 9, do: { status: 503 } });
            const state: Membership = { ...args(ZONE), entries: {}, refused: [], unusable: [] };
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
                assert.deepEqual([id, properties], [ZONE, { ...inputs, written: true }]);
                return /still shows its old gateways.* \[ZK601\]$/.test(reasons[0]);
            });
        });
    });
});
