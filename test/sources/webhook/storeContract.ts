import { strict as assert } from "node:assert";
import * as fc from "fast-check";

import { hasCode } from "../../../src/core/errors/errors";
import type { Reading } from "../../../src/core/grants/grantsDocument";
import type { Push } from "../../../src/core/grants/pushes";
import { finish } from "../../../src/core/work";
import { openPushedGrants } from "../../../src/sources/webhook/pushedGrants";
import type { PushStore } from "../../../src/sources/webhook/pushStore";
import { promised } from "../../support/fakeClock";

/** One kind of store, as the contract handles it. */
export interface StoreKind {
    /** What nobody has written to yet. */
    empty(): Promise<void>;
    /** A store of it, as an agent opens it; the next one is another agent's. */
    open(): PushStore;
    /** Makes it impossible to read and to write. */
    spoil(): Promise<void>;
    /** Undoes that; what was kept is there. */
    mend(): Promise<void>;
}

const signal = new AbortController().signal;

const entry = (id: string, ip = "198.51.100.1", more: object = {}) => ({ id, ip, permanent: true, ...more });
const set = (atMs: number, id: string, ip?: string): Push => ({ type: "set", atMs, id, grant: entry(id, ip) });
const removed = (atMs: number, id: string): Push => ({ type: "removed", atMs, id });
const all = (atMs: number, ...ids: readonly string[]): Push => ({
    type: "replaced",
    atMs,
    grants: ids.map((id) => entry(id)),
});

