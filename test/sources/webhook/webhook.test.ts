import { strict as assert } from "node:assert";
import { appendFile, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pushFile } from "../../../src/sources/webhook/pushFile";
import { openWebhookSource, type WebhookSource, type WebhookSourceOptions } from "../../../src/sources/webhook/webhook";
import { A, B, C, grant, NOW } from "../../support/grants";
import { documentOf } from "../../support/grantsDocument";
import { testSource, testWatch } from "../contract";
import { delivery, SECRET, type SendOptions } from "./sender";

const D = "198.51.100.9/32";
const { signal } = new AbortController();
const at = (second: number) => new Date(NOW + second * 1000).toISOString();

describe("openWebhookSource", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const file = () => join(folder, "state", "webhook.jsonl");
    const open = (more: Partial<WebhookSourceOptions> = {}) =>
        openWebhookSource({
            secrets: [{ setting: "env:HOOK", read: () => SECRET }],
            limits: { widestPrefix: 24 },
            store: pushFile({ path: file(), limits: { widestPrefix: 24 }, isShared: false, sleep: async () => {} }),
            ...more,
        });
    const push = (source: WebhookSource, payload: unknown, more: SendOptions = {}) =>
        source.accept(delivery(payload, more), NOW);
    const set = (second: number, ranges: string | readonly string[], more: object = {}) => ({
        type: "grant.set",
        timestamp: at(second),
        data: { grant: { ...documentOf([grant(ranges)]).grants[0], ...more } },
    });
    const removed = (second: number, id: string) => ({ type: "grant.removed", timestamp: at(second), data: { id } });
    const all = (second: number, ...ranges: readonly string[]) => ({
        type: "grants.replaced",
        timestamp: at(second),
        data: documentOf(ranges.map((range) => grant(range))),
    });
    const grantsIn = async (source: WebhookSource) => (await source.read(signal)).grants;
    const accepted = { status: 200, body: { result: "accepted", unusable: [] } };
    const NOBODY_YET =
        "cannot read grants from webhook: no full snapshot has been pushed yet: send grants.replaced, " +
        "or set initial: empty if there are no grants before that";

    let source: WebhookSource;
    const kind: Parameters<typeof testSource>[0] = {
        async open(grants) {
            await rm(join(folder, "state"), { recursive: true, force: true });
            source = open();
            assert.deepEqual(await push(source, documentOf(grants)), accepted);
            return source;
        },
        async replace(grants) {
            assert.deepEqual(await push(source, documentOf(grants)), accepted);
        },
    };
    testSource(kind);
    describe("that is watched", () => testWatch(kind));

    it("is unreadable, and not empty, before everything was pushed", async () => {
        const early = open();
        await assert.rejects(early.read(signal), { code: "source-unreadable", message: NOBODY_YET });
        assert.deepEqual(await push(early, set(0, A)), accepted);
        await assert.rejects(early.read(signal), { code: "source-unreadable", message: NOBODY_YET });
        assert.deepEqual(await push(early, all(-1, B)), accepted);
        assert.deepEqual(await grantsIn(early), [grant(B), grant(A)]);
    });

    it("is empty before that with initial: empty", async () => {
        const early = open({ initial: "empty" });
        assert.deepEqual(await grantsIn(early), []);
        await push(early, set(0, A));
        assert.deepEqual(await grantsIn(early), [grant(A)]);
    });

    it("sets and removes single grants, in whatever order they come", async () => {
        const one = open();
        await push(one, all(0, A, B));
        await push(one, removed(2, `grant of ${A}`));
        assert.deepEqual((await push(one, set(1, A))).body, { result: "older", unusable: [] });
        await push(one, set(3, C));
        assert.deepEqual(await grantsIn(one), [grant(B), grant(C)]);
    });

    it("takes an id as it is written, whatever number it is, also after a restart", async () => {
        const ids = ["1234567890123456789", "1234567890123456788", "7", "7.0", "7e0"];
        const entry = (id: string) => `{"id":${id},"ip":"198.51.100.1","permanent":true}`;
        const of = (type: string, second: number, data: string) =>
            `{"type":"${type}","timestamp":"${at(second)}","data":${data}}`;
        const pushText = (text: string) => source.accept(delivery(text), NOW);
        source = open();
        assert.deepEqual(await pushText(of("grants.replaced", 1, `{"grants":[${ids.map(entry)}]}`)), accepted);
        assert.deepEqual(await pushText(of("grant.set", 2, `{"grant":${entry("12345678901234567890")}}`)), accepted);
        assert.deepEqual(await pushText(of("grant.removed", 3, '{"id":1234567890123456788}')), accepted);
        assert.deepEqual(await pushText(of("grant.removed", 4, '{"id":7.0}')), accepted);
        const left = ["1234567890123456789", "7", "7e0", "12345678901234567890"];
        for (const each of [source, open()]) {
            assert.deepEqual(
                (await grantsIn(each)).map(({ id }) => id),
                left,
            );
        }
    });

    it("takes a delivery once, also after a restart", async () => {
        const one = open();
        await push(one, all(0, A));
        await push(one, set(1, B), { id: "msg_1" });
        await push(one, removed(2, `grant of ${B}`));
        const before = await readFile(file(), "utf8");
        const known = { status: 200, body: { result: "known", unusable: [] } };
        assert.deepEqual(await push(one, set(9, B), { id: "msg_1" }), known);
        const other = open();
        assert.deepEqual(await push(other, set(9, B), { id: "msg_1" }), known);
        assert.deepEqual(await grantsIn(other), [grant(A)]);
        assert.equal(await readFile(file(), "utf8"), before);
    });

    it("knows after a restart what was pushed, also what was removed", async () => {
        const one = open();
        await push(one, all(0, A, B));
        await push(one, set(5, C));
        await push(one, removed(6, `grant of ${A}`));
        const other = open();
        assert.deepEqual(await grantsIn(other), [grant(B), grant(C)]);
        assert.deepEqual((await push(other, set(5, A))).body, { result: "older", unusable: [] });
    });

    it("names the grants that cannot be used, to the sender too, and they take the place of what was there", async () => {
        const one = open();
        await push(one, all(0, A, B));
        const answer = await push(one, set(1, A, { ip: "10.0.0.0/8" }));
        const unusable = [
            {
                id: `grant of ${A}`,
                field: "ip",
                reason: '"10.0.0.0/8" holds 16777216 addresses; at most 256 (a /24) may be granted at once',
            },
        ];
        assert.deepEqual(answer, { status: 200, body: { result: "accepted", unusable } });
        const reading = await one.read(signal);
        assert.deepEqual([reading.grants, reading.unusable], [[grant(B)], unusable]);
    });

    it("changes nothing for a delivery that it refuses", async () => {
        const one = open();
        await push(one, all(0, A));
        const before = await readFile(file(), "utf8");
        assert.equal((await one.accept({ ...delivery(all(1)), body: Buffer.from("x") }, NOW)).status, 401);
        assert.equal((await push(one, "{")).status, 400);
        assert.deepEqual(await grantsIn(one), [grant(A)]);
        assert.equal(await readFile(file(), "utf8"), before);
    });

    it("takes deliveries that come at once one after the other", async () => {
        const one = open();
        const grants = Array.from({ length: 20 }, (_, index) => `198.51.100.${index}/32`);
        const answers = await Promise.all([push(one, all(0)), ...grants.map((range) => push(one, set(1, range)))]);
        assert.deepEqual(
            answers,
            answers.map(() => accepted),
        );
        assert.deepEqual(
            await grantsIn(open()),
            grants.map((range) => grant(range)),
        );
    });

    describe("the file", () => {
        it("is readable by its owner only", async () => {
            await push(open(), all(0, A));
            assert.deepEqual(
                [(await stat(join(folder, "state"))).mode & 0o777, (await stat(file())).mode & 0o777],
                [0o700, 0o600],
            );
        });

        it("is written anew after a mebibyte of deliveries, and has the same in it", async () => {
            const one = open();
            await push(one, all(0, A));
            await push(one, removed(1, "gone"));
            await push(one, set(1, C));
            const labels = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [index, "x".repeat(1000)]));
            for (let second = 1; second <= 11; second++) await push(one, set(second, B, { labels }));
            const lines = (await readFile(file(), "utf8")).trimEnd().split("\n");
            assert.equal(lines.length, 2);
            await push(one, set(12, D));
            assert.deepEqual(await grantsIn(one), [grant(A), grant(C), grant(B, 60, { labels }), grant(D)]);
            assert.deepEqual(await open().read(signal), await one.read(signal));
            assert.deepEqual((await open().read(signal)).named, {
                set: new Set([grant(C).id, grant(B).id, grant(D).id]),
                removed: new Set(["gone"]),
            });
            assert.deepEqual(await readdir(join(folder, "state")), ["webhook.jsonl"]);
        });

        it("is read again if it is another file, and from where it has grown", async () => {
            const [one, other] = [open(), open()];
            await push(one, all(0, A));
            assert.deepEqual(await grantsIn(other), [grant(A)]);
            await push(one, set(1, B));
            const [first] = await grantsIn(other);
            assert.equal((await grantsIn(other))[0], first);
            assert.deepEqual(await grantsIn(other), [grant(A), grant(B)]);
            await rm(file());
            await assert.rejects(other.read(signal), { code: "source-unreadable" });
            await push(one, all(2, C));
            assert.deepEqual(await grantsIn(other), [grant(C)]);
        });

        it("may end with half a delivery, which was not acknowledged and is not there", async () => {
            const one = open();
            await push(one, all(0, A));
            await push(one, set(1, B));
            const whole = await readFile(file(), "utf8");
            await writeFile(file(), whole.slice(0, -5));
            const other = open();
            assert.deepEqual(await grantsIn(other), [grant(A)]);
            await push(other, set(2, C));
            assert.deepEqual(await grantsIn(open()), [grant(A), grant(C)]);
        });

        it("makes the source unreadable when it is damaged, and is not written over", async () => {
            await push(open(), all(0, A));
            await appendFile(file(), "{}}\n");
            const other = open();
            const problem = `the file ${file()} is damaged in line 3: move it away, and have everything pushed again`;
            await assert.rejects(other.read(signal), {
                code: "source-unreadable",
                message: `cannot read grants from webhook: ${problem}`,
            });
            const later = { status: 503, body: { error: "it could not be kept: send it again later" } };
            assert.deepEqual(await push(other, all(1, B)), later);
            assert.match(await readFile(file(), "utf8"), /\{\}\}\n$/);
        });

        it("that cannot be written is answered with 503, and what was not kept is not used", async () => {
            const one = open();
            await push(one, all(0, A));
            await rename(join(folder, "state"), join(folder, "away"));
            await writeFile(join(folder, "state"), "in the way");
            const later = { status: 503, body: { error: "it could not be kept: send it again later" } };
            assert.deepEqual(await push(one, set(1, B), { id: "msg_1" }), later);
            assert.deepEqual(await push(one, set(1, B), { id: "msg_1" }), later);
            await rm(join(folder, "state"));
            await rename(join(folder, "away"), join(folder, "state"));
            assert.deepEqual(await grantsIn(one), [grant(A)]);
            assert.deepEqual(await push(one, set(1, B), { id: "msg_1" }), accepted);
            assert.deepEqual(await grantsIn(open()), [grant(A), grant(B)]);
        });
    });

    it("refuses to begin with a secret that is none", () => {
        const read = () => "s3cr3t";
        assert.throws(() => open({ secrets: [{ setting: "env:HOOK", read }] }), {
            code: "bad-input",
            message:
                "the secret of env:HOOK is no secret of Standard Webhooks: it is base64 of 24 to 64 bytes, " +
                "such as `openssl rand -base64 32` makes it, after whsec_ or alone",
        });
    });
});
