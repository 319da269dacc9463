import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { excessIn } from "../../src/core/grants/entrySize";
import { misspellings } from "../../src/core/grants/fieldNames";
import { readEntries } from "../../src/core/grants/grantsDocument";
import { readDocument } from "../../src/sources/document/document";
import type { Connection } from "../../src/sources/postgres/connect";
import { readRows } from "../../src/sources/postgres/rows";
import { pushFile } from "../../src/sources/webhook/pushFile";
import { openWebhookSource } from "../../src/sources/webhook/webhook";
import { NOW } from "../support/grants";
import { watchJson, watchTurns } from "./turns";
import { delivery, SECRET } from "./webhook/sender";

const limits = { widestPrefix: 24 };
const GOOD = { id: "good", ip: "198.51.100.1", permanent: true };
const signal = new AbortController().signal;
const many = <T>(count: number, entry: (index: number) => T) => Array.from({ length: count }, (_, i) => entry(i));
const numbered = (index: number) => ({ id: `g-${index}`, ip: "198.51.100.1", expiresAt: "2099-12-01T18:00:00Z" });

/** In one turn of the event loop, as JSON: some two pieces, or one entry that is as long as may be. */
const MOST_CHARACTERS = 600_000;

const TABLE = { sql: '"grants"', channel: "zonekeeper_grants" };

describe("a document that is made to take long", () => {
    const documents: readonly (readonly [what: string, entries: readonly unknown[]])[] = [
        ["many entries that are no grants", many(70_000, () => 0)],
        ["many entries without a field", many(8000, () => ({}))],
        ["many entries with long messages", many(1000, (i) => ({ ...GOOD, id: `${i}`, ip: "x".repeat(200) }))],
        ["a grant with thousands of fields", [Object.fromEntries(many(20_000, (i) => [`expirez${i}`, i]))]],
        [
            "a grant with thousands of labels",
            [{ ...GOOD, labels: Object.fromEntries(many(9000, (i) => [`l${i}`, "x"])) }],
        ],
        ["a grant with thousands of addresses", [{ ...GOOD, ip: many(10_000, () => "198.51.100.1") }]],
        ["a grant with a label of megabytes", [{ ...GOOD, labels: { a: "x".repeat(3_000_000) } }]],
        [
            "many grants with a thousand characters each",
            many(2500, (i) => ({ ...numbered(i), reason: "x".repeat(900) })),
        ],
        ["many grants", many(6000, numbered)],
    ];
    for (const [what, entries] of documents) {
        it(`lets others have their turn: ${what}`, async () => {
            const text = `{"grants":[${[GOOD, ...entries].map((entry) => JSON.stringify(entry)).join(",\n")}]}`;
            const expected = readEntries([GOOD, ...entries], limits);
            using json = watchJson();
            const turns = watchTurns(json.characters);
            const reading = await readDocument([Buffer.from(text)], limits);
            const { turns: count, longest } = turns.end();
            assert.ok(longest < MOST_CHARACTERS, `${longest} characters of JSON in one turn`);
            assert.ok(count >= Math.floor(entries.length / 500), `${count} turns`);
            assert.deepEqual(
                [reading.grants.length, reading.unusable.length, reading.unusable[0]],
                [expected.grants.length, expected.unusable.length, expected.unusable[0]],
            );
        });
    }

    const deep = (open: string, close: string, count: number) => `${open.repeat(count)}1${close.repeat(count)}`;
    const fields: readonly (readonly [what: string, text: string, message: RegExp | undefined])[] = [
        ["deep maps", `"next":${deep('{"a":', "}", 20_000)}`, /is only a part/],
        ["deep lists", `"note":${deep("[", "]", 100_000)}`, undefined],
        ["thousands of fields", many(5000, (i) => `"f${i}":1`).join(), /has 5001 fields, more than the 1000 that/],
        ["a map with thousands of fields", `"meta":{${many(5000, (i) => `"f${i}":1`)}}`, undefined],
    ];
    for (const [what, text, message] of fields) {
        it(`is read, or refused with a sentence: ${what} beside the grants`, async () => {
            const document = `{${text},"grants":[${JSON.stringify(GOOD)}]}`;
            const reading = readDocument([Buffer.from(document)], limits);
            if (message === undefined) assert.equal((await reading).grants.length, 1);
            else await assert.rejects(reading, { code: "source-unreadable", message });
        });
    }
});

