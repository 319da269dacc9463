import { strict as assert } from "node:assert";

import type { AgentEvent } from "../../src/agent/events/events";
import { openTimeCheck, openTimeRecord } from "../../src/agent/timeCheck";
import type { Departure, TimeReading } from "../../src/core/time/checkedTime";
import { NOW } from "../support/grants";

const ahead = (seconds: number, from: Departure["from"] = "okta"): Departure => ({ byMs: seconds * 1000, from });

/** What the clock says at one check after the other, and what is recorded. */
const ROWS: Readonly<Record<string, readonly [departures: (Departure | undefined)[], events: AgentEvent[]]>> = {
    "records nothing while the clock is right": [[undefined, undefined], []],
    "records once that the clock departs, and that it agrees again": [
        [undefined, ahead(3600.4), ahead(3600.9), undefined, undefined],
        [{ type: "clock.departed", aheadSeconds: 3600, from: "okta" }, { type: "clock.agrees" }],
    ],
    "records nothing more while it drifts": [
        [ahead(61), ahead(90), ahead(121)],
        [{ type: "clock.departed", aheadSeconds: 61, from: "okta" }],
    ],
    "records that it was set once more": [
        [ahead(3600), ahead(-3600)],
        [
            { type: "clock.departed", aheadSeconds: 3600, from: "okta" },
            { type: "clock.departed", aheadSeconds: -3600, from: "okta" },
        ],
    ],
    "records that Okta has told the time": [
        [ahead(3600, "elapsed"), ahead(3600)],
        [
            { type: "clock.departed", aheadSeconds: 3600, from: "elapsed" },
            { type: "clock.departed", aheadSeconds: 3600, from: "okta" },
        ],
    ],
};

function stage() {
    const events: AgentEvent[] = [];
    const reading = (departure?: Departure): TimeReading => ({
        nowMs: NOW,
        aheadMs: departure?.byMs ?? 0,
        departure,
        isSettled: false,
    });
    const now = { reading: reading(), failure: undefined as Error | undefined };
    const [waits, done]: [number[], string[]] = [[], []];
    const record = async (event: AgentEvent) => void events.push(event);
    const check = openTimeCheck({
        time: {
            reading: () => now.reading,
            async settle(ask, signal) {
                if (now.failure !== undefined) throw now.failure;
                await ask(signal);
            },
            sleep: async (ms) => void done.push(`sleeps ${ms} ms`),
        },
        ask: async () => void done.push("asks"),
        budget: { waitMs: (purpose) => (purpose === "remove" ? (waits.shift() ?? 0) : 0) },
        tell: openTimeRecord({ reading: () => now.reading }, record),
    });
    const say = (departure: Departure | undefined) => {
        now.reading = reading(departure);
    };
    return { events, now, say, check, waits, done };
}

describe("openTimeCheck", () => {
    for (const [sentence, [departures, expected]] of Object.entries(ROWS)) {
        it(sentence, async () => {
            const { check, say, events } = stage();
            for (const departure of departures) {
                say(departure);
                await check.settle(new AbortController().signal);
            }
            assert.deepEqual(events, expected);
        });
    }

    it("records that the clock departs also where Okta cannot be reached, and says that it cannot", async () => {
        const { check, say, now, events } = stage();
        say(ahead(3600, "elapsed"));
        now.failure = new Error("no answer");
        await assert.rejects(check.settle(new AbortController().signal), /no answer/);
        assert.equal(events.length, 1);
    });

    it("waits until the budget allows a question", async () => {
        const { check, waits, done } = stage();
        waits.push(5000);
        await check.settle(new AbortController().signal);
        await check.settle(new AbortController().signal);
        assert.deepEqual(done, ["sleeps 1000 ms", "asks", "asks"]);
    });

    it("records nothing once the lead is lost: another agent may write the ledger", async () => {
        const { check, say, events } = stage();
        say(ahead(3600));
        await check.settle(AbortSignal.abort());
        assert.deepEqual(events, []);
    });
});
