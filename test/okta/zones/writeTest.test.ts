import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { httpZones } from "../../../src/okta/zones/httpZones";
import { testWrite } from "../../../src/okta/zones/writeTest";
import { signal, testClient } from "../support/client";

type Address = { readonly type: "CIDR" | "RANGE"; readonly value: string };
type Fault = Parameters<Emulator["inject"]>[0];

const A: Address = { type: "CIDR", value: "203.0.113.7/32" };
const ODD: Address = { type: "CIDR", value: "198.51.100.7/24" };
const SENTINEL: Address = { type: "CIDR", value: "192.0.2.0/32" };
const RESPELLED: Address = { type: "RANGE", value: "192.0.2.0-192.0.2.0" };
const THEIRS: Address = { type: "CIDR", value: "203.0.113.9/32" };
const FULL = Array.from({ length: 150 }, (_, index): Address => ({ type: "CIDR", value: `203.0.113.${index}/32` }));

/** A zone, what goes wrong, how the test ends, and every list that the zone had. */
interface Case {
    readonly title: string;
    readonly gateways: readonly Address[];
    readonly more?: object;
    readonly faults?: readonly Fault[];
    /** Canonical; what was seen a moment ago. @default what the zone holds */
    readonly seen?: readonly string[];
    readonly ends: "verified" | { readonly leftOut: string } | { readonly code: string; readonly message: RegExp };
    /** What was waited for between looks, in milliseconds. @default nothing */
    readonly slept?: readonly number[];
    readonly states: readonly (readonly Address[])[];
}

const CASES: readonly Case[] = [
    {
        title: "adds the sentinel to a zone without it, and takes it out",
        gateways: [A, ODD],
        ends: "verified",
        states: [
            [A, ODD],
            [A, ODD, SENTINEL],
            [A, ODD],
        ],
    },
    {
        title: "spells the sentinel in another way, and back",
        gateways: [SENTINEL],
        ends: "verified",
        states: [[SENTINEL], [RESPELLED], [SENTINEL]],
    },
    {
        title: "spells the sentinel among others in another way, and back",
        gateways: [A, RESPELLED],
        ends: "verified",
        states: [
            [A, RESPELLED],
            [A, SENTINEL],
            [A, RESPELLED],
        ],
    },
    {
        title: "keeps the trusted proxies and what it does not know",
        gateways: [A],
        more: { proxies: [ODD], future: { field: 1 } },
        ends: "verified",
        states: [[A], [A, SENTINEL], [A]],
    },
    {
        title: "makes use of a full zone that has the sentinel",
        gateways: [...FULL.slice(1), SENTINEL],
        ends: "verified",
        states: [
            [...FULL.slice(1), SENTINEL],
            [...FULL.slice(1), RESPELLED],
            [...FULL.slice(1), SENTINEL],
        ],
    },
    {
        title: "writes nothing to a full zone without the sentinel",
        gateways: FULL,
        ends: { leftOut: "it is full" },
        states: [FULL],
    },
    {
        title: "writes nothing to a blocklist",
        gateways: [A],
        more: { usage: "BLOCKLIST" },
        ends: { leftOut: "it is a BLOCKLIST" },
        states: [[A]],
    },
    {
        title: "writes nothing where it could not put back IPv6",
        gateways: [A, { type: "CIDR", value: "2001:db8::/32" }],
        ends: { leftOut: "its gateway 2001:db8::/32 is not IPv4" },
        states: [[A, { type: "CIDR", value: "2001:db8::/32" }]],
    },
    {
        title: "writes nothing to a zone without gateways",
        gateways: [],
        more: { proxies: [ODD] },
        ends: { leftOut: "it has no gateway, and could not be put back as it was" },
        states: [[]],
    },
    {
        title: "writes nothing to a zone that moved since it was seen",
        gateways: [A],
        seen: ["203.0.113.8/32"],
        ends: { leftOut: "it changed during the check, so another writer is at work" },
        states: [[A]],
    },
    {
        title: "looks again at a zone that shows a write late",
        gateways: [A],
        faults: [{ on: { method: "PUT" }, do: { staleReads: 3 } }],
        ends: "verified",
        slept: [250, 500, 1000],
        states: [[A], [A, SENTINEL], [A]],
    },
    {
        title: "goes on when only the answer of a write was lost",
        gateways: [A],
        faults: [{ on: { method: "PUT" }, times: 2, do: { loseResponse: true } }],
        ends: "verified",
        states: [[A], [A, SENTINEL], [A]],
    },
    {
        title: "leaves a zone alone that somebody else has written after it",
        gateways: [A],
        faults: [{ on: { method: "PUT" }, do: { foreignWrite: { gateways: [A, THEIRS] } } }],
        ends: {
            code: "write-unverified",
            message: /^zone "Staff" \(nzo1\) was changed by another writer: 203\.0\.113\.7\/32, 203\.0\.113\.9\/32\. /,
        },
        states: [[A], [A, SENTINEL], [A, THEIRS]],
    },
    {
        title: "cannot see a foreign write in the instant between its read and its write",
        gateways: [A],
        faults: [{ on: { method: "GET" }, skip: 1, do: { foreignWrite: { gateways: [THEIRS] } } }],
        ends: "verified",
        states: [[A], [A, SENTINEL], [THEIRS], [A]],
    },
    {
        title: "says so when a write is never seen",
        gateways: [A],
        faults: [{ on: { method: "PUT" }, do: { staleReads: 9 } }],
        slept: [250, 500, 1000, 2000],
        ends: {
            code: "write-unverified",
            message: /^zone "Staff" \(nzo1\) does not show what was written: .* it admits nobody/,
        },
        states: [[A], [A, SENTINEL]],
    },
    {
        title: "throws the refusal of a write, and leaves the zone as it was",
        gateways: [A],
        faults: [{ on: { method: "PUT" }, do: { status: 403 } }],
        ends: { code: "okta-forbidden", message: /^PUT \/api\/v1\/zones\/nzo1: 403 / },
        states: [[A]],
    },
];

describe("testWrite", () => {
    for (const { title, gateways, more = {}, faults = [], seen, ends, slept = [], states } of CASES) {
        it(title, async () => {
            const zone = { id: "nzo1", name: "Staff", gateways: [...gateways], ...more };
            await using okta = await startEmulator({ seed: { zones: [zone] } });
            const { http } = testClient(okta.url);
            const zones = httpZones(http);
            const before = okta.org.zones.get("nzo1");
            const { gateways: present } = await zones.read("nzo1", signal);
            for (const fault of faults) okta.inject(fault);
            const waits: number[] = [];
            const sleep = async (ms: number) => void waits.push(ms);
            const test = testWrite({ zones, zoneId: "nzo1", seen: seen ?? present, sleep, signal });
            if (ends !== "verified" && "code" in ends) await assert.rejects(test, ends);
            else assert.deepEqual(await test, { leftOut: ends === "verified" ? undefined : ends.leftOut });
            assert.deepEqual(waits, slept);
            const history = okta.history.filter(({ zoneId }) => zoneId === "nzo1");
            assert.deepEqual(
                history.map((state) => state.gateways),
                states.map((list) => list.map(({ value }) => value)),
            );
            if (ends === "verified") {
                const { lastUpdated: _then, ...was } = before ?? assert.fail();
                const { lastUpdated: _now, ...is } = okta.org.zones.get("nzo1") ?? assert.fail();
                assert.deepEqual(is, was);
            }
        });
    }
});
