import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { spanOf } from "../../../src/core/addresses/ip";
import { fail } from "../../../src/core/errors/errors";
import type { Grant } from "../../../src/core/grants/grants";
import { oktaHttp } from "../../../src/okta/http";
import { type OktaLogSourceOptions, oktaLogSource } from "../../../src/sources/oktaLog/oktaLog";
import { A, B, C, NOW } from "../../support/grants";
import { type Kind, testSource, testWatch } from "../contract";
import { nap } from "../sleepers";
import { ticker } from "./ticker";

const { signal } = new AbortController();
const HOUR = 3_600_000;

describe("oktaLogSource", () => {
    let okta: Emulator;
    let folder: string;
    let nowMs: number;
    beforeEach(async () => {
        nowMs = NOW;
        okta = await startEmulator({ now: () => nowMs });
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(async () => {
        await okta.close();
        await rm(folder, { recursive: true });
    });

    const file = () => join(folder, "okta-log.json");
    const http = () =>
        oktaHttp({
            connection: { orgUrl: okta.url, credential: { kind: "api-token", apiToken: "t" } },
            fetch,
            now: () => nowMs,
            elapsedMs: () => nowMs,
            sleep: nap,
            random: () => 0,
        });
    const open = (more: Partial<OktaLogSourceOptions> = {}) =>
        oktaLogSource({
            okta: http(),
            file: file(),
            hours: 8,
            pollSeconds: 10,
            now: () => nowMs,
            sleep: nap,
            limits: { widestPrefix: 24 },
            ...more,
        });
    const ipOf = (range: string) => range.replace(/\/.*/, "");
    const log = (type: "start" | "end", range: string, session: string, more: object = {}) =>
        okta.log({
            eventType: `user.session.${type}`,
            actor: { id: `00u-${ipOf(range)}`, type: "User", alternateId: `${ipOf(range)}@example.com` },
            client: { ipAddress: ipOf(range) },
            authenticationContext: { externalSessionId: session },
            ...more,
        });
    const grantOf = (range: string, sinceMs = NOW): Grant => ({
        id: `00u-${ipOf(range)} from ${ipOf(range)}`,
        spans: [spanOf(`${ipOf(range)}/32`)],
        expiresAtMs: sinceMs + 8 * HOUR,
        reason: "signed in to Okta",
        labels: {},
        user: `${ipOf(range)}@example.com`,
    });
    const asked = () => okta.requests.map(({ path }) => path);

    /** The sessions that there are, by the id of what each of them grants. */
    const sessions = new Map<string, { readonly session: string; readonly range: string }>();
    const clock = ticker();
    let begun = 0;
    const set = (grants: readonly Grant[]) => {
        for (const [id, { session, range }] of sessions) {
            if (grants.some((each) => each.id === id)) continue;
            log("end", range, session);
            sessions.delete(id);
        }
        for (const { id } of grants.filter((each) => !sessions.has(each.id))) {
            begun += 1;
            const made = { session: `s${begun}`, range: id.replace(/.* from /, "") };
            log("start", made.range, made.session);
            sessions.set(id, made);
        }
        clock.tick();
    };
    const kind: Kind = {
        grantOf,
        async open(grants) {
            sessions.clear();
            okta.reset();
            await rm(file(), { force: true });
            set(grants);
            return open({ sleep: clock.sleep });
        },
        async replace(grants) {
            okta.mend();
            set(grants);
        },
        async spoil() {
            okta.inject({ on: { path: "/api/v1/logs" }, times: 1000, do: { status: 500 } });
            clock.tick();
        },
    };
    testSource(kind);
    describe("that is watched", () => testWatch(kind));

    it("asks as far back as log-ins matter, and from then on for what is new", async () => {
        const source = open();
        log("start", A, "s1");
        await source.read(signal);
        await source.read(signal);
        const [first, ...rest] = asked().map((path) => new URL(path, "http://x").searchParams);
        assert.deepEqual(Object.fromEntries(first ?? []), {
            since: new Date(NOW - 8 * HOUR).toISOString(),
            limit: "1000",
            sortOrder: "ASCENDING",
            filter: 'eventType eq "user.session.start" or eventType eq "user.session.end" or eventType eq "user.session.clear"',
        });
        assert.deepEqual(
            rest.map((query) => query.get("after")),
            ["1_1", "1_1"],
        );
    });

    it("lets only the log-ins count that pass the filter, and every log-out", async () => {
        const source = open({ filter: `actor.id eq "00u-${ipOf(A)}"` });
        log("start", A, "s1");
        log("start", B, "s2");
        assert.deepEqual((await source.read(signal)).grants, [grantOf(A)]);
        log("end", A, "s1");
        assert.deepEqual((await source.read(signal)).grants, []);
    });

    it("goes on after a restart from where it was, with what it knew", async () => {
        log("start", A, "s1");
        log("start", B, "s2");
        await open().read(signal);
        log("end", A, "s1");
        const before = okta.requests.length;
        assert.deepEqual((await open().read(signal)).grants, [grantOf(B)]);
        assert.match(asked()[before] ?? "", /after=2_1/);
    });

    it("knows after an outage what happened meanwhile, over several pages", async () => {
        const source = open();
        await source.read(signal);
        const ranges = Array.from({ length: 1200 }, (_, index) => `11.0.${index >> 8}.${index & 255}/32`);
        for (const range of ranges) log("start", range, `session of ${range}`);
        const { grants } = await source.read(signal);
        assert.deepEqual(
            grants,
            ranges.map((range) => grantOf(range)),
        );
    });

    it("forgets what has ended", async () => {
        const source = open();
        log("start", A, "s1");
        await source.read(signal);
        nowMs += 8 * HOUR - 1;
        assert.equal((await source.read(signal)).grants.length, 1);
        nowMs += 1;
        log("start", B, "s2");
        assert.deepEqual((await source.read(signal)).grants, [grantOf(B, nowMs)]);
        const { logins } = JSON.parse(await readFile(file(), "utf8"));
        assert.equal(logins.length, 1);
    });

    it("reads the log anew when Okta does not take the cursor, and when the question is another one", async () => {
        log("start", A, "s1");
        await open().read(signal);
        const saved = JSON.parse(await readFile(file(), "utf8"));
        await writeFile(file(), JSON.stringify({ ...saved, cursor: "/api/v1/logs?after=99_1", logins: [] }));
        assert.deepEqual((await open().read(signal)).grants, [grantOf(A)]);
        await writeFile(file(), JSON.stringify({ ...saved, logins: [] }));
        assert.deepEqual((await open().read(signal)).grants, []);
        assert.deepEqual((await open({ filter: 'outcome.result eq "SUCCESS"' }).read(signal)).grants, [grantOf(A)]);
    });

    it("uses nothing that it could not write", async () => {
        const source = open({ file: join(folder, "okta-log.json", "x") });
        await writeFile(file(), "in the way");
        log("start", A, "s1");
        await assert.rejects(source.read(signal), { code: "source-unreadable" });
    });

    it("names an address that no zone can hold", async () => {
        log("start", "2001:db8::1", "s1");
        log("start", A, "s2");
        const { grants, unusable } = await open().read(signal);
        assert.deepEqual(grants, [grantOf(A)]);
        assert.deepEqual(
            unusable.map(({ id, field }) => [id, field]),
            [["00u-2001:db8::1 from 2001:db8::1", "ip"]],
        );
    });

    it("is read as often as configured", async () => {
        const slept: number[] = [];
        const stop = new AbortController();
        let wakes = 0;
        const sleep = (ms: number, until: AbortSignal) => {
            slept.push(ms);
            if (slept.length === 3) stop.abort();
            return nap(ms, until);
        };
        await open({ sleep, pollSeconds: 30 }).watch?.(() => {
            wakes += 1;
        }, stop.signal);
        assert.deepEqual([slept, wakes], [[30_000, 30_000, 30_000], 2]);
    });

    it("keeps nothing on disk without a folder, and still reads", async () => {
        log("start", C, "s1");
        assert.deepEqual((await open({ file: undefined }).read(signal)).grants, [grantOf(C)]);
        await assert.rejects(readFile(file()), { code: "ENOENT" });
    });

    describe("is unreadable", () => {
        const from = "cannot read grants from Okta's System Log: ";
        const odd = (answer: { headers?: Headers; body: unknown }): Partial<OktaLogSourceOptions> => ({
            okta: { orgUrl: okta.url, request: async () => ({ headers: new Headers(), ...answer }) },
        });

        it("without the right to read it", async () => {
            const refused = () => fail("okta-forbidden", "GET /api/v1/logs: 403 E0000006: no");
            const source = open({ okta: { orgUrl: okta.url, request: async () => refused() } });
            await assert.rejects(source.read(signal), {
                code: "source-unreadable",
                message: `${from}GET /api/v1/logs: 403 E0000006: no`,
            });
        });

        it("when an answer is no list, or does not say where it goes on", async () => {
            await assert.rejects(
                open(odd({ body: {} })).read(signal),
                /: the answer is not a list, so this is hardly Okta's API; check orgName and baseUrl$/,
            );
            await assert.rejects(open(odd({ body: [] })).read(signal), /has no link to the next page of the log$/);
            const elsewhere = new Headers({ link: `<${okta.url}/api/v1/zones?x>; rel="next"` });
            await assert.rejects(
                open(odd({ headers: elsewhere, body: [] })).read(signal),
                /has no link to the next page/,
            );
        });

        it("while it is too far behind, and gets on with each read", async () => {
            let page = 0;
            const request = async () => {
                page += 1;
                const headers = new Headers({ link: `<${okta.url}/api/v1/logs?after=${page}>; rel="next"` });
                return { headers, body: page <= 60 ? [{}] : [] };
            };
            const source = open({ okta: { orgUrl: okta.url, request } });
            await assert.rejects(source.read(signal), {
                message: `${from}it has more events than are read at once; the next read goes on from there`,
            });
            assert.equal(page, 50);
            assert.deepEqual(await source.read(signal), { grants: [], unusable: [] });
        });

        it("when its file is damaged", async () => {
            await writeFile(file(), "{");
            await assert.rejects(open().read(signal), {
                message: `${from}the file ${file()} is damaged: move it away, and the log is read anew`,
            });
        });
    });
});
