import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { spanOf } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";
import type { Memory, MemoryStore, Remembered } from "../src/core/membership/memory";
import { type MemoryFileOptions, memoryFile } from "../src/memoryFile";
import { A, B, C, grant, NOW } from "./support/grants";

/** 9999-12-31T23:59:59-05:00, which is in the year 10000 in UTC. */
const LAST_MS = 253_402_318_799_000;

const WRITTEN = { wallMs: NOW, elapsedMs: 50_000 };

const REMEMBERED: Remembered = {
    source: "file grants.yaml",
    readAtMs: NOW + 7,
    memory: {
        grants: [
            grant([A, C], 60, { id: "g1", user: "ana@example.com", reason: "INC-1", labels: { app: "payroll" } }),
            grant("198.51.100.1-198.51.100.6", 60, { id: "g2", startsAtMs: NOW + 5 }),
            { id: "g3", spans: grant(B).spans, labels: {} },
            { id: "g4", spans: grant(B).spans, labels: {}, expiresAtMs: LAST_MS },
        ],
        ended: [spanOf("203.0.113.4/30")],
        staticGateways: [spanOf(C)],
        unknown: { nzo1: [spanOf(A), spanOf("198.51.100.3-198.51.100.9")], nzo2: [] },
        held: ["grant g1", `entry ${A}`],
        removals: [
            { item: "grant g9", atMs: 40_000, how: "counted" },
            { item: "grant g8", atMs: 50_000, how: "named" },
        ],
        confirmation: { items: ["grant g1"], spans: [spanOf(A)], by: "mia", reason: "INC-2" },
    },
};

