import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DenialsChange } from "../../../src/agent/denials/denialList";
import { MOST_DENIALS, type NewDenial } from "../../../src/agent/denials/denials";
import { type DenialsFileOptions, openDenialsFile } from "../../../src/agent/denials/denialsFile";
import { systemClock } from "../../../src/clock";
import { spanOf } from "../../../src/core/addresses/ip";
import { tryHostLock } from "../../../src/hostLock";
import { promised } from "../../support/fakeClock";
import { NOW } from "../../support/grants";

const ANA: NewDenial = { user: "ana@example.com", reason: "INC-7", by: "mia" };
const DAY = 86_400_000;

describe("openDenialsFile", () => {
    let folder: string;
    let path: string;
    let nowMs: number;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        path = join(folder, "state", "deny.json");
        nowMs = NOW;
    });
    afterEach(() => rm(folder, { recursive: true }));

    const open = (changes: Partial<DenialsFileOptions> = {}) => {
        let count = 0;
        const prefix = Math.random().toString(36).slice(2);
        return openDenialsFile({
            path,
            clock: { ...systemClock, now: () => nowMs },
            newId: () => `${prefix}-${++count}`,
            isShared: false,
            ...changes,
        });
    };

    it("has no denials if there is no file, and creates none", async () => {
        assert.deepEqual((await open()).list(), []);
        assert.deepEqual(await readdir(folder), []);
    });

    it("gives every kind of denial back after a restart, from a file for its owner alone", async () => {
        const denials = await open();
        const given: readonly NewDenial[] = [
            ANA,
            { span: spanOf("198.51.100.1-198.51.100.6"), reason: "scan", by: "bo", untilMs: NOW + 60_000 },
            { grant: "g-101", reason: "wrong\nperson ‮", by: "cy" },
        ];
        for (const each of given) assert.equal("denial" in (await denials.add(each)), true);
        const again = (await open()).list();
        assert.deepEqual(again, denials.list());
        assert.deepEqual(
            again.map(({ id: _, atMs, ...rest }) => [atMs, rest]),
            given.map((each) => [NOW, each]),
        );
        assert.equal((await stat(path)).mode & 0o777, 0o600);
    });

    it("can read the latest end that can be written", async () => {
        const denials = await open();
        await denials.add({ ...ANA, untilMs: Date.parse("9999-12-31T23:59:59-05:00") });
        assert.deepEqual((await open()).list(), denials.list());
    });

    it("counts a change of the list, and calls back", async () => {
        const denials = await open();
        const changes: DenialsChange[] = [];
        denials.subscribe((change) => changes.push(change));
        const before = denials.version();
        const added = await denials.add(ANA);
        assert.ok("denial" in added);
        assert.notEqual(denials.version(), before);
        await denials.lift(added.denial.id);
        assert.deepEqual(changes, [
            { added: [added.denial], lifted: [], origin: "own" },
            { added: [], lifted: [added.denial], origin: "own" },
        ]);
        assert.deepEqual([denials.list(), (await open()).list()], [[], []]);
    });

    it("takes the same denial again for the one that is there", async () => {
        const denials = await open();
        const first = await denials.add(ANA);
        const version = denials.version();
        const again = await denials.add({ ...ANA, user: "ANA@example.com", by: "bo" });
        assert.deepEqual(again, { ...first, isNew: false });
        assert.equal(denials.version(), version);
        const other = await denials.add({ ...ANA, untilMs: NOW + 1 });
        assert.equal("isNew" in other && other.isNew, true);
    });

    it("takes a denial that has ended for none, and keeps it a day for a clock that is set back", async () => {
        const denials = await open();
        await denials.add({ ...ANA, untilMs: NOW + 1000 });
        nowMs = NOW + 1000 + DAY - 1;
        await denials.add({ grant: "g-1", reason: "x", by: "mia" });
        assert.equal((await open()).list().length, 2);
        nowMs = NOW + 1000 + DAY;
        await denials.add({ grant: "g-2", reason: "x", by: "mia" });
        assert.deepEqual(
            (await open()).list().map(({ grant }) => grant),
            ["g-1", "g-2"],
        );
    });

    it("does not know what was never denied", async () => {
        assert.deepEqual(await (await open()).lift("nobody"), { problem: "unknown" });
    });

    it("keeps a thousand denials, of which those that have ended do not count", async () => {
        await mkdir(join(folder, "state"));
        const entry = { reason: "x", by: "mia", at: new Date(NOW).toISOString() };
        const list = Array.from({ length: MOST_DENIALS }, (_, index) => ({
            id: `${index}`,
            grant: `${index}`,
            ...entry,
        }));
        await writeFile(path, JSON.stringify({ denials: list }));
        assert.deepEqual(await (await open()).add(ANA), { problem: "too-many" });
        const ended = { ...list[0], until: new Date(NOW).toISOString() };
        await writeFile(path, JSON.stringify({ denials: [ended, ...list.slice(1)] }));
        assert.equal("denial" in (await (await open()).add(ANA)), true);
    });

    for (const [text, why] of [
        ["", "it is not the JSON that the agent wrote"],
        ['{"denials":[', "it is not the JSON that the agent wrote"],
        ["[]", "it is not the JSON that the agent wrote"],
        ["{}", "denials is wrong"],
        ['{"denials":[{}]}', "denials.0.id is wrong"],
        ['{"denials":[{"id":"1","reason":"x","by":"m","at":"2026-12-01T12:00:00Z"}]}', "denials.0 is wrong"],
        [
            '{"denials":[{"id":"1","user":"a","grant":"b","reason":"x","by":"m","at":"2026-12-01T12:00:00Z"}]}',
            "denials.0 is wrong",
        ],
        [
            '{"denials":[{"id":"1","address":"203.0.113","reason":"x","by":"m","at":"2026-12-01T12:00:00Z"}]}',
            "denials.0 is wrong",
        ],
        [
            '{"denials":[{"id":"1","user":"a","until":"soon","reason":"x","by":"m","at":"2026-12-01T12:00:00Z"}]}',
            "denials.0 is wrong",
        ],
        [
            '{"denials":[{"id":"1","user":"a","util":"2026-12-01T12:00:00Z","reason":"x","by":"m","at":"2026-12-01T12:00:00Z"}]}',
            "denials.0 is wrong",
        ],
    ] as const) {
        it(`does not read ${text} as an empty list`, async () => {
            await mkdir(join(folder, "state"));
            await writeFile(path, text);
            const remedy = "correct it; delete it only if no denial is needed any more";
            const message = `${path} does not say who is denied: ${why}; ${remedy}`;
            await assert.rejects(open(), { code: "bad-input", message });
        });
    }

    it("reports a file that cannot be read", async () => {
        await mkdir(path, { recursive: true });
        await assert.rejects(open(), { code: "bad-input", message: /^cannot read .*deny\.json: EISDIR/ });
    });

    it("applies a denial that it cannot write, reports it, and writes it the next time", async () => {
        const denials = await open();
        // A folder in the place of the draft: also root cannot write that.
        await mkdir(`${path}.new`, { recursive: true });
        const added = await denials.add(ANA);
        assert.ok("denial" in added);
        assert.match(added.unkept ?? "", /EISDIR/);
        assert.deepEqual(denials.list(), [added.denial]);
        await rm(`${path}.new`, { recursive: true, force: true });
        assert.deepEqual(await denials.add(ANA), { denial: added.denial, isNew: false });
        assert.deepEqual((await open()).list(), [added.denial]);
    });

    it("lifts nothing that it cannot write down", async () => {
        const denials = await open();
        const added = await denials.add(ANA);
        assert.ok("denial" in added);
        await mkdir(`${path}.new`);
        assert.match(String(((await denials.lift(added.denial.id)) as { unkept?: string }).unkept), /EISDIR/);
        assert.deepEqual(denials.list(), [added.denial]);
    });

    it("loses no denial where agents of one host write at the same time", async () => {
        const agents = await Promise.all([open({ isShared: true }), open({ isShared: true })]);
        const given = Array.from({ length: 20 }, (_, index) => ({ grant: `g-${index}`, reason: "x", by: "mia" }));
        await Promise.all(given.map((each, index) => agents[index % 2]?.add(each)));
        const grants = (await open()).list().map(({ grant }) => grant);
        assert.deepEqual([...grants].sort(), given.map(({ grant }) => grant).sort());
    });

    it("applies a denial while another process has the file locked, and reports it", async () => {
        await mkdir(join(folder, "state"));
        const lock = tryHostLock(`${path}.lock`);
        const clock = { now: () => NOW, sleep: async () => {} };
        const denials = await open({ isShared: true, clock });
        const added = await denials.add(ANA);
        lock?.release();
        assert.ok("denial" in added);
        assert.match(added.unkept ?? "", /another process has held the lock/);
        assert.deepEqual(denials.list(), [added.denial]);
    });

    it("follows what another agent of the host writes", async () => {
        const [one, two] = await Promise.all([open({ isShared: true }), open({ isShared: true })]);
        const stop = new AbortController();
        const heard = promised<DenialsChange>();
        two.subscribe(heard.resolve);
        const following = two.follow(stop.signal, (problem) => heard.reject(new Error(problem)));
        const added = await one.add(ANA);
        assert.ok("denial" in added);
        assert.deepEqual(await heard.promise, { added: [added.denial], lifted: [], origin: "found" });
        assert.deepEqual(two.list(), [added.denial]);
        stop.abort();
        await following;
    });

    it("keeps who is denied where the file becomes unreadable or is removed while it runs", async () => {
        const [one, two] = await Promise.all([open({ isShared: true }), open({ isShared: true })]);
        await one.add(ANA);
        await two.add({ grant: "g-1", reason: "x", by: "mia" });
        await writeFile(path, "{");
        const stop = new AbortController();
        const trouble = promised<string>();
        const following = two.follow(stop.signal, trouble.resolve);
        assert.match(await trouble.promise, /does not say who is denied/);
        assert.equal(two.list().length, 2);
        stop.abort();
        await following;
        await rm(path);
        await two.add({ grant: "g-2", reason: "x", by: "mia" });
        assert.equal((await open()).list().length, 3);
    });
});
