import { strict as assert } from "node:assert";

import { openZoneTracker } from "../../../src/agent/zones/zoneTracker";
import { SENTINEL } from "../../../src/core/zones/zone";
import { memoryZones } from "../../support/memoryZones";
import { zone } from "../../support/rounds";
import { virtualClock } from "../../support/virtualClock";

describe("openZonesKept", () => {
    it("looks first at zones that it has not seen, however few looks there are", async () => {
        const zoneIds = ["nzo1", "nzo2", "nzo3"];
        const zones = memoryZones(zoneIds.map((id) => zone(id, [SENTINEL])));
        const clock = virtualClock(0);
        let left = 0;
        const budget = { mayAsk: () => left-- > 0, perMinute: () => 600 };
        const newId = () => "w1";
        const kept = openZoneTracker({ zones, zoneIds, budget, clock, record: async () => {}, newId, drift: "heal" });
        for (const _ of zoneIds) {
            left = 1;
            await kept.look("remove", new AbortController().signal);
            await clock.pass(40_000);
        }
        assert.deepEqual(zones.calls, ["read nzo1", "read nzo2", "read nzo3"]);
    });
});
