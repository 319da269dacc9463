import { strict as assert } from "node:assert";

import { momentsWithout } from "../support/evictions";
import { openStack, permanent, type StateOfStack, type TestStack, WAYS, whyNot } from "../support/stacks";

const GRANTED = ["203.0.113.7", "198.51.100.24/30"];

const APP = "0oaPayroll0000000000";

/** What may change about a deployment without anybody noticing. */
const CHANGES: readonly [what: string, config: Record<string, string>][] = [
    ["a new name of the zone", { zoneName: "Staff" }],
    ["a static gateway", { zoneName: "Staff", staticGateways: "192.0.2.128/28" }],
    ["trusted proxies", { zoneName: "Staff", proxies: "10.0.0.0/16" }],
    ["other trusted proxies and another name at once", { zoneName: "Crew", proxies: "10.1.0.0/16,10.2.0.1" }],
    ["no trusted proxies any more", { zoneName: "Staff" }],
    ["an app on the policy", { zoneName: "Staff", apps: APP }],
    ["another policy, with its rule", { zoneName: "Staff", policyName: "Contractors" }],
    ["a policy of its own again", { zoneName: "Staff" }],
    ["another shard", { zoneName: "Staff", shards: "2" }],
    ["one shard less", { zoneName: "Staff" }],
    ["a hand-over to an agent", { zoneName: "Staff", membership: "agent" }],
    ["a new name beside an agent", { zoneName: "Crew", membership: "agent" }],
    ["a hand-over back", { zoneName: "Staff" }],
];

/** What versions of Zonekeeper before this one kept in the state; each is upgraded by a run with a new name of the zone. */
const UPGRADES: readonly [what: string, edit: (state: StateOfStack) => void, zoneName: string][] = [
    [
        "one whose providers had another text",
        ({ resources }) => {
            for (const { inputs, outputs } of resources) {
                for (const properties of [inputs ?? {}, outputs ?? {}]) {
                    const text = properties.__provider;
                    if (typeof text === "string") properties.__provider = `${text}\n// an older version`;
                }
            }
        },
        "Crew",
    ],
    [
        "one that knew no settings of zones and no deletion guard",
        (state) => {
            const isNew = ({ type }: { type: string }) => /zonekeeper:(ZoneSettings|DeletionGuard)$/.test(type);
            const gone = state.resources.filter(isNew).map(({ urn }) => urn);
            state.resources = state.resources.filter((resource) => !isNew(resource));
            for (const resource of state.resources) {
                resource.dependencies = resource.dependencies?.filter((urn) => !gone.includes(urn)) ?? [];
            }
        },
        "Staff",
    ],
];

for (const [way, engine, more] of WAYS) {
    describe(`a deployment by ${way}`, () => {
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            const seed = { apps: [{ id: APP, label: "Payroll" }], policies: [{ name: "Contractors" }] };
            stack = await openStack(engine, { okta: { seed }, ...more });
            await stack.grant(...GRANTED.map(permanent));
            await stack.succeed("up");
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        /** The moments without somebody, in all that the work leads to. */
        async function evictionsBy(work: () => Promise<unknown>): Promise<string[]> {
            const since = stack.okta.history.length;
            await work();
            return momentsWithout(GRANTED, stack.okta, since);
        }

        for (const [what, config] of CHANGES) {
            it(`evicts nobody at any moment: ${what}`, async () => {
                assert.deepEqual(await evictionsBy(() => stack.succeed("up", config)), []);
            });
        }

        it("evicts nobody by a refresh", async () => {
            assert.deepEqual(await evictionsBy(() => stack.succeed("refresh", { zoneName: "Staff" })), []);
        });

        it("evicts nobody by a run that fails, nor by the one that repeats it", async () => {
            const config = { zoneName: "Halfway", proxies: "10.3.0.0/16", staticGateways: "192.0.2.128/28" };
            const failing = async () => {
                stack.okta.inject({ on: { method: "PUT", path: "/zones/" }, skip: 1, times: 99, do: { status: 400 } });
                assert.notDeepEqual((await stack.deploy("up", config)).problems, []);
            };
            assert.deepEqual(await evictionsBy(failing), []);
            stack.okta.mend();
            assert.deepEqual(await evictionsBy(() => stack.succeed("up", config)), []);
            const { name, gateways } = stack.okta.history.at(-1) ?? assert.fail();
            assert.deepEqual([name, gateways.length], ["Halfway", 3]);
        });

        for (const [what, edit, zoneName] of UPGRADES) {
            it(`evicts nobody by an upgrade of Zonekeeper: ${what}`, async () => {
                await stack.editState(edit);
                const upgrade = () => stack.succeed("up", { zoneName });
                assert.deepEqual(await evictionsBy(upgrade), []);
                assert.equal(stack.okta.history.at(-1)?.name, zoneName);
            });
        }
    });
}
