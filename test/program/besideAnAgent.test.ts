import { strict as assert } from "node:assert";

import { systemClock } from "../../src/clock";
import { parseRules } from "../../src/core/membership/rules";
import { oktaHttp } from "../../src/okta/http";
import { httpZones } from "../../src/okta/zones/httpZones";
import { zoneLock } from "../../src/okta/zones/zoneLock";
import { reconcile } from "../../src/reconcile";
import { momentsWithout } from "../support/evictions";
import { grant, NOW } from "../support/grants";
import { memorySource } from "../support/memorySource";
import { openStack, type TestStack, WAYS, whyNot } from "../support/stacks";

const OLD = "203.0.113.7/32";
const NEW = "198.51.100.9/32";
const CIDRS = [OLD, NEW].map((value) => ({ type: "CIDR", value }));

for (const [way, engine, more] of WAYS) {
    describe(`a deployment while an agent writes, by ${way}`, () => {
        let stack: TestStack;
        let zoneId: string;
        let names = 0;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine, more);
            await deploy();
            zoneId = stack.okta.history.at(-1)?.zoneId ?? "";
        });
        after(async () => stack?.[Symbol.asyncDispose]());
        afterEach(() => stack.okta.mend());

        /** Changes the zone itself, which the agent never does. */
        const deploy = () =>
            stack.succeed("up", { membership: "agent", zoneName: `Name ${++names}`, proxies: `10.${names}.0.0/16` });
        const live = () => stack.okta.history.filter((state) => state.zoneId === zoneId).at(-1)?.gateways;
        const isRead = ({ method, path }: { method: string; path: string }) =>
            method === "GET" && path === `/api/v1/zones/${zoneId}`;

        /** One round of the agent, whose grants are these addresses. */
        async function round(...ranges: string[]): Promise<void> {
            const connection = {
                orgUrl: stack.okta.url,
                credential: { kind: "api-token", apiToken: "any", from: "" },
            } as const;
            const zones = httpZones(oktaHttp({ connection, fetch, ...systemClock }));
            const source = memorySource(ranges.map((range) => grant(range)));
            const signal = AbortSignal.timeout(110_000);
            const clock = { ...systemClock, now: () => NOW };
            const options = { rules: parseRules({}), lock: zoneLock(), clock, signal };
            await reconcile({ source, zones, zoneIds: [zoneId], ...options });
        }

        /** Deploys, with an agent that adds NEW right after the read of the zone with this number; counts the reads before the write. */
        async function deployWith(read?: number): Promise<number> {
            await round(OLD);
            const from = stack.okta.requests.length;
            const on = { method: "GET", path: zoneId };
            if (read !== undefined) stack.okta.inject({ on, skip: read, do: { foreignWrite: { gateways: CIDRS } } });
            await deploy();
            const asked = stack.okta.requests.slice(from);
            return asked
                .slice(
                    0,
                    asked.findIndex(({ method }) => method === "PUT"),
                )
                .filter(isRead).length;
        }

        it("keeps what the agent added after any read but the last ones before the write", async function () {
            this.timeout(240_000);
            const reads = await deployWith();
            assert.ok(reads >= 3, `${reads} reads`);
            // Resources are looked at side by side, so a run may need one read less than the one before it.
            const moments =
                engine === "rehearsal" ? Array.from({ length: reads - 2 }, (_, read) => read) : [0, reads - 3];
            for (const read of moments) {
                const since = stack.okta.history.length;
                await deployWith(read);
                assert.deepEqual(live(), [OLD, NEW]);
                assert.deepEqual(momentsWithout([OLD], stack.okta, since), []);
                const added = stack.okta.history.findIndex(
                    ({ cause }, index) => index >= since && cause === "foreign write",
                );
                assert.deepEqual(momentsWithout([NEW], stack.okta, added), []);
            }
        });

        it("evicts nobody who was inside, and keeps what the agent writes after the write", async () => {
            await round(OLD);
            const since = stack.okta.history.length;
            stack.okta.inject({ on: { method: "PUT", path: zoneId }, do: { foreignWrite: { gateways: CIDRS } } });
            await deploy();
            assert.deepEqual(live(), [OLD, NEW]);
            assert.deepEqual(momentsWithout([OLD], stack.okta, since), []);
        });

        it("loses at most what comes between its read and its write, which the next round of the agent puts back", async () => {
            const reads = await deployWith();
            const since = stack.okta.history.length;
            await deployWith(reads - 1);
            assert.deepEqual(momentsWithout([OLD], stack.okta, since), []);
            assert.equal(live()?.includes(OLD), true);
            await round(OLD, NEW);
            assert.deepEqual([...(live() ?? [])].sort(), [NEW, OLD].sort());
        });

        it("gives the zone its new name although the agent writes back the old one", async () => {
            await round(OLD);
            const { name } = stack.okta.history.at(-1) ?? assert.fail();
            const foreignWrite = { name, gateways: CIDRS };
            stack.okta.inject({ on: { method: "PUT", path: zoneId }, do: { foreignWrite } });
            await deploy();
            assert.deepEqual([stack.okta.history.at(-1)?.name, live()], [`Name ${names}`, [OLD, NEW]]);
        });
    });
}
