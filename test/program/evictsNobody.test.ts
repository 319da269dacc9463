import { strict as assert } from "node:assert";

import type { Emulator } from "../../emulator/emulator";
import { parseSpan } from "../../src/core/ip";
import { coversSpan, mergeSpans } from "../../src/core/spans";
import { ENGINES, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

const GRANTED = ["203.0.113.7", "198.51.100.24/30"];

/** What may change about a deployment without anybody noticing. */
const CHANGES: readonly [what: string, config: Record<string, string>][] = [
    ["a new name of the zone", { zoneName: "Staff" }],
    ["a static gateway", { zoneName: "Staff", staticGateways: "192.0.2.128/28" }],
    ["another shard", { zoneName: "Staff", shards: "2" }],
    ["one shard less", { zoneName: "Staff" }],
    ["a hand-over to an agent", { zoneName: "Staff", membership: "agent" }],
    ["a hand-over back", { zoneName: "Staff" }],
];

for (const engine of ENGINES) {
    describe(`a deployment by ${engine}`, () => {
        let stack: TestStack;

        before(async function () {
            this.timeout(120_000);
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine);
            await stack.grant(...GRANTED.map(permanent));
            await stack.succeed("up");
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        for (const [what, config] of CHANGES) {
            it(`evicts nobody at any moment: ${what}`, async function () {
                this.timeout(60_000);
                const since = stack.okta.history.length;
                await stack.succeed("up", config);
                assert.deepEqual(momentsWithout(stack.okta, since), []);
            });
        }

        it("evicts nobody by a refresh", async function () {
            this.timeout(60_000);
            const since = stack.okta.history.length;
            await stack.succeed("refresh", { zoneName: "Staff" });
            assert.deepEqual(momentsWithout(stack.okta, since), []);
        });
    });
}

/**
 * The states since then in which somebody with a grant was outside of every
 * zone: Okta's rule lets in from any of them.
 */
function momentsWithout({ history }: Emulator, since: number): string[] {
    const now = new Map<string, readonly string[]>();
    return history.flatMap(({ zoneId, gateways, gone, cause }, index) => {
        now.set(zoneId, gone ? [] : gateways);
        const inside = mergeSpans([...now.values()].flat().flatMap((text) => parseSpan(text, "clear").span ?? []));
        const missing = GRANTED.filter((text) => !coversSpan(inside, parseSpan(text).span ?? { low: 0, high: 0 }));
        return index < since || missing.length === 0 ? [] : [`${missing.join(", ")} after ${cause}`];
    });
}
