import { strict as assert } from "node:assert";

import { type OtherWritersOptions, openOtherWriters } from "../../../src/agent/zones/otherWriters";
import { fail } from "../../../src/core/errors/errors";
import type { ZoneChange } from "../../../src/okta/zones/zoneLog";
import { NOW } from "../../support/grants";
import { virtualClock } from "../../support/virtualClock";

const change = (atMs: number, more: Partial<ZoneChange> = {}): ZoneChange => ({
    zoneId: "nzo1",
    atMs,
    actorId: "00uMallory",
    actorName: "Mallory",
    ...more,
});

function open(more: Partial<OtherWritersOptions> = {}) {
    const clock = virtualClock(NOW);
    const log: ZoneChange[] = [];
    const [heard, ended]: [ZoneChange[], string[]] = [[], []];
    let reads = 0;
    const writes = openOtherWriters({
        read: async () => {
            reads++;
            return [...log];
        },
        ourselves: async () => ["00uAgent"],
        clock,
        onEnd: (why) => ended.push(why),
        ...more,
    });
    const stop = new AbortController();
    const follow = (zoneIds: readonly string[], onForeign: (each: ZoneChange) => void) =>
        writes.follow(zoneIds, onForeign, stop.signal);
    const run = follow(["nzo1"], (each) => heard.push(each));
    return { follow, clock, log, heard, ended, writes, stop, run, reads: () => reads };
}

describe("foreign writes", () => {
    it("are heard of once each, within twenty seconds, with the name of who wrote", async () => {
        const { clock, log, heard, writes, stop, run } = open();
        await clock.pass(0);
        log.push(change(NOW + 5000));
        await clock.pass(60_000);
        assert.deepEqual(heard, [change(NOW + 5000)]);
        assert.equal(writes.lastWriter("nzo1"), "Mallory");
        stop.abort();
        await run;
        assert.equal(clock.sleepers(), 0);
    });

    const silent: [because: string, one: ZoneChange][] = [
        ["the agent's own are none", change(NOW + 1, { actorId: "00uAgent" })],
        ["another zone is none of ours", change(NOW + 1, { zoneId: "nzo9" })],
        ["what was before the lead is in the zone as it was first seen", change(NOW - 1)],
    ];
    for (const [because, one] of silent) {
        it(`stay silent: ${because}`, async () => {
            const { clock, log, heard } = open();
            log.push(one);
            await clock.pass(60_000);
            assert.deepEqual(heard, []);
        });
    }

    it("are not asked for any more where the log may not be read, and that is said once", async () => {
        const read = async () => fail("okta-forbidden", "GET /api/v1/logs: 403");
        const { clock, ended, run } = open({ read });
        await clock.pass(60_000);
        await run;
        assert.deepEqual(ended, ["Okta's System Log is not read for changes of others: GET /api/v1/logs: 403"]);
    });

    it("are asked for again after an outage", async () => {
        let isDown = true;
        const read = async () => (isDown ? fail("okta-unreachable", "no answer") : [change(NOW + 1)]);
        const { clock, heard } = open({ read });
        await clock.pass(30_000);
        isDown = false;
        await clock.pass(20_000);
        assert.equal(heard.length, 1);
    });

    it("are read once for the zones of several memberships, each of which hears of its own", async () => {
        const { clock, log, heard, follow, stop, run, reads } = open();
        const others: ZoneChange[] = [];
        const other = follow(["nzo2", "nzo3"], (each) => others.push(each));
        await clock.pass(0);
        log.push(change(NOW + 5000), change(NOW + 6000, { zoneId: "nzo3" }));
        await clock.pass(20_000);
        assert.deepEqual([heard.map(({ zoneId }) => zoneId), others.map(({ zoneId }) => zoneId)], [["nzo1"], ["nzo3"]]);
        assert.equal(reads(), 2);
        stop.abort();
        await Promise.all([run, other]);
        assert.equal(clock.sleepers(), 0);
    });
});
