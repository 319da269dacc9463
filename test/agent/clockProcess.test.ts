import { strict as assert } from "node:assert";
import { join } from "node:path";

import { type AgentProcess, openAgentScene } from "./agentProcess";

const HOUR = 3_600_000;
const [A, B, C] = ["203.0.113.7/32", "203.0.113.8/32", "203.0.113.9/32"];
const CLOCK = { NODE_OPTIONS: `--require ${join(__dirname, "../fixtures/clock.cjs")}` };

/** Grants by the milliseconds until their end, from now on by a right clock. */
function grantsOf(ends: Readonly<Record<string, number>>): string {
    const grants = Object.entries(ends).map(([ip, leftMs]) => {
        return { id: ip, ip, expiresAt: new Date(Date.now() + leftMs).toISOString() };
    });
    return JSON.stringify({ grants });
}

async function readyz(agent: AgentProcess): Promise<readonly [status: number, reasons: readonly string[]]> {
    const answer = await fetch(`${await agent.url}/readyz`);
    const { reasons } = (await answer.json()) as { readonly reasons: readonly string[] };
    return [answer.status, reasons];
}

describe("the agent as a process, and a clock that is wrong", () => {
    for (const [direction, offMs] of [
        ["ahead", HOUR],
        ["behind", -HOUR],
    ] as const) {
        it(`starts and ends grants by Okta's time where its clock is an hour ${direction} from the start`, async () => {
            await using scene = await openAgentScene();
            const agent = scene.agent("agent.yaml", { ...CLOCK, CLOCK_OFF_MS: String(offMs) });
            const { aheadSeconds, from, level } = await agent.saw("clock.departed");
            assert.deepEqual([Math.round(Number(aheadSeconds) / 60), from, level], [offMs / 60_000, "okta", "warn"]);
            // B would be out by a clock that is ahead, and C in by one that is behind.
            const endsAtMs = Date.now() + 3000;
            await scene.write("grants.yaml", grantsOf({ [A]: 3000, [B]: HOUR / 2, [C]: -HOUR / 2 }));
            while (scene.gateways("nzo1").join() !== B) await agent.saw("write.accepted");
            const out = scene.okta.history.findLast(
                ({ zoneId, gateways }) => zoneId === "nzo1" && !gateways.includes(A),
            );
            // A second is what Okta's Date leaves out.
            assert.ok(out !== undefined && out.at > endsAtMs - 1100, `A is out at ${out?.at}, and ends at ${endsAtMs}`);
            assert.equal(scene.okta.history.filter(({ gateways }) => gateways.includes(C)).length, 0);
            const [status, reasons] = await readyz(agent);
            assert.equal(status, 503);
            assert.match(reasons.join(), /s (ahead of|behind) Okta's: .* \[ZK114\]$/);
            const metrics = await (await fetch(`${await agent.url}/metrics`)).text();
            const [, seconds] = /^zonekeeper_clock_departure_seconds (\S+)$/m.exec(metrics) ?? [];
            assert.ok(Math.abs(Number(seconds) - offMs / 1000) < 5, seconds);
        });
    }

    it("puts nobody out where its clock is set an hour ahead", async () => {
        await using scene = await openAgentScene();
        await scene.write("grants.yaml", grantsOf({ [A]: HOUR / 2, [B]: HOUR / 2 }));
        const agent = scene.agent("agent.yaml", CLOCK);
        await agent.saw("write.accepted");
        assert.equal((await readyz(agent))[0], 200);
        agent.kill("SIGUSR2");
        await scene.write("grants.yaml", grantsOf({ [A]: HOUR / 2, [B]: HOUR / 2, [C]: HOUR / 2 }));
        await agent.saw("clock.departed");
        await agent.saw("write.accepted");
        assert.deepEqual(
            scene.okta.history.filter(({ zoneId }) => zoneId === "nzo1").map(({ gateways }) => gateways),
            [["192.0.2.0/32"], [A, B], [A, B, C]],
        );
        assert.equal((await readyz(agent))[0], 503);
    });

    it("puts nobody out for one answer with a wrong Date, a cached one, or none", async () => {
        await using scene = await openAgentScene();
        await scene.write("grants.yaml", grantsOf({ [A]: HOUR / 2 }));
        scene.okta.inject({ do: { headers: { date: null } } });
        scene.okta.inject({ do: { dateSkewMs: HOUR } });
        scene.okta.inject({ do: { headers: { date: "Tue, 01 Jan 2030 00:00:00 GMT", age: "7" } } });
        const agent = scene.agent();
        await agent.saw("write.accepted");
        scene.okta.inject({ do: { dateSkewMs: -9 * HOUR } });
        await scene.write("grants.yaml", grantsOf({ [A]: HOUR / 2, [B]: HOUR / 2 }));
        await agent.saw("write.accepted");
        assert.deepEqual([scene.gateways("nzo1"), (await readyz(agent))[0]], [[A, B], 200]);
    });
});
