import { strict as assert } from "node:assert";

import { recentZones } from "../../../src/okta/zones/recentZones";
import type { OrgZones } from "../../../src/okta/zones/zones";
import { A, B } from "../../support/grants";
import { type MemoryZones, memoryZones } from "../../support/memoryZones";

const signal = AbortSignal.timeout(60_000);

describe("recentZones", () => {
    function open() {
        const memory = memoryZones([{ id: "nzo1", name: "Staff", gateways: [A] }]);
        const time = { elapsedMs: 0 };
        const org: OrgZones = {
            read: memory.read,
            readAny: memory.read,
            readDocument: async () => ({}),
            write: memory.write,
            change: (zone, { gateways = [] }, signal) => memory.write(zone, gateways, signal),
            list: async () => [],
            listIp: async () => [],
        };
        const { zones, recent } = recentZones(org, () => time.elapsedMs);
        return { memory, time, zones, read: () => recent.read("nzo1", signal) };
    }
    const reads = ({ calls }: MemoryZones) => calls.filter((call) => call === "read nzo1").length;

    it("asks once for all who read at the same time, and for those after them", async () => {
        const { memory, read } = open();
        const [first, second] = await Promise.all([read(), read()]);
        assert.deepEqual([await read(), second, reads(memory)], [first, first, 1]);
    });

    it("asks again after 15 seconds", async () => {
        const { memory, time, read } = open();
        await read();
        time.elapsedMs = 14_999;
        await read();
        assert.equal(reads(memory), 1);
        time.elapsedMs = 15_000;
        await read();
        assert.equal(reads(memory), 2);
    });

    it("always reads before a write, and keeps what it saw", async () => {
        const { memory, zones, read } = open();
        await read();
        memory.put({ id: "nzo1", name: "Staff", gateways: [B] });
        assert.deepEqual((await zones.read("nzo1", signal)).gateways, [B]);
        assert.deepEqual((await read()).gateways, [B]);
        assert.equal(reads(memory), 2);
    });

    for (const call of ["write", "change"] as const) {
        it(`asks again after a ${call}, also after one whose fate is open`, async () => {
            const { memory, zones, read } = open();
            const write = async () => {
                const zone = await read();
                if (call === "write") await zones.write(zone, [B], signal);
                else await zones.change(zone, { gateways: [B] }, signal);
            };
            await write();
            assert.deepEqual((await read()).gateways, [B]);
            memory.fates.push({ outcome: "unanswered" });
            await assert.rejects(write(), { code: "okta-unreachable" });
            await read();
            assert.equal(reads(memory), 3);
        });
    }

    it("keeps no failure", async () => {
        const { memory, read } = open();
        memory.isDown = true;
        await assert.rejects(read(), { code: "okta-unreachable" });
        memory.isDown = false;
        assert.deepEqual((await read()).gateways, [A]);
    });
});