/** What each store owes the webhook. A new kind is done when this is green. */
export function testPushStore(kind: StoreKind): void {
    let ids = 0;
    beforeEach(() => kind.empty());
    const take = async (store: PushStore, push: Push, id = `msg_${++ids}`) => (await store.take({ id, push })).result;
    const grantsIn = async (store: PushStore) => (await store.read(signal)).reading.grants.map(({ id }) => id).sort();
    const isUnreadable = (error: unknown) => hasCode(error, "source-unreadable");

    it("is not whole, and has nothing in it, before anything was pushed", async () => {
        const store = kind.open();
        const { isWhole, reading } = await store.read(signal);
        assert.deepEqual([isWhole, reading.grants, reading.unusable], [false, [], []]);
        assert.equal(await take(store, set(1, "a")), "accepted");
        assert.equal((await store.read(signal)).isWhole, false);
        assert.equal(await take(store, all(0)), "accepted");
        assert.equal((await store.read(signal)).isWhole, true);
    });

    it("has what was pushed, in any order, also after it is opened again", async () => {
        const store = kind.open();
        const pushes: [push: Push, result: string][] = [
            [all(10, "a", "b", "c"), "accepted"],
            [removed(12, "a"), "accepted"],
            [set(11, "a"), "older"],
            [set(13, "d"), "accepted"],
            [set(9, "e"), "older"],
            [removed(14, "d"), "accepted"],
            [removed(13, "d"), "older"],
            [set(15, "f"), "accepted"],
        ];
        for (const [push, result] of pushes) assert.equal(await take(store, push), result, JSON.stringify(push));
        for (const each of [store, kind.open()]) assert.deepEqual(await grantsIn(each), ["b", "c", "f"]);
        const later = kind.open();
        assert.equal(await take(later, set(14, "d")), "older");
        assert.equal(await take(later, all(12, "x")), "accepted");
        for (const each of [store, later, kind.open()]) assert.deepEqual(await grantsIn(each), ["f", "x"]);
        assert.equal(await take(store, set(14, "d")), "older");
    });

    it("keeps every field, and whatever a text may hold", async () => {
        const ids = ["plain", "it's", "back\\slash", "nul\0", "half\ud800", "\u{1f511} ключ", '"', "=x", "#1", "$1"];
        const store = kind.open();
        const expiresAt = "2026-12-01T18:00:00.000Z";
        const full = { user: "ana@example.com", reason: "\0'\\", labels: { app: "pay'roll\\" }, startsAt: null };
        const grants = ids.map((id) => ({ id, ip: ["203.0.113.7", "198.51.100.0/24"], expiresAt, ...full }));
        await take(store, { type: "replaced", atMs: 1, grants });
        for (const [index, grant] of grants.entries()) {
            if (index % 2 === 0) await take(store, { type: "set", atMs: 2, id: grant.id, grant });
        }
        const { grants: read, unusable } = (await kind.open().read(signal)).reading;
        assert.deepEqual(unusable, []);
        assert.deepEqual(read.map(({ id }) => id).sort(), [...ids].sort());
        for (const grant of read) {
            assert.deepEqual(grant, {
                id: grant.id,
                spans: [
                    { low: 0xcb007107, high: 0xcb007107 },
                    { low: 0xc6336400, high: 0xc63364ff },
                ],
                user: "ana@example.com",
                expiresAtMs: Date.parse(expiresAt),
                reason: "\0'\\",
                labels: { app: "pay'roll\\" },
            });
        }
    });

    it("gives back a snapshot in its order, and names what cannot be used by its place", async () => {
        const grants = [entry("b"), entry("a"), { ip: "1.1.1.1" }, entry("a", "1.1.1.1"), null];
        const store = kind.open();
        const { unusable } = await store.take({ id: "msg", push: { type: "replaced", atMs: 1, grants } });
        assert.deepEqual(
            unusable.map(({ id, field }) => `${id}: ${field}`),
            ["grant 3: id", "a: id", "grant 5: id"],
        );
        for (const each of [store, kind.open()]) {
            const { reading } = await each.read(signal);
            assert.deepEqual([reading.grants.map(({ id }) => id), reading.unusable], [["b", "a"], unusable]);
        }
    });

    it("accepts a delivery once, on any agent, also after a restart", async () => {
        const [one, other] = [kind.open(), kind.open()];
        await take(one, all(1, "a"));
        assert.equal(await take(one, set(2, "b"), "twice"), "accepted");
        assert.equal(await take(one, removed(3, "b"), "late"), "accepted");
        assert.equal(await take(one, set(2, "c", "1.1.1.1"), "twice"), "known");
        for (const each of [other, kind.open()]) {
            assert.equal(await take(each, set(9, "b"), "twice"), "known");
            assert.equal(await take(each, set(0, "b"), "late"), "known");
        }
        assert.deepEqual(await grantsIn(other), ["a"]);
    });

    it("distinguishes what was said of a grant by its id from what a full snapshot has or lacks", async () => {
        const store = kind.open();
        const steps: [push: Push, set: readonly string[], removed: readonly string[]][] = [
            [all(10, "a", "b", "c"), [], []],
            [set(11, "a", "nonsense"), ["a"], []],
            [set(12, "d"), ["a", "d"], []],
            [removed(13, "b"), ["a", "d"], ["b"]],
            [removed(13, "d"), ["a"], ["b", "d"]],
            [set(14, "d"), ["a", "d"], ["b"]],
            // A later full snapshot has no statement about b, but about a; d is newer.
            [all(13, "a", "x"), ["d"], ["b"]],
            [set(12, "b"), ["d"], ["b"]],
            [all(20, "b", "d"), [], []],
            [removed(21, "never seen"), [], ["never seen"]],
            [all(30), [], ["never seen"]],
            [set(30, "y"), ["y"], ["never seen"]],
        ];
        for (const [push, ...expected] of steps) {
            await take(store, push);
            for (const each of [store, kind.open()]) {
                const { named } = (await each.read(signal)).reading;
                const found = [named?.set, named?.removed].map((ids) => [...(ids ?? [])].sort());
                assert.deepEqual(found, expected, JSON.stringify(push));
            }
        }
    });

    it("remembers a delivery that changed nothing", async () => {
        const [one, other] = [kind.open(), kind.open()];
        await take(one, all(5, "a"));
        assert.equal(await take(one, set(1, "a"), "older"), "older");
        assert.equal(await take(other, set(9, "b"), "older"), "known");
    });

    it("loses nothing where several agents take deliveries at once, and takes each once", async () => {
        const agents = [kind.open(), kind.open(), kind.open()];
        await take(agents[0] ?? assert.fail(), all(1));
        const names = Array.from({ length: 12 }, (_, index) => `g${String(index).padStart(2, "0")}`);
        const results = await Promise.all(
            names.flatMap((name, index) =>
                agents.map((agent) => agent.take({ id: `at once ${name}`, push: set(2 + index, name) })),
            ),
        );
        const told = results.map(({ result }) => result).sort();
        assert.deepEqual(told, [...Array(12).fill("accepted"), ...Array(24).fill("known")]);
        for (const each of [...agents, kind.open()]) assert.deepEqual(await grantsIn(each), names);
    });

    it("gives another agent what is new, and keeps the identity of the rest", async () => {
        const [one, other] = [kind.open(), kind.open()];
        await take(one, all(1, "a", "b"));
        const [first] = (await other.read(signal)).reading.grants;
        await take(one, set(2, "c"));
        await take(one, removed(3, "b"));
        const { grants } = (await other.read(signal)).reading;
        assert.deepEqual(
            grants.map(({ id }) => id),
            ["a", "c"],
        );
        assert.equal(grants[0], first);
        const { reading } = await other.read(signal);
        assert.equal((await other.read(signal)).reading, reading);
    });

    it("gives another agent a snapshot of the same time, and what outlived it", async () => {
        const [one, other] = [kind.open(), kind.open()];
        await take(one, all(5, "a", "b"));
        await take(one, set(9, "late"));
        await take(one, removed(9, "gone"));
        assert.deepEqual(await grantsIn(other), ["a", "b", "late"]);
        await take(one, all(5, "b", "c", "gone"));
        await take(one, set(10, "late", "203.0.113.7"));
        for (const each of [one, other, kind.open()]) {
            assert.deepEqual(await grantsIn(each), ["b", "c", "late"]);
            const late = (await each.read(signal)).reading.grants.find(({ id }) => id === "late");
            assert.deepEqual(late?.spans, [{ low: 0xcb007107, high: 0xcb007107 }]);
            assert.equal(await take(each, set(8, "gone")), "older");
        }
    });

    const atOnce = [all(5, "a", "b"), removed(5, "a"), set(5, "c", "203.0.113.7")];
    for (const [first, second, third] of [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] as const) {
        const order = [atOnce[first], atOnce[second], atOnce[third]].flatMap((push) => push ?? []);
        it(`has one result for statements of one moment: ${order.map(({ type }) => type).join(", ")}`, async () => {
            const [one, other] = [kind.open(), kind.open()];
            for (const [index, push] of order.entries()) {
                assert.equal(await take([one, other][index % 2] ?? one, push), "accepted");
                await other.read(signal);
            }
            for (const each of [one, other, kind.open()]) {
                const { reading } = await each.read(signal);
                assert.deepEqual(reading.grants.map(({ id }) => id).sort(), ["b", "c"]);
                assert.deepEqual([...(reading.named?.set ?? [])], ["c"]);
                assert.deepEqual([...(reading.named?.removed ?? [])], ["a"]);
            }
            // A second full snapshot of the moment replaces the first, and not what was said by name.
            assert.equal(await take(one, all(5, "a", "x")), "accepted");
            for (const each of [one, other, kind.open()]) assert.deepEqual(await grantsIn(each), ["c", "x"]);
        });
    }

    it("gives each of several agents what one that accepted everything would have", async () => {
        const id = fc.constantFrom("a", "b", "c", "d");
        const atMs = fc.nat(5);
        const ip = fc.constantFrom("198.51.100.1", "198.51.100.2", "nonsense");
        const push = fc.oneof(
            fc.tuple(atMs, id, ip).map((given) => set(...given)),
            fc.tuple(atMs, id).map((given) => removed(...given)),
            fc.tuple(atMs, fc.uniqueArray(id)).map(([moment, list]) => all(moment, ...list)),
        );
        const step = fc.record({ push, by: fc.nat(1), reader: fc.option(fc.nat(1)) });
        const told = ({ grants, unusable, named }: Reading) => [
            ...[...grants, ...unusable].map((each) => JSON.stringify(each)).sort(),
            ...Array.from(named?.set ?? [], (named) => `set ${named}`).sort(),
            ...Array.from(named?.removed ?? [], (named) => `removed ${named}`).sort(),
        ];
        await fc.assert(
            fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
                await kind.empty();
                const agents = [kind.open(), kind.open()] as const;
                const model = openPushedGrants({ widestPrefix: 24 });
                for (const { push, by, reader } of steps) {
                    const judged = finish(model.judge(push));
                    if (typeof judged === "object") finish(model.apply(judged));
                    const result = await take(agents[by as 0 | 1], push);
                    assert.equal(result, typeof judged === "object" ? "accepted" : judged);
                    if (reader === null) continue;
                    const { reading } = await agents[reader as 0 | 1].read(signal);
                    assert.deepEqual(told(reading), told(finish(model.reading())));
                }
                for (const store of [...agents, kind.open()]) {
                    const { isWhole, reading } = await store.read(signal);
                    assert.deepEqual(
                        [isWhole, told(reading)],
                        [model.pushed.snapshotMs !== undefined, told(finish(model.reading()))],
                    );
                }
                for (const store of agents) await store.close?.();
            }),
            { numRuns: 25 },
        );
    });

    it("takes no grant more than a source may have, and still knows nothing of that delivery", async () => {
        const grants = Array.from({ length: 200_000 }, (_, index) => ({ id: String(index) }));
        const store = kind.open();
        assert.equal(await take(store, set(3, "new")), "accepted");
        assert.equal(await take(store, { type: "replaced", atMs: 2, grants }, "full"), "too-many");
        assert.equal(await take(store, all(2, "a"), "full"), "accepted");
        assert.deepEqual(await grantsIn(store), ["a", "new"]);
    });

    it("is unreadable while it cannot be reached, keeps nothing then, and recovers", async () => {
        const store = kind.open();
        await take(store, all(1, "a"));
        await kind.spoil();
        await assert.rejects(store.take({ id: "spoiled", push: set(2, "b") }), isUnreadable);
        await assert.rejects(store.read(signal), isUnreadable);
        await kind.mend();
        assert.deepEqual(await grantsIn(store), ["a"]);
        assert.equal(await take(store, set(2, "b"), "spoiled"), "accepted");
        assert.deepEqual(await grantsIn(kind.open()), ["a", "b"]);
    });

    it("calls watchers back when another agent accepted something, until they are stopped", async () => {
        const [one, other] = [kind.open(), kind.open()];
        await take(one, all(1, "a"));
        await other.read(signal);
        const stop = new AbortController();
        let hinted = promised<void>();
        const ended = other.watch?.(() => hinted.resolve(), stop.signal);
        assert.ok(ended);
        await take(one, set(2, "b"));
        for (;;) {
            await hinted.promise;
            hinted = promised();
            if ((await grantsIn(other)).includes("b")) break;
        }
        stop.abort();
        assert.equal(await ended, undefined);
    });

    it("may be closed twice, used or not", async () => {
        const [one, other] = [kind.open(), kind.open()];
        await take(one, all(1, "a"));
        for (const store of [one, other]) {
            await store.close?.();
            await store.close?.();
        }
    });
}
