import { strict as assert } from "node:assert";

import { hasCode } from "../../src/core/errors";
import type { Grant } from "../../src/core/grants";
import type { GrantSource } from "../../src/sources/source";
import { A, B, C, grant, NOW } from "../support/grants";

/** One kind of source, as the contract handles it. */
export interface Kind {
    /** Opens a source that holds these grants. */
    open(grants: readonly Grant[]): Promise<GrantSource>;
    /** What the source that was opened last holds from now on. */
    replace(grants: readonly Grant[]): Promise<void>;
    /** Makes it unreadable. */
    spoil(): Promise<void>;
}

const signal = new AbortController().signal;

/** What each source owes the reconciler. A new kind is done when this is green. */
export function testSource(kind: Kind): void {
    it("gives back every grant whole, in its order, the expired and the future ones too", async () => {
        const { expiresAtMs: _, ...permanent } = grant(C);
        const grants = [
            grant([B, C], -1, { user: "ana@example.com", reason: "INC-1", labels: { app: "payroll" } }),
            grant(A, 60, { startsAtMs: NOW + 1 }),
            permanent,
        ];
        const source = await kind.open(grants);
        assert.deepEqual(await source.read(signal), { grants, unusable: [] });
    });

    it("gives an empty list when there are no grants", async () => {
        const source = await kind.open([]);
        assert.deepEqual(await source.read(signal), { grants: [], unusable: [] });
    });

    it("says what is now each time, and not what was", async () => {
        const source = await kind.open([grant(A)]);
        await source.read(signal);
        await kind.replace([grant(B)]);
        assert.deepEqual(await source.read(signal), { grants: [grant(B)], unusable: [] });
    });

    it("throws source-unreadable, and names itself, when it cannot be read", async () => {
        const source = await kind.open([grant(A)]);
        await kind.spoil();
        await assert.rejects(source.read(signal), (error) => isUnreadable(error, source));
    });

    it("does not give an earlier answer for one that it cannot read, and recovers", async () => {
        const source = await kind.open([grant(A)]);
        await source.read(signal);
        await kind.spoil();
        await assert.rejects(source.read(signal), (error) => isUnreadable(error, source));
        await kind.replace([grant(B)]);
        assert.deepEqual(await source.read(signal), { grants: [grant(B)], unusable: [] });
    });

    it("throws source-unreadable when it is told to stop", async () => {
        const source = await kind.open([grant(A)]);
        await assert.rejects(source.read(AbortSignal.abort()), (error) => isUnreadable(error, source));
    });
}

function isUnreadable(error: unknown, { name }: GrantSource): boolean {
    return hasCode(error, "source-unreadable") && error.message.startsWith(`cannot read grants from ${name}: `);
}
