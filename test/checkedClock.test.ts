import { strict as assert } from "node:assert";

import { openCheckedClock, zonesInTime } from "../src/checkedClock";
import { coded } from "../src/core/errors/errors";
import { SENTINEL } from "../src/core/zones/zone";
import { NOW } from "./support/grants";
import { memoryZones } from "./support/memoryZones";
import { zone } from "./support/rounds";
import { type VirtualClock, virtualClock } from "./support/virtualClock";

const HOUR = 3_600_000;
const SIGNAL = new AbortController().signal;

/** A clock that is wrong by so much from its start, checked against an Okta that answers in no time. */
function stage(wrongMs = 0) {
    const clock = virtualClock(NOW + wrongMs);
    const beganMs = clock.elapsedMs();
    const okta = {
        /** How wrong its Date is, or that it has none. */
        date: 0 as number | "none",
        failure: undefined as Error | undefined,
        asked: 0,
    };
    const time = openCheckedClock(clock);
    const fetch = time.hearing(async () => {
        okta.asked++;
        if (okta.failure !== undefined) throw okta.failure;
        const at = new Date(NOW + clock.elapsedMs() - beganMs + (okta.date === "none" ? 0 : okta.date));
        return new Response("{}", {
            headers: { "content-type": "application/json", ...(okta.date !== "none" && { date: at.toUTCString() }) },
        });
    });
    const ask = () => fetch("https://okta.test/");
    const offMs = () => time.now() - NOW - clock.elapsedMs();
    return { clock, okta, time, ask, offMs, settle: () => until(clock, time.settle(ask, SIGNAL)) };
}

/** Lets time pass until it has ended. */
async function until<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
    let isOver = false;
    work.finally(() => {
        isOver = true;
    }).catch(() => {});
    for (let count = 0; !isOver && count < 100; count++) await clock.pass(100);
    return work;
}

describe("a checked clock", () => {
    it("asks Okta nothing if an answer has already shown that the clock is right", async () => {
        const { okta, ask, settle, time } = stage();
        await ask();
        await settle();
        assert.deepEqual([okta.asked, time.reading().isSettled], [1, true]);
    });

    it("asks once where nothing has been answered yet", async () => {
        const { okta, settle } = stage();
        await settle();
        assert.equal(okta.asked, 1);
    });

    it("asks twice where the clock is wrong from the start, and then uses Okta's time", async () => {
        const { okta, settle, offMs, time } = stage(HOUR);
        await settle();
        assert.equal(okta.asked, 2);
        assert.ok(Math.abs(offMs()) <= 1000, `${offMs()} ms`);
        assert.equal(time.reading().departure?.from, "okta");
    });

    it("asks once where the clock is set while it runs", async () => {
        const { clock, okta, settle, offMs } = stage();
        await settle();
        clock.jump(-HOUR);
        assert.equal(offMs() > -1000, true);
        await settle();
        assert.equal(okta.asked, 2);
        assert.ok(Math.abs(offMs()) <= 1000, `${offMs()} ms`);
    });

    it("asks four times at most, and then goes by elapsed time", async () => {
        const { clock, okta, settle, offMs, time } = stage();
        await settle();
        okta.date = "none";
        clock.jump(HOUR);
        await settle();
        await settle();
        assert.equal(okta.asked, 5);
        assert.ok(Math.abs(offMs()) <= 1000, `${offMs()} ms`);
        assert.equal(time.reading().departure?.from, "elapsed");
    });

    it("asks at most four times if each answer differs, a second and a half apart", async () => {
        const { clock, okta, time, ask } = stage();
        okta.date = HOUR;
        const askedAtMs: number[] = [];
        const asking = async () => {
            askedAtMs.push(clock.elapsedMs());
            await ask();
            okta.date = -Number(okta.date);
        };
        await until(clock, time.settle(asking, SIGNAL));
        assert.deepEqual(askedAtMs, [0, 1500, 3000, 4500]);
        assert.deepEqual([time.reading().isSettled, time.now()], [true, clock.now()]);
    });

    it("ends the questions at once where Okta cannot be reached, and asks again the next time", async () => {
        const { okta, settle, time } = stage();
        okta.failure = coded("okta-unreachable", "no answer");
        await assert.rejects(settle(), /no answer/);
        assert.deepEqual([okta.asked, time.reading().isSettled], [1, false]);
        okta.failure = undefined;
        await settle();
        assert.equal(time.reading().isSettled, true);
    });

    it("takes a refusal for an answer", async () => {
        const { time, ask } = stage();
        const refused = () => ask().then(() => Promise.reject(coded("zone-missing", "404")));
        await time.settle(refused, SIGNAL);
        assert.equal(time.reading().isSettled, true);
    });

    it("takes a rate limit that is used up for an answer", async () => {
        const { time, ask } = stage();
        const throttled = () => ask().then(() => Promise.reject(coded("okta-throttled", "429")));
        await time.settle(throttled, SIGNAL);
        assert.equal(time.reading().isSettled, true);
    });

    it("lets a bug through", async () => {
        const { time } = stage();
        await assert.rejects(
            time.settle(() => Promise.reject(new TypeError("a bug")), SIGNAL),
            /a bug/,
        );
    });

    it("ends between two questions when its caller does", async () => {
        const { clock, time, ask, okta } = stage(HOUR);
        const stop = new AbortController();
        const settling = time.settle(ask, stop.signal);
        await clock.pass(100);
        stop.abort(new Error("the lead is lost"));
        await assert.rejects(settling, /the lead is lost/);
        assert.equal(okta.asked, 1);
    });

    it("says in a sentence that the time for it is over", async () => {
        const { clock, time, ask } = stage(HOUR);
        const stop = new AbortController();
        const settling = time.settle(ask, stop.signal);
        await clock.pass(100);
        stop.abort(new DOMException("late", "TimeoutError"));
        await assert.rejects(settling, { code: "okta-unreachable" });
    });

    it("sleeps as the clock that it checks does", async () => {
        const { clock, time } = stage();
        const slept = time.sleep(HOUR, SIGNAL);
        clock.jump(HOUR);
        assert.equal(clock.sleepers(), 1);
        await until(clock, clock.pass(HOUR));
        await slept;
    });
});

describe("zonesInTime", () => {
    it("settles the time with each read, and gives back the latest", async () => {
        const { clock, time, ask } = stage(HOUR);
        const memory = memoryZones([zone("nzo1", [SENTINEL])]);
        const asking = {
            ...memory,
            read: (id: string, signal: AbortSignal) => ask().then(() => memory.read(id, signal)),
        };
        const told: string[] = [];
        const zones = zonesInTime(asking, time, (text) => told.push(text));
        const found = await until(clock, zones.read("nzo1", SIGNAL));
        assert.deepEqual([found.id, time.reading().isSettled], ["nzo1", true]);
        assert.deepEqual(memory.calls, ["read nzo1", "read nzo1"]);
        await zones.read("nzo1", SIGNAL);
        assert.equal(told.length, 1);
        assert.match(told[0] ?? "", /^this machine's clock is 3600 s ahead of Okta's: .* \[ZK114\]$/);
    });

    it("reads once where the clock is right", async () => {
        const { clock, time, ask } = stage();
        const memory = memoryZones([zone("nzo1", [SENTINEL])]);
        const asking = {
            ...memory,
            read: (id: string, signal: AbortSignal) => ask().then(() => memory.read(id, signal)),
        };
        await until(clock, zonesInTime(asking, time, assert.fail).read("nzo1", SIGNAL));
        assert.deepEqual(memory.calls, ["read nzo1"]);
    });
});
