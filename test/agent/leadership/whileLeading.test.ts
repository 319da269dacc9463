import { strict as assert } from "node:assert";
import type { AgentEvent } from "../../../src/agent/events/events";
import type { Leadership } from "../../../src/agent/leadership/leadership";
import { whileLeading } from "../../../src/agent/leadership/whileLeading";
import { coded } from "../../../src/core/errors/errors";
import { virtualClock } from "../../support/virtualClock";

const clock = virtualClock(0);

/** A lock that is given so many times; then it never comes. */
function open(times: number) {
    const told: string[] = [];
    const lost: AbortController[] = [];
    const leadership: Leadership = {
        name: "lock",
        lead(signal) {
            if (lost.length === times) {
                return new Promise((_, reject) =>
                    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
                );
            }
            const term = new AbortController();
            lost.push(term);
            return Promise.resolve({ lost: term.signal, end: async () => void told.push("end") });
        },
        close: async () => {},
    };
    const record = async ({ type }: AgentEvent) => void told.push(type);
    const standBy = async () => {};
    return { told, lost, leadership, record, standBy, clock };
}

describe("whileLeading", () => {
    it("works whenever it leads, and gives the lock back each time", async () => {
        const { told, lost, ...leading } = open(2);
        const stop = new AbortController();
        await whileLeading(leading, stop.signal, async () => {
            told.push("work");
            lost.at(-1)?.abort();
            if (lost.length === 2) stop.abort();
        });
        const once = ["leader.gained", "work", "leader.lost", "end"];
        assert.deepEqual(told, [...once, ...once]);
    });

    it("stops while it stands by", async () => {
        const { told, ...leading } = open(0);
        const stop = new AbortController();
        const ended = whileLeading(leading, stop.signal, async () => {});
        stop.abort();
        await ended;
        assert.deepEqual(told, []);
    });

    it("stands by between two times of leading, and never while it leads", async () => {
        const { told, lost, ...leading } = open(1);
        const stop = new AbortController();
        let isStandingBy = false;
        const standBy = async (signal: AbortSignal) => {
            isStandingBy = true;
            told.push("stand by");
            if (lost.length === 1 && told.includes("end")) stop.abort();
            if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
            isStandingBy = false;
        };
        await whileLeading({ ...leading, standBy }, stop.signal, async () => {
            told.push(isStandingBy ? "work and stand by" : "work");
            lost[0]?.abort();
        });
        assert.deepEqual(told, ["stand by", "leader.gained", "work", "leader.lost", "end", "stand by"]);
    });

    it("gives the lock back when the work fails, and fails", async () => {
        const { told, ...leading } = open(1);
        const stop = new AbortController();
        const work = async () => {
            throw new Error("no zone");
        };
        await assert.rejects(whileLeading(leading, stop.signal, work), new Error("no zone"));
        assert.deepEqual(told, ["leader.gained", "end"]);
    });

    it("gives the lock back even if the loss cannot be written down", async () => {
        const { told, lost, ...leading } = open(1);
        const stop = new AbortController();
        const failing = async (event: AgentEvent) => {
            if (event.type === "leader.lost") throw new Error("the disk is full");
            await leading.record(event);
        };
        await whileLeading({ ...leading, record: failing }, stop.signal, async () => {
            lost[0]?.abort();
            stop.abort();
        });
        assert.deepEqual(told, ["leader.gained", "end"]);
    });

    it("gives the lock back and tries again, more and more rarely, while the ledger cannot be written", async () => {
        const { told, record, ...leading } = open(9);
        const stop = new AbortController();
        const clock = virtualClock(0);
        const full = coded("ledger-unwritable", "the disk is full");
        const failing = (event: AgentEvent) => (clock.now() < 5000 ? Promise.reject(full) : record(event));
        const onGivenBack = ({ message }: Error) => void told.push(`${clock.now()} ${message}`);
        const ended = whileLeading({ ...leading, record: failing, clock, onGivenBack }, stop.signal, async () => {
            told.push(`${clock.now()} work`);
            stop.abort();
        });
        await clock.pass(10_000);
        await ended;
        const troubles = ["0", "1000", "3000"].flatMap((ms) => ["end", `${ms} the disk is full`]);
        assert.deepEqual(told, [...troubles, "leader.gained", "7000 work", "end"]);
    });

    it("says so, and ends as it was asked to, when the ledger fails while it stops", async () => {
        const { told, ...leading } = open(2);
        const stop = new AbortController();
        const full = coded("ledger-unwritable", "the disk is full");
        const work = async () => {
            stop.abort();
            throw full;
        };
        const onGivenBack = ({ message }: Error) => void told.push(message);
        await whileLeading({ ...leading, onGivenBack }, stop.signal, work);
        assert.deepEqual(told, ["leader.gained", "end", "the disk is full"]);
    });
});
