import { strict as assert } from "node:assert";
import { isDeepStrictEqual } from "node:util";

import { hasCode } from "../../src/core/errors/errors";
import type { Grant } from "../../src/core/grants/grants";
import type { GrantSource } from "../../src/sources/source";
import { promised } from "../support/fakeClock";
import { A, B, C, grant, NOW } from "../support/grants";

/** One kind of source, as the contract handles it. */
export interface Kind {
    /** Opens a source that holds these grants. */
    open(grants: readonly Grant[]): Promise<GrantSource>;
    /** What the source that was opened last holds from now on. */
    replace(grants: readonly Grant[]): Promise<void>;
    /** Makes it unreadable; left out where it cannot be once it was read. */
    spoil?(): Promise<void>;
    /** Whether it has an order of its own, that of the ids. @default false */
    readonly isOrderedById?: boolean;
    /** The grant of a range, in a source that cannot hold every grant. @default any grant */
    readonly grantOf?: (range: string) => Grant;
}

const signal = new AbortController().signal;

/** What each source owes the reconciler. A new kind is done when this is green. */
export function testSource(kind: Kind): void {
    const { spoil, grantOf = grant } = kind;
    if (grantOf === grant) testWhole(kind);
    if (spoil !== undefined) testUnreadable(kind, spoil);

    it("gives an empty list when there are no grants", async () => {
        const source = await kind.open([]);
        assert.deepEqual(await saidBy(source), { grants: [], unusable: [] });
    });

    it("says what is now each time, and not what was", async () => {
        const source = await kind.open([grantOf(A)]);
        await source.read(signal);
        await kind.replace([grantOf(B)]);
        assert.deepEqual(await saidBy(source), { grants: [grantOf(B)], unusable: [] });
    });

    it("throws source-unreadable when its signal aborts", async () => {
        const source = await kind.open([grantOf(A)]);
        await assert.rejects(source.read(AbortSignal.abort()), (error) => isUnreadable(error, source));
    });

    it("may be closed twice, read or not", async () => {
        const source = await kind.open([grantOf(A)]);
        await source.close?.();
        await source.close?.();
        const other = await kind.open([grantOf(A)]);
        await other.read(signal);
        await other.close?.();
        await other.close?.();
    });
}

/** What a source owes that can hold any grant. */
function testWhole(kind: Kind): void {
    it("gives back every grant whole, in its order, the expired and the future ones too", async () => {
        const { expiresAtMs: _, ...permanent } = grant(C);
        const grants = [
            grant([B, C], -1, { user: "ana@example.com", reason: "INC-1", labels: { app: "payroll" } }),
            grant(A, 60, { startsAtMs: NOW + 1 }),
            permanent,
        ];
        const source = await kind.open(grants);
        const inOrder = kind.isOrderedById ? [...grants].sort((a, b) => (a.id < b.id ? -1 : 1)) : grants;
        assert.deepEqual(await saidBy(source), { grants: inOrder, unusable: [] });
    });
}

/** What a source owes that may become unreadable. */
function testUnreadable(kind: Kind, spoil: () => Promise<void>): void {
    const { grantOf = grant } = kind;
    it("throws source-unreadable, and names itself, when it cannot be read", async () => {
        const source = await kind.open([grantOf(A)]);
        await spoil();
        await assert.rejects(source.read(signal), (error) => isUnreadable(error, source));
    });

    it("does not give an earlier answer for one that it cannot read, and recovers", async () => {
        const source = await kind.open([grantOf(A)]);
        await source.read(signal);
        await spoil();
        await assert.rejects(source.read(signal), (error) => isUnreadable(error, source));
        await kind.replace([grantOf(B)]);
        assert.deepEqual(await saidBy(source), { grants: [grantOf(B)], unusable: [] });
    });
}

/**
 * The contract of a source that emits change hints. A hint may come without a change, so
 * it requires only that a caller who reads after each hint sees every change.
 */
export function testWatch(kind: Kind): void {
    const { grantOf = grant } = kind;
    it("wakes after each change", async () => {
        await using watched = await watch(await kind.open([grantOf(A)]));
        await watched.begins([grantOf(A)]);
        await kind.replace([grantOf(B)]);
        await watched.hears([grantOf(B)]);
        await kind.replace([]);
        await watched.hears([]);
    });

    it("wakes after a change between the read before and the watch", async () => {
        const source = await kind.open([grantOf(A)]);
        await source.read(signal);
        await kind.replace([grantOf(B)]);
        await using watched = await watch(source);
        await watched.hears([grantOf(B)]);
    });

    it("goes on while it cannot be read, and wakes when it can be again", async () => {
        await using watched = await watch(await kind.open([grantOf(A)]));
        await watched.begins([grantOf(A)]);
        await kind.spoil?.();
        await kind.replace([grantOf(B)]);
        await watched.hears([grantOf(B)]);
    });

    it("ends when its signal aborts, also while it cannot be read", async () => {
        const source = await kind.open([grantOf(A)]);
        await source.read(signal);
        const stop = new AbortController();
        const ended = source.watch?.(() => {}, stop.signal);
        await kind.spoil?.();
        stop.abort();
        assert.equal(await ended, undefined);
        await source.close?.();
    });

    it("ends at once, and calls nothing back, when its signal aborts", async () => {
        const source = await kind.open([grantOf(A)]);
        let wakes = 0;
        await source.watch?.(() => {
            wakes += 1;
        }, AbortSignal.abort());
        assert.equal(wakes, 0);
        await source.close?.();
    });
}

/** Somebody who watches a source and reads it after each hint. */
async function watch(source: GrantSource) {
    assert.ok(source.watch, `${source.name} does not watch`);
    const stop = new AbortController();
    let hinted = promised<void>();
    const ended = source.watch(() => hinted.resolve(), stop.signal);
    return {
        /** What it says before any change. */
        async begins(grants: readonly Grant[]) {
            assert.deepEqual(await readOr(source), grants);
        },
        /** Resolves once a read says just this; every read is made after a hint. */
        async hears(grants: readonly Grant[]) {
            for (;;) {
                await hinted.promise;
                hinted = promised();
                if (isDeepStrictEqual(await readOr(source), grants)) return;
            }
        },
        async [Symbol.asyncDispose]() {
            stop.abort();
            await ended;
            await source.close?.();
        },
    };
}

/** Without what a source says besides about single ids. */
async function saidBy(source: GrantSource) {
    const { grants, unusable } = await source.read(signal);
    return { grants, unusable };
}

async function readOr(source: GrantSource): Promise<readonly Grant[] | undefined> {
    try {
        return (await source.read(signal)).grants;
    } catch (error) {
        assert.ok(isUnreadable(error, source), String(error));
        return undefined;
    }
}

function isUnreadable(error: unknown, { name }: GrantSource): boolean {
    return hasCode(error, "source-unreadable") && error.message.startsWith(`cannot read grants from ${name}: `);
}