describe("misspellings", () => {
    it("takes no longer for a name that resembles many words than for another one", () => {
        const entry = Object.fromEntries(many(1000, (i) => [`xpiresAtUntilValidFrom${i}`.slice(0, 40), 1]));
        assert.equal(excessIn(entry), undefined);
        assert.equal(misspellings()(entry), undefined);
    });
});

describe("rows of PostgreSQL", () => {
    /** A table, of which `entry` counts how many rows somebody looked into. */
    function tableOf(entries: readonly string[]) {
        let looks = 0;
        const rows = entries.map((entry, index) => ({
            id: `${index}`,
            get entry() {
                looks += 0.5;
                return entry;
            },
        }));
        let fetched = 0;
        const connection = {
            async query(sql: string) {
                if (!/FETCH/.test(sql)) return { rows: [] };
                const batch = rows.slice(fetched, fetched + 2000);
                fetched += 2000;
                return /BEGIN/.test(sql) ? [{ rows: [] }, { rows: batch }] : { rows: batch };
            },
        };
        return { connection: connection as unknown as Connection, looks: () => looks };
    }

    it("are read in slices", async () => {
        const texts = many(20_000, (index) => JSON.stringify(numbered(index)));
        const { connection } = tableOf(texts);
        using json = watchJson();
        const turns = watchTurns(json.characters);
        const { grants } = (await readRows(connection, TABLE, limits, signal)).reading;
        const { longest } = turns.end();
        assert.equal(grants.length, 20_000);
        assert.ok(longest < 50_000, `${longest} characters of JSON in one turn`);
    });

    it("that are long are read in slices of few", async () => {
        const text = JSON.stringify({ ...GOOD, note: "x".repeat(60_000) });
        const { connection } = tableOf(many(200, () => text));
        using json = watchJson();
        const turns = watchTurns(json.characters);
        await readRows(connection, TABLE, limits, signal);
        assert.ok(turns.end().longest < 300_000);
    });

    it("are not read any further when the reading was aborted", async () => {
        const { connection } = tableOf(many(20_000, (index) => JSON.stringify(numbered(index))));
        const controller = new AbortController();
        using json = watchJson();
        const reading = readRows(connection, TABLE, limits, controller.signal);
        setImmediate(() => controller.abort(new Error("nobody waits")));
        await assert.rejects(reading, /nobody waits/);
        assert.ok(json.characters() < 100_000, `${json.characters()} characters`);
    });
});

describe("a delivery with all grants", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));
    const open = () =>
        openWebhookSource({
            secrets: [{ setting: "env:HOOK", read: () => SECRET }],
            limits,
            store: pushFile({ path: join(folder, "hook.jsonl"), limits, isShared: false, sleep: async () => {} }),
        });
    const at = (second: number) => new Date(NOW + second * 1000).toISOString();

    it("is taken, kept, read and read again after a restart in slices", async () => {
        const source = open();
        const sent = delivery({ type: "grants.replaced", timestamp: at(0), data: { grants: many(9000, numbered) } });
        // The file is begun anew for it, as it would become twice as long.
        const next = delivery({ type: "grants.replaced", timestamp: at(1), data: { grants: many(9001, numbered) } });
        using json = watchJson();
        const turns = watchTurns(json.characters);
        assert.equal((await source.accept(sent, NOW)).status, 200);
        const { grants } = await source.read(signal);
        assert.equal((await source.accept(next, NOW)).status, 200);
        const again = await open().read(signal);
        const { longest } = turns.end();
        assert.deepEqual([grants.length, again.grants.length], [9000, 9001]);
        assert.ok(longest < MOST_CHARACTERS, `${longest} characters of JSON in one turn`);
    });

    it("of which none is a grant is refused, and others have their turn meanwhile", async () => {
        const sent = delivery(`{"grants":[${many(100_000, () => 0)}]}`);
        let characters = 0;
        const turns = watchTurns(() => characters++);
        const { status } = await open().accept(sent, NOW);
        assert.equal(status, 400);
        assert.ok(turns.end().turns >= 300);
    });
});
