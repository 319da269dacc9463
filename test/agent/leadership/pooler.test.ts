import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";

import type { Leadership } from "../../../src/agent/leadership/leadership";
import { SHARED } from "../../../src/agent/leadership/ownSession";
import { postgresLeadership } from "../../../src/agent/leadership/postgres";
import { systemClock } from "../../../src/clock";
import { promised } from "../../support/fakeClock";
import { type Postgres, startPostgres } from "../../support/postgres";
import { openPooler, type Pooler, type PoolerOptions } from "./pooler";

/** A tenth of the real spans, as the tests wait for them. */
const SPANS = { everyMs: 100, proofMs: 600, graceMs: 900, idleMs: 3000 };

/** The one that was given back last, as PgBouncer does it; the one that has been free for longest; any. */
const CHOICES: Readonly<Record<string, PoolerOptions["choose"]>> = {
    "last used first": (free) => free.at(-1),
    "first used first": (free) => free[0],
    "at random": (free) => free[Math.floor(Math.random() * free.length)],
};

/** The same one again, as long as nobody else has it. */
const sticky: PoolerOptions["choose"] = (free, last) => {
    if (last === undefined) return free[0];
    return free.includes(last) ? last : undefined;
};

/** Agents that lead whenever they may, and how many did at once. */
function openAgents(url: string, count: number) {
    const stop = new AbortController();
    let [leaders, most] = [0, 0];
    const told: string[] = [];
    let onTold = () => {};
    let onLed = () => {};
    let turns = 0;
    let endTurn = new AbortController();
    const lead = async (leadership: Leadership) => {
        while (!stop.signal.aborted) {
            const term = await leadership.lead(stop.signal);
            leaders += 1;
            turns += 1;
            most = Math.max(most, leaders);
            endTurn = new AbortController();
            const ends = AbortSignal.any([term.lost, stop.signal, endTurn.signal]);
            onLed();
            if (!ends.aborted) await new Promise((resolve) => ends.addEventListener("abort", resolve));
            leaders -= 1;
            await term.end();
        }
    };
    const agents = Array.from({ length: count }, () =>
        postgresLeadership({
            url,
            clock: systemClock,
            nonce: randomUUID,
            ...SPANS,
            onTrouble(problem) {
                told.push(problem);
                onTold();
            },
        }),
    );
    const runs = agents.map((agent) => lead(agent).catch(() => {}));
    return {
        agents,
        told,
        leaders: () => leaders,
        most: () => most,
        /** Until this has led so often. */
        async ledTimes(times: number) {
            while (turns < times) {
                const led = promised<void>();
                onLed = led.resolve;
                await led.promise;
            }
        },
        endTurn: () => endTurn.abort(),
        /** Until this was told so often. */
        toldTimes: (times: number) =>
            new Promise<void>((resolve) => {
                onTold = () => {
                    if (told.length >= times) resolve();
                };
                onTold();
            }),
        async [Symbol.asyncDispose]() {
            stop.abort();
            await Promise.all(agents.map((agent) => agent.close()));
            await Promise.all(runs);
        },
    };
}

describe("postgresLeadership through a pooler", function () {
    this.timeout(60_000);
    let postgres: Postgres;
    let pooler: Pooler | undefined;
    before(async () => {
        postgres = await startPostgres();
    });
    after(() => postgres[Symbol.asyncDispose]());
    afterEach(async () => {
        await pooler?.[Symbol.asyncDispose]();
        pooler = undefined;
    });

    async function open(options: PoolerOptions): Promise<Pooler> {
        pooler = await openPooler(await postgres.createDatabase(), options);
        return pooler;
    }

    for (const [how, choose] of Object.entries(CHOICES)) {
        for (const size of [1, 2, 5]) {
            for (const tells of ["own", "server"] as const) {
                const process = tells === "own" ? "process ids of its own" : "the server's process ids";
                it(`never leads through a pool of ${size} that is shared, ${how}, with ${process}, and names the pooler`, async () => {
                    const { url } = await open({ mode: "transaction", size, choose, tells });
                    await using scene = openAgents(url, 2);
                    await scene.toldTimes(4);
                    assert.deepEqual([...new Set(scene.told)], [SHARED.problem]);
                    assert.match(SHARED.problem, /PgBouncer with pool_mode = transaction/);
                    assert.equal(scene.most(), 0);
                    for (const agent of scene.agents) {
                        assert.deepEqual(agent.lockState?.(), { kind: "unknown", why: SHARED.problem });
                    }
                });
            }
        }
    }

    it("never leads where it is alone behind such a pooler", async () => {
        const choose = CHOICES["last used first"] as PoolerOptions["choose"];
        const { url } = await open({ mode: "transaction", size: 5, choose });
        await using scene = openAgents(url, 1);
        await scene.toldTimes(2);
        assert.deepEqual([scene.most(), scene.told.at(-1)], [0, SHARED.problem]);
    });

    it("leads no longer once a pooler that gave it one session gives it another", async () => {
        const pooler = await open({ mode: "transaction", size: 4, choose: sticky });
        await using scene = openAgents(pooler.url, 2);
        await scene.ledTimes(1);
        assert.deepEqual([scene.leaders(), scene.told], [1, []]);
        pooler.setChoice((free) => free[Math.floor(Math.random() * free.length)]);
        await scene.toldTimes(4);
        assert.deepEqual([scene.leaders(), scene.most()], [0, 1]);
        assert.deepEqual([...new Set(scene.told)], [SHARED.problem]);
    });

    it("never has two leaders where one session becomes that of all", async () => {
        const pooler = await open({ mode: "transaction", size: 4, choose: sticky });
        await using scene = openAgents(pooler.url, 2);
        await scene.ledTimes(1);
        // The session of the leader, which the pooler gives to others as well.
        for (const only of [0, 1, 2, 3]) {
            pooler.setChoice((free) => free.find((index) => index === only));
            await scene.toldTimes(scene.told.length + 2);
            assert.equal(scene.most(), 1);
        }
        assert.equal(scene.leaders(), 0);
    });

    for (const size of [2, 4, 10]) {
        it(`leads in turn where each client has a session of its own, of ${size}`, async () => {
            const choose = CHOICES["last used first"] as PoolerOptions["choose"];
            const { url } = await open({ mode: "session", size, choose });
            await using scene = openAgents(url, 2);
            await scene.ledTimes(1);
            for (const times of [2, 3]) {
                scene.endTurn();
                await scene.ledTimes(times);
            }
            assert.equal(scene.most(), 1);
            assert.equal(scene.told.includes(SHARED.problem), false);
        });
    }
});
