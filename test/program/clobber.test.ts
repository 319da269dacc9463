import { strict as assert } from "node:assert";

import { openStack, permanent, type TestStack, WAYS, whyNot } from "../support/stacks";

/** A change of the zone, and what it shows afterwards. */
const CHANGES: readonly [config: Record<string, string>, shows: object][] = [
    [{ zoneName: "Second" }, { name: "Second", proxies: [] }],
    [
        { zoneName: "Second", proxies: "10.0.0.0/16" },
        { name: "Second", proxies: ["10.0.0.0/16"] },
    ],
];

/**
 * The Okta provider writes a zone with the gateways of the state. Without a
 * refresh these are the sentinel's, however many people have come in since.
 */
for (const [way, engine, more] of WAYS) {
    describe(`a change of a zone that the state knows as empty, by ${way}`, () => {
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine, { refresh: false, ...more });
            await stack.succeed("up", { zoneName: "First", membership: "agent" });
            const zoneId = stack.okta.history.at(-1)?.zoneId ?? "";
            const foreignWrite = { gateways: [{ type: "CIDR", value: "203.0.113.7/32" }] };
            stack.okta.inject({ on: { path: "/api/v1/zones" }, do: { foreignWrite, zoneId } });
            await fetch(`${stack.okta.url}/api/v1/zones`, { headers: { authorization: "SSWS any" } });
            assert.deepEqual(stack.okta.history.at(-1)?.gateways, ["203.0.113.7/32"]);
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        for (const [config, shows] of CHANGES) {
            it(`takes along who is inside now: ${JSON.stringify(config)}`, async () => {
                const since = stack.okta.history.length;
                await stack.succeed("up", { ...config, membership: "agent" });
                const states = stack.okta.history.slice(since);
                assert.deepEqual(
                    states.map(({ name, proxies, gateways }) => ({ name, proxies, gateways })),
                    [{ ...shows, gateways: ["203.0.113.7/32"] }],
                );
            });
        }

        it("takes them over when the membership comes to Pulumi", async () => {
            const since = stack.okta.history.length;
            await stack.grant(permanent("203.0.113.7"), permanent("198.51.100.9"));
            await stack.succeed("up", { zoneName: "Third" });
            assert.deepEqual(
                stack.okta.history.slice(since).map(({ gateways }) => gateways),
                [["203.0.113.7/32"], ["198.51.100.9/32", "203.0.113.7/32"]],
            );
        });
    });
}
