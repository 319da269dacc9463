import { strict as assert } from "node:assert";

import { groupHistoryOf } from "../../simulation/group/history";
import { type Broken, runGroup, type WrongGroupAgent } from "../../simulation/group/runGroup";
import { hasCode } from "../../src/core/errors/errors";

const SEEDS = Array.from({ length: 150 }, (_, index) => 9_400_000 + index);

/** A wrong agent, and the law that catches it. */
const WRONG: Readonly<Record<string, readonly [law: Broken["law"], wrong: WrongGroupAgent]>> = {
    "takes a lost answer for a good one": ["out", (options) => ({ ...options, store: trusting(options.store) })],
    "remembers nobody over a restart": [
        "out",
        (options) => ({ ...options, file: { ...options.file, write: async () => {} } }),
    ],
    "never puts anybody in": [
        "in",
        (options) => ({ ...options, store: { ...options.store, add: async () => ({ status: 204 }) } }),
    ],
    "takes out whom it finds at first contact": [
        "foreign",
        (options) => ({ ...options, firstContact: "apply", maxRemovals: "off" }),
    ],
    "takes a damaged memory for one that knows nobody": [
        "foreign",
        (options) => ({
            ...options,
            file: { ...options.file, read: async () => ({ granted: [], unknown: [], released: {}, names: {} }) },
        }),
    ],
};

function trusting(store: Parameters<WrongGroupAgent>[0]["store"]): typeof store {
    const done = { status: 204 };
    const trust = (error: unknown) => {
        if (hasCode(error, "okta-unreachable")) return done;
        throw error;
    };
    return {
        // It looks only once, so that the look does not tell.
        members: once(store.members),
        add: (...given) => store.add(...given).catch(trust),
        remove: (...given) => store.remove(...given).catch(trust),
    };
}

function once<Given extends readonly unknown[], T>(work: (...given: Given) => Promise<T>) {
    let first: Promise<T> | undefined;
    return (...given: Given): Promise<T> => {
        first ??= work(...given).catch((error: unknown) => {
            first = undefined;
            throw error;
        });
        return first;
    };
}

describe("the simulation of a group", () => {
    it("breaks no law, whatever is lost, late or half done", async () => {
        const broken: (Broken & { readonly seed: number })[] = [];
        for (const seed of SEEDS) {
            broken.push(...(await runGroup(groupHistoryOf(seed))).map((each) => ({ seed, ...each })));
        }
        assert.deepEqual(broken, []);
    });

    it("plays the same history for the same seed", () => {
        assert.deepEqual(groupHistoryOf(7), groupHistoryOf(7));
        assert.notDeepEqual(groupHistoryOf(7), groupHistoryOf(8));
    });

    for (const [what, [law, wrong]] of Object.entries(WRONG)) {
        it(`catches an agent that ${what}, by the law "${law}"`, async () => {
            for (const seed of SEEDS) {
                const [first] = await runGroup(groupHistoryOf(seed), wrong);
                if (first?.law === law) return;
            }
            assert.fail(`${SEEDS.length} histories broke no law "${law}"`);
        });
    }
});
