import { strict as assert } from "node:assert";

import { ASKING, type Leadership } from "../../../src/agent/leadership/leadership";

/** Some agents that may lead, and what can happen to them. */
export interface Stage extends AsyncDisposable {
    /** One more agent. */
    candidate(): Leadership;
    /** An agent that leads already and whose end can be brought about without a word of it. */
    leader(): Promise<{ crash(): PromiseLike<void> }>;
    /** Cuts the way of an agent to the lock, so that others may have it. */
    cutOff(leadership: Leadership): Promise<void>;
    /** Lets time pass until a promise settles. */
    until<T>(promise: Promise<T>): Promise<T>;
}

const NEVER = new AbortController().signal;

/** What every kind of leadership has to do. */
export function testLeadership(kind: string, open: () => Promise<Stage>): void {
    describe(`leadership by ${kind}`, function () {
        this.timeout(60_000);

        it("has a name without a secret", async () => {
            await using stage = await open();
            const { name } = stage.candidate();
            assert.notEqual(name, "");
            assert.doesNotMatch(name, /s3cr3t|:\/\//);
        });

        it("lets one of two lead, and the other once the first has ended", async () => {
            await using stage = await open();
            const [one, two] = [stage.candidate(), stage.candidate()];
            const term = await stage.until(one.lead(NEVER));
            const log: string[] = [];
            const next = two.lead(NEVER).then((term) => {
                log.push("two leads");
                return term;
            });
            await stage.until(Promise.race([next, settledSoon()]));
            log.push("one ends");
            await Promise.all([term.end(), stage.until(next)]);
            assert.deepEqual(log, ["one ends", "two leads"]);
            assert.equal(term.lost.aborted, false);
            assert.equal((await next).lost.aborted, false);
        });

        it("lets another one lead when the leader crashes", async () => {
            await using stage = await open();
            const leader = await stage.leader();
            const log: string[] = [];
            const next = stage
                .candidate()
                .lead(NEVER)
                .then((term) => {
                    log.push("next leads");
                    return term;
                });
            await stage.until(Promise.race([next, settledSoon()]));
            log.push("crash");
            await leader.crash();
            assert.equal((await stage.until(next)).lost.aborted, false);
            assert.deepEqual(log, ["crash", "next leads"]);
        });

        it("signals a leader that is cut off before another one leads", async () => {
            await using stage = await open();
            const [one, two] = [stage.candidate(), stage.candidate()];
            const term = await stage.until(one.lead(NEVER));
            const log: string[] = [];
            term.lost.addEventListener("abort", () => log.push("one lost it"));
            const next = two.lead(NEVER).then(() => log.push("two leads"));
            await stage.cutOff(one);
            await stage.until(next);
            assert.deepEqual(log, ["one lost it", "two leads"]);
        });

        it("stops waiting when its signal aborts, and leaves the lock to others", async () => {
            await using stage = await open();
            const [one, two, three] = [stage.candidate(), stage.candidate(), stage.candidate()];
            const term = await stage.until(one.lead(NEVER));
            const stop = new AbortController();
            const waiting = two.lead(stop.signal);
            await stage.until(Promise.race([waiting, settledSoon()]));
            stop.abort(new Error("enough"));
            await assert.rejects(stage.until(waiting), { message: "enough" });
            await term.end();
            assert.equal((await stage.until(three.lead(NEVER))).lost.aborted, false);
        });

        it("says that another one has the lock once it knows, and not before", async () => {
            await using stage = await open();
            const [one, two] = [stage.candidate(), stage.candidate()];
            assert.deepEqual(two.lockState?.(), ASKING);
            const term = await stage.until(one.lead(NEVER));
            const next = two.lead(NEVER);
            while (two.lockState?.().kind !== "held") await stage.until(Promise.race([next, settledSoon()]));
            await term.end();
            await stage.until(next);
        });

        it("does not begin when its signal has aborted", async () => {
            await using stage = await open();
            await assert.rejects(stage.candidate().lead(AbortSignal.abort(new Error("enough"))), { message: "enough" });
        });

        it("gives the lock away when it is closed, and a second end does nothing", async () => {
            await using stage = await open();
            const [one, two] = [stage.candidate(), stage.candidate()];
            const term = await stage.until(one.lead(NEVER));
            await one.close();
            const next = await stage.until(two.lead(NEVER));
            await term.end();
            assert.equal(next.lost.aborted, false);
        });

        it("never has two leaders, however often they take turns", async () => {
            await using stage = await open();
            let leaders = 0;
            let terms = 0;
            const takeTurns = async (leadership: Leadership) => {
                for (let turn = 0; turn < 3; turn++) {
                    const term = await leadership.lead(NEVER);
                    leaders += 1;
                    terms += 1;
                    assert.equal(leaders, 1);
                    await new Promise((resolve) => setImmediate(resolve));
                    leaders -= 1;
                    await term.end();
                }
            };
            const all = [stage.candidate(), stage.candidate(), stage.candidate()].map(takeTurns);
            await stage.until(Promise.all(all));
            assert.equal(terms, 9);
        });
    });
}

/** A few turns of the event loop, in which somebody who may not lead does not. */
async function settledSoon(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
