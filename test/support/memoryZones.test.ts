import { testZoneStore } from "../okta/zones/contract";
import { type MemoryZones, memoryZones } from "./memoryZones";

describe("memoryZones", () => {
    let zones: MemoryZones;

    testZoneStore({
        async open(seed) {
            zones = memoryZones(seed);
            return zones;
        },
        async remove(zoneId) {
            zones.remove(zoneId);
        },
    });
});
