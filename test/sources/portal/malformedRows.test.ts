import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "../../../src/clock";
import type { PortalState } from "../../../src/core/portal/state";
import { lineAfter, newStore, resetAfter } from "../../../src/sources/portal/chain";
import { fileLog } from "../../../src/sources/portal/fileLog";
import { portalSource, readingOf } from "../../../src/sources/portal/portalSource";
import { openPortalStore } from "../../../src/sources/portal/portalStore";
import { storeMemoryFile } from "../../../src/sources/portal/storeMemory";

const [NOW, HOUR] = [Date.parse("2026-12-01T12:00:00Z"), 3_600_000];
const LIMITS = { widestPrefix: 24, allowUnroutable: false };

const GRANT = {
    id: "g1",
    access: "payroll",
    holder: { iss: "i", sub: "s", user: "ana", name: "Ana" },
    addresses: ["203.0.113.7"],
    createdAtMs: NOW,
    startsAtMs: NOW,
    expiresAtMs: NOW + HOUR,
    labels: { access: "payroll" },
    requestId: "r1",
};
const OTHER = { ...GRANT, id: "g2" };

/** An object of JSON of which no text can be made. */
const NO_TEXT = { toString: 1, valueOf: 1 };

/** Rows of the key `g1` that no portal writes, and the field that is wrong. */
const ROWS: Readonly<Record<string, readonly [row: object, field: string]>> = {
    "without addresses": [{ ...GRANT, addresses: undefined }, "ip"],
    "with a text for addresses": [{ ...GRANT, addresses: "203.0.113.7" }, "ip"],
    "with no address": [{ ...GRANT, addresses: [] }, "ip"],
    "with null for an address": [{ ...GRANT, addresses: [null] }, "ip"],
    "with a number for an address": [{ ...GRANT, addresses: [3_405_803_783] }, "ip"],
    "with a CIDR": [{ ...GRANT, addresses: ["203.0.113.0/24"] }, "ip"],
    "with a range": [{ ...GRANT, addresses: ["203.0.113.7-203.0.113.9"] }, "ip"],
    "with an IPv6 address": [{ ...GRANT, addresses: ["2001:db8::1"] }, "ip"],
    "with one address and a CIDR": [{ ...GRANT, addresses: ["203.0.113.7", "0.0.0.0/0"] }, "ip"],
    "without an end": [{ ...GRANT, expiresAtMs: undefined }, "expiresAt"],
    "with a text for the end": [{ ...GRANT, expiresAtMs: "soon" }, "expiresAt"],
    "with an end beyond every date": [{ ...GRANT, expiresAtMs: 1e18 }, "expiresAt"],
    "with an end of which no text can be made": [{ ...GRANT, expiresAtMs: NO_TEXT }, "expiresAt"],
    "with null for the start": [{ ...GRANT, startsAtMs: null }, "startsAt"],
    "with a list for labels": [{ ...GRANT, labels: ["payroll"] }, "labels"],
    "with an object for the user": [{ ...GRANT, holder: { user: NO_TEXT } }, "user"],
    "with another id than its key": [{ ...GRANT, id: "g7" }, "id"],
    "with a number for the id": [{ ...GRANT, id: 1 }, "id"],
    "with nothing": [{}, "id"],
};

const stateOf = (row: object) =>
    ({
        grants: new Map<string, object>([
            ["g1", row],
            ["g2", OTHER],
        ]),
        revocations: new Map(),
    }) as unknown as PortalState;

describe("a row of the portal's store that no portal writes", () => {
    for (const [how, [row, field]] of Object.entries(ROWS)) {
        it(`is unusable ${how}, and the other ones count`, () => {
            const { grants, unusable } = readingOf(stateOf(JSON.parse(JSON.stringify(row))), LIMITS, NOW);
            assert.deepEqual(
                [grants.map(({ id }) => id), unusable.map((each) => [each.id, each.field])],
                [["g2"], [["g1", field]]],
            );
        });
    }

    it("is removed by name where it has ended, whatever else it has", () => {
        const { grants, named } = readingOf(stateOf({ endedAtMs: NOW, expiresAtMs: NO_TEXT }), LIMITS, NOW);
        assert.deepEqual([grants.map(({ id }) => id), [...(named?.removed ?? [])]], [["g2"], ["g1"]]);
    });

    it("counts for nobody without a holder, and without what is only told", () => {
        const bare = { ...GRANT, holder: undefined, reason: NO_TEXT, ticket: 7, requestId: NO_TEXT };
        const [grant] = readingOf(stateOf(bare), LIMITS, NOW).grants;
        assert.deepEqual(
            [grant?.id, grant?.user, grant?.reason, grant?.request],
            ["g1", undefined, undefined, undefined],
        );
    });
});

/** Lines with the right number and hash. */
const LINES: Readonly<Record<string, unknown>> = {
    "is no list": { grants: [] },
    "has a change that is null": [null],
    "has a change that is a text": ["grants"],
    "has a change without a row": [["grants", "g1"]],
    "has a change of a number": [["grants", 7, GRANT]],
    "has a row that is a text": [["grants", "g1", "x"]],
    "has a row that is a list": [["grants", "g1", []]],
    "has a table that is null": [[null, "g1", GRANT]],
};

describe("a line of the portal's store that no portal writes", () => {
    let directory: string;

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-rows-"));
    });

    afterEach(() => rm(directory, { recursive: true }));

    /** The source of a store with a line of this. */
    async function sourceOf(payload: unknown) {
        const path = join(directory, "portal.jsonl");
        const first = resetAfter(newStore("any"));
        const lines = [first.text, lineAfter(first.mark, JSON.stringify(payload)).text];
        await writeFile(path, lines.map((line) => `${line}\n`).join(""));
        const kept = storeMemoryFile(join(directory, "memory.json"));
        const store = openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW, kept);
        return portalSource({ store, limits: LIMITS, now: () => NOW });
    }

    for (const [how, payload] of Object.entries(LINES)) {
        it(`makes the store unreadable where it ${how}, which ends nothing`, async () => {
            const source = await sourceOf(payload);
            await assert.rejects(source.read(new AbortController().signal), (error: Error & { code?: string }) => {
                assert.equal(error.code, "source-unreadable");
                return true;
            });
        });
    }

    it("is remembered by an agent where a grant has ended and its end is none", async () => {
        const source = await sourceOf([["grants", "g1", { endedAtMs: NOW, expiresAtMs: NO_TEXT }]]);
        assert.deepEqual((await source.read(new AbortController().signal)).grants, []);
        await source.close?.();
    });

    for (const table of ["later", "__proto__", "constructor", "toString", ""]) {
        it(`is left alone where its table is ${JSON.stringify(table)}`, async () => {
            const source = await sourceOf([
                [table, "g1", GRANT],
                ["grants", "g2", OTHER],
            ]);
            const { grants } = await source.read(new AbortController().signal);
            await source.close?.();
            assert.deepEqual(
                grants.map(({ id }) => id),
                ["g2"],
            );
        });
    }
});
