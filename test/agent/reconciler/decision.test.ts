import { strict as assert } from "node:assert";

import { openMembershipMemory } from "../../../src/agent/memory/membershipMemory";
import { openDecider } from "../../../src/agent/reconciler/decision";
import type { Grant } from "../../../src/core/grants/grants";
import { parseRules } from "../../../src/core/membership/rules";
import { A, B, C, grant, NOW } from "../../support/grants";
import { memoryZones } from "../../support/memoryZones";
import { remembered } from "../../support/remembered";
import { zone } from "../../support/rounds";

const GRANTS = [grant(A), grant(B), grant(C)];

/** A decider of a membership that knows these grants, and whose source says what `say` says. */
async function decider(known: readonly Grant[]) {
    const store = { read: async () => remembered(known), write: async () => undefined };
    const remembering = openMembershipMemory({ store, read: () => ({ source: "a test", readAtMs: NOW }) });
    await remembering.restore();
    let [grants, version] = [known, 0];
    const deciding = openDecider({
        rules: parseRules({ maxRemovals: 0 }),
        firstContact: "hold",
        grants: {
            current: () => ({ grants, unusable: [] }),
            isClosed: () => false,
            version: () => version,
            momentAfter: () => undefined,
        },
        remembering,
        isStateShared: true,
        denials: { list: () => [], version: () => 0 },
        clock: { now: () => NOW, elapsedMs: () => 0 },
        record: async () => {},
    });
    const say = (now: readonly Grant[]) => {
        [grants, version] = [now, version + 1];
    };
    return { deciding, say };
}

describe("a decider", () => {
    it("takes a confirmation for what was shown, and for nothing that a later reading lost unseen", async () => {
        const { deciding, say } = await decider(GRANTS);
        const zones = [await memoryZones([zone("nzo1", [A, B, C])]).read("nzo1", new AbortController().signal)];
        deciding.begin();
        say(GRANTS.slice(1));
        await deciding.plan(zones, NOW);
        assert.deepEqual(
            deciding.held().map(({ address }) => address),
            [A],
        );
        say(GRANTS.slice(2));
        // No zone can be read: what this says is remembered, and shown to nobody.
        deciding.judge();
        assert.deepEqual(await deciding.confirm([A], "ana"), [A]);
        const plan = await deciding.plan(zones, NOW);
        assert.deepEqual(plan?.zones[0]?.gateways, [A, B, C]);
        assert.deepEqual(
            deciding.held().map(({ address }) => address),
            [A, B],
        );
    });
});