describe("memoryFile", () => {
    let folder: string;
    let path: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        path = join(folder, "state", "grants.json");
    });
    afterEach(() => rm(folder, { recursive: true }));

    /** The file as a process sees it whose clocks stand there. */
    function opened({ wallMs, elapsedMs } = WRITTEN, more: Partial<MemoryFileOptions> = {}) {
        const told: string[] = [];
        const clock = { now: () => wallMs, elapsedMs: () => elapsedMs };
        return { told, ...memoryFile({ path, clock, onSetAside: (sentence) => told.push(sentence), ...more }) };
    }

    it("gives back what it was given, in a folder that it makes for its owner alone", async () => {
        await opened().write(REMEMBERED);
        assert.deepEqual(await contents(opened()), REMEMBERED);
        assert.equal((await stat(path)).mode & 0o777, 0o600);
        assert.equal((await stat(join(folder, "state"))).mode & 0o777, 0o700);
    });

    it("gives back whatever it was given", async () => {
        await fc.assert(
            fc.asyncProperty(anyRemembered, async (remembered) => {
                await opened().write(remembered);
                assert.deepEqual(await contents(opened()), remembered);
            }),
            { numRuns: 50 },
        );
    });

    it("keeps the very same grants again, in whatever order, and others beside them", async () => {
        const store = opened();
        await store.write(REMEMBERED);
        const [first, second, third] = REMEMBERED.memory.grants;
        const grants = [third, grant(B), second, { ...first, user: "mia@example.com" }] as readonly Grant[];
        const next = { ...REMEMBERED, memory: { ...REMEMBERED.memory, grants } };
        await store.write(next);
        assert.deepEqual(await contents(store), next);
    });

    it("replaces what was there, and leaves no draft behind", async () => {
        const store = opened();
        await store.write(REMEMBERED);
        const next = { ...REMEMBERED, memory: { ...REMEMBERED.memory, grants: [] } };
        await store.write(next);
        assert.deepEqual(await contents(store), next);
        assert.deepEqual(await readdir(join(folder, "state")), ["grants.json"]);
    });

    describe("that is large", () => {
        const many = Array.from({ length: 100 }, (_, id) => grant(A, 60, { id: `g-${id}` }));
        const remember = (grants: readonly Grant[], more: Partial<Memory> = {}): Remembered => ({
            ...REMEMBERED,
            memory: { ...REMEMBERED.memory, grants, ...more },
        });
        const linesIn = async () => (await readFile(path, "utf8")).split("\n").length - 1;
        const large = () => opened(WRITTEN, { largeBytes: 1000 });

        it("gives back what it was given last, through any changes, to this process and to the next one", async () => {
            const step = fc.record({ at: fc.nat(100), out: fc.nat(3), come: fc.array(anyGrant, { maxLength: 3 }) });
            let added = 0;
            await fc.assert(
                fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.nat(8), async (steps, restartAt) => {
                    let store = large();
                    let grants: readonly Grant[] = many;
                    await store.write(remember(grants));
                    for (const [index, { at, out, come }] of steps.entries()) {
                        if (index === restartAt) store = large();
                        grants = grants.toSpliced(at, out, ...come);
                        const before = await linesIn();
                        await store.write(remember(grants, { held: [`grant ${index}`] }));
                        if ((await linesIn()) > before) added++;
                        assert.deepEqual(await contents(large()), remember(grants, { held: [`grant ${index}`] }));
                    }
                }),
                { numRuns: 40 },
            );
            assert.ok(added > 10, `${added} changes were added`);
        });

        it("adds a change, and writes all of it again once the changes are a quarter of it", async () => {
            const store = large();
            await store.write(remember(many));
            const lines = [];
            for (let round = 1; round <= 12; round++) {
                await store.write(remember(many.slice(round)));
                lines.push(await linesIn());
            }
            assert.equal(lines[0], 2);
            assert.ok(lines.indexOf(1) > 0, String(lines));
        });

        it("is what it was before a change that a crash cut off anywhere", async () => {
            const store = large();
            await store.write(remember(many));
            const before = (await readFile(path)).length;
            await store.write(remember(many.slice(1)));
            const whole = await readFile(path);
            for (const length of [before, before + 1, before + 100, whole.length - 1]) {
                await writeFile(path, whole.subarray(0, length));
                assert.deepEqual(await contents(large()), remember(many), `at ${length} of ${whole.length}`);
            }
        });

        it("is written as a whole by a process that did not write it last", async () => {
            const [store, other] = [large(), large()];
            await store.write(remember(many));
            await other.write(remember(many.slice(2)));
            await store.write(remember(many.slice(1)));
            assert.deepEqual([await linesIn(), await contents(large())], [1, remember(many.slice(1))]);
            await writeFile(path, `${await readFile(path, "utf8")}{"cut o`);
            await store.write(remember(many));
            assert.deepEqual([await linesIn(), await contents(large())], [1, remember(many)]);
        });

        it("is set aside with a change of grants that are not there", async () => {
            const store = large();
            await store.write(remember(many));
            await store.write(remember(many.slice(1)));
            const text = await readFile(path, "utf8");
            assert.match(text, /"splice":\[0,1,\[\]\]/);
            await writeFile(path, text.replace('"splice":[0,1,', '"splice":[0,101,'));
            const { read, told } = opened();
            assert.deepEqual([await read(), told], [undefined, [setAsideBecause("it is cut off or damaged")]]);
        });
    });

    it("has none where there is no file", async () => {
        const { read, told } = opened();
        assert.deepEqual([await read(), told], [undefined, []]);
    });

    const later: readonly (readonly [because: string, now: typeof WRITTEN, ageMs: number])[] = [
        ["both clocks went on", { wallMs: NOW + 60_000, elapsedMs: 110_000 }, 60_000],
        ["the wall clock was set forward", { wallMs: NOW + 9_000_000, elapsedMs: 110_000 }, 60_000],
        ["the wall clock was set back", { wallMs: NOW - 9_000_000, elapsedMs: 110_000 }, 0],
        ["the host began anew", { wallMs: NOW + 60_000, elapsedMs: 20_000 }, 20_000],
        ["another host has the file, which began long ago", { wallMs: NOW + 60_000, elapsedMs: 90_000_000 }, 60_000],
    ];
    for (const [because, now, passedMs] of later) {
        it(`lets ${passedMs / 1000} s pass for the window where ${because}`, async () => {
            await opened().write(REMEMBERED);
            const read = await opened(now).read();
            const ages = read?.memory.removals.map(({ atMs }) => now.elapsedMs - atMs);
            assert.deepEqual(ages, [10_000 + passedMs, passedMs]);
        });
    }

    it("sets aside a file that is cut off anywhere", async () => {
        await opened().write(REMEMBERED);
        const whole = await readFile(path);
        for (let length = 0; length < whole.length - 1; length++) {
            await writeFile(path, whole.subarray(0, length));
            const { read, told } = opened();
            assert.deepEqual([await read(), told.length], [undefined, 1], `at ${length} of ${whole.length}`);
            assert.deepEqual(await readFile(`${path}.unreadable`), whole.subarray(0, length));
        }
    });

    const broken: readonly (readonly [what: string, text: (whole: object) => string, why: string])[] = [
        ["is empty", () => "", "it is cut off or damaged"],
        ["is full of zeros", () => "\0".repeat(200), "it is cut off or damaged"],
        ["is no JSON", () => "grants: []\n", "it is cut off or damaged"],
        ["is null", () => "null", "Invalid input: expected object, received null"],
        ["is a list", () => "[]", "Invalid input: expected object, received array"],
        ["has another format", (whole) => JSON.stringify({ ...whole, format: 1 }), "format: Invalid input: expected 2"],
        [
            "has grants that are no list",
            (whole) => JSON.stringify({ ...whole, grants: {} }),
            "grants: Invalid input: expected array, received object",
        ],
        [
            "has a grant without an id",
            (whole) => JSON.stringify({ ...whole, grants: [{ ip: [A], labels: {} }] }),
            "grants.0.id: Invalid input: expected string, received undefined",
        ],
        [
            "has a grant whose end is a text",
            (whole) => JSON.stringify({ ...whole, grants: [{ id: "g1", ip: [A], labels: {}, expiresAtMs: "soon" }] }),
            "grants.0.expiresAtMs: Invalid input: expected number, received string",
        ],
        [
            "has a grant of nothing that is an address",
            (whole) => JSON.stringify({ ...whole, grants: [{ id: "g1", ip: ["here"], labels: {} }] }),
            'grants.0.ip.0: "here" is not an IPv4 address, CIDR or range',
        ],
        [
            "has no memory",
            (whole) => JSON.stringify({ ...whole, memory: undefined }),
            "memory: Invalid input: expected object, received undefined",
        ],
    ];
    for (const [what, text, why] of broken) {
        it(`sets aside a file that ${what}, and says why`, async () => {
            await opened().write(REMEMBERED);
            await writeFile(path, text(JSON.parse(await readFile(path, "utf8"))));
            const { read, told } = opened();
            assert.equal(await read(), undefined);
            assert.deepEqual(told, [setAsideBecause(why)]);
            assert.deepEqual(await readdir(join(folder, "state")), ["grants.json.unreadable"]);
        });
    }

    it("sets aside a folder of that name, and begins anew", async () => {
        await mkdir(join(path, "x"), { recursive: true });
        const { read, write, told } = opened();
        assert.deepEqual([await read(), told], [undefined, [setAsideBecause("it is cut off or damaged")]]);
        await write(REMEMBERED);
        assert.deepEqual(await contents({ read }), REMEMBERED);
    });

    it("says that it cannot open the file, and moves nothing", async () => {
        await writeFile(join(folder, "state"), "a file where a folder should be");
        await assert.rejects(opened().read(), { code: "bad-input", message: /^cannot read .*grants\.json: ENOTDIR/ });
    });

    function setAsideBecause(why: string): string {
        return (
            `${path} cannot be used (${why}) and was set aside as ${path}.unreadable: nothing is remembered of the ` +
            "zones, so entries that no grant admits are held until they are confirmed"
        );
    }
});

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const span = fc.tuple(address, address).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const spans = fc.array(span, { maxLength: 3 });
const text = fc.string({ unit: "grapheme", maxLength: 8 });
const moment = fc.constantFrom(0, 1, NOW, LAST_MS);
const labels = fc.dictionary(text, text, { noNullPrototype: true, maxKeys: 2 });
const optional = { user: text, reason: text, startsAtMs: moment, expiresAtMs: moment };
const anyGrant: fc.Arbitrary<Grant> = fc.record(
    { id: text, spans, labels, ...optional },
    { requiredKeys: ["id", "spans", "labels"], noNullPrototype: true },
);
const removal = fc.record(
    {
        item: text,
        atMs: fc.integer({ min: 0, max: WRITTEN.elapsedMs }),
        how: fc.constantFrom("counted" as const, "named" as const),
    },
    { noNullPrototype: true },
);
const confirmation = fc.record(
    { items: fc.array(text), spans, by: text, reason: text },
    { requiredKeys: ["items", "spans", "by"], noNullPrototype: true },
);
const anyMemory: fc.Arbitrary<Memory> = fc.record(
    {
        grants: fc.array(anyGrant),
        ended: spans,
        staticGateways: spans,
        unknown: fc.dictionary(fc.stringMatching(/^nzo\w{1,5}$/), spans, { noNullPrototype: true, maxKeys: 3 }),
        held: fc.array(text),
        removals: fc.array(removal, { maxLength: 3 }),
        confirmation,
    },
    { requiredKeys: ["grants", "ended", "staticGateways", "unknown", "held", "removals"], noNullPrototype: true },
);
const anyRemembered: fc.Arbitrary<Remembered> = fc.record(
    { source: text, readAtMs: fc.option(moment, { nil: undefined }), memory: anyMemory },
    { noNullPrototype: true },
);

/** What a store gives back, without the name of the copy. */
async function contents(store: Pick<MemoryStore, "read">) {
    const { copy, ...rest } = (await store.read()) ?? {};
    assert.equal(typeof copy, "string");
    return rest;
}
