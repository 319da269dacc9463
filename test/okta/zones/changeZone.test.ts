import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import type { Fault } from "../../../emulator/faults/faults";
import { changeZone } from "../../../src/okta/zones/changeZone";
import { httpZones } from "../../../src/okta/zones/httpZones";
import type { ZoneChange } from "../../../src/okta/zones/zones";
import { testClient } from "../support/client";

const ID = "nzo1";
const PATH = `/api/v1/zones/${ID}`;
const cidr = (value: string) => ({ type: "CIDR" as const, value });
const OLD = "203.0.113.7/32";
const NEW = "198.51.100.9/32";
const RENAME: ZoneChange = { name: "Crew" };
const LOOKS = [250, 500, 1000, 2000];

/** Somebody else writes back the zone as it was before, and lets somebody in. */
const UNDONE: Fault = {
    on: { method: "PUT", path: PATH },
    do: { foreignWrite: { name: "Staff", gateways: [cidr(OLD), cidr(NEW)] } },
};
const LOST: Fault = { on: { method: "PUT", path: PATH }, do: { drop: true } };

interface Case {
    readonly title: string;
    readonly change?: ZoneChange;
    readonly faults?: readonly Fault[];
    /** What was asked, in letters: G for a GET, P for a PUT. */
    readonly asked: string;
    readonly slept?: readonly number[];
    /** What the zone shows in the end. */
    readonly ends: readonly [name: string, gateways: readonly string[]];
    readonly throws?: { readonly code: string; readonly message: RegExp };
}

/** The rows of the table of changeZone, then what lies between and beyond them. */
const CASES: readonly Case[] = [
    { title: "the change, before a write: done", change: { name: "Staff" }, asked: "G", ends: ["Staff", [OLD]] },
    { title: "the change, after a write: done", asked: "GPG", ends: ["Crew", [OLD]] },
    {
        title: "the change, and gateways of another writer, which are newer",
        faults: [{ on: { method: "PUT", path: PATH }, do: { foreignWrite: { gateways: [cidr(NEW)] } } }],
        asked: "GPG",
        ends: ["Crew", [NEW]],
    },
    {
        title: "not the change, after a 200: a stale read, so it looks again",
        faults: [{ on: { method: "PUT", path: PATH }, do: { staleReads: 2 } }],
        asked: "GPGGG",
        slept: [250, 500],
        ends: ["Crew", [OLD]],
    },
    {
        title: "not the change, for too long: another writer undid it, and it is written over what that one wrote",
        faults: [UNDONE],
        asked: "GPGGGGGPG",
        slept: LOOKS,
        ends: ["Crew", [OLD, NEW]],
    },
    { title: "not the change, no answer: writes again", faults: [LOST], asked: "GPGPG", ends: ["Crew", [OLD]] },
    {
        title: "the change, no answer: done",
        faults: [{ on: { method: "PUT", path: PATH }, do: { loseResponse: true } }],
        asked: "GPG",
        ends: ["Crew", [OLD]],
    },
    {
        title: "undone three times",
        faults: [UNDONE, UNDONE, UNDONE],
        asked: "GPGGGGGPGGGGGPGGGGG",
        slept: [...LOOKS, ...LOOKS, ...LOOKS],
        ends: ["Staff", [OLD, NEW]],
        throws: {
            code: "write-unverified",
            message:
                /^after 3 writes, zone "Staff" \(nzo1\) does not show what was written\. Stop every other writer of this zone, then run again\.$/,
        },
    },
    {
        title: "lost three times",
        faults: [LOST, LOST, LOST],
        asked: "GPGPGPG",
        ends: ["Staff", [OLD]],
        throws: { code: "okta-unreachable", message: /PUT/ },
    },
    {
        title: "refused: the refusal is thrown",
        faults: [{ on: { method: "PUT", path: PATH }, do: { status: 403 } }],
        asked: "GP",
        ends: ["Staff", [OLD]],
        throws: { code: "okta-forbidden", message: /E0000006/ },
    },
    {
        title: "several settings in one write, whatever is inside",
        change: { name: "Crew", proxies: ["10.0.0.1-10.0.0.9", "10.1.2.3/16"], status: "ACTIVE", usage: "POLICY" },
        asked: "GPG",
        ends: ["Crew", [OLD]],
    },
    {
        title: "the same proxies in another spelling: done",
        change: { proxies: ["172.16.0.1-172.16.0.1"] },
        asked: "G",
        ends: ["Staff", [OLD]],
    },
];

describe("changeZone", () => {
    for (const { title, change = RENAME, faults = [], asked, slept = [], ends, throws } of CASES) {
        it(title, async () => {
            const zone = { id: ID, name: "Staff", gateways: [cidr(OLD)], proxies: [cidr("172.16.0.1/32")] };
            await using okta = await startEmulator({ seed: { zones: [zone] } });
            for (const fault of faults) okta.inject(fault);
            const waits: number[] = [];
            const result = changeZone({
                zones: httpZones(testClient(okta.url).http),
                zoneId: ID,
                change,
                sleep: async (ms) => void waits.push(ms),
                signal: new AbortController().signal,
            });
            if (throws === undefined) assert.deepEqual((await result).gateways, ends[1]);
            else await assert.rejects(result, throws);
            const { name, gateways } = okta.history.at(-1) ?? assert.fail();
            assert.deepEqual([name, gateways], ends);
            assert.deepEqual({ asked: letters(okta), slept: waits }, { asked, slept });
        });
    }

    it("stops where it is when its caller stops", async () => {
        await using okta = await startEmulator({ seed: { zones: [{ id: ID, name: "Staff", gateways: [cidr(OLD)] }] } });
        const reason = new Error("stopping");
        const zones = httpZones(testClient(okta.url).http);
        const stopped = { zones, zoneId: ID, change: RENAME, sleep: async () => {}, signal: AbortSignal.abort(reason) };
        await assert.rejects(changeZone(stopped), reason);
        assert.deepEqual(okta.requests, []);
    });
});

function letters({ requests }: Emulator): string {
    return requests.map(({ method }) => method[0]).join("");
}
