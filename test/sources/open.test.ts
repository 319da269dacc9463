import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startEmulator } from "../../emulator/emulator";
import { isWebhook, type OpenOptions, openSource } from "../../src/sources/open";
import { parseSourceSpec } from "../../src/sources/settings/parseSource";
import { A, grant, NOW } from "../support/grants";
import { documentOf } from "../support/grantsDocument";
import { answer, serve } from "./server";
import { delivery, SECRET } from "./webhook/sender";

const signal = new AbortController().signal;

describe("openSource", () => {
    let directory: string;

    before(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        await writeFile(join(directory, "grants.json"), JSON.stringify(documentOf([grant(A)])));
        await writeFile(join(directory, "url"), "postgres://ana:s3cr3t@db.example.com/app\n");
        await writeFile(join(directory, "token"), "from a file\n".replaceAll(" ", "-"));
    });
    after(() => rm(directory, { recursive: true }));

    const open = (value: unknown, more: Partial<OpenOptions> = {}) =>
        openSource(parseSourceSpec(value), {
            directory,
            env: { TOKEN: "from-the-environment", HOOK: SECRET },
            sleep: async () => {},
            random: () => 0,
            now: () => NOW,
            limits: { widestPrefix: 24 },
            ...more,
        });

    it("opens a file in the directory", async () => {
        const source = open("grants.json");
        assert.equal(source.name, "file grants.json");
        assert.deepEqual(await source.read(signal), { grants: [grant(A)], unusable: [] });
    });

    for (const [token, authorization] of [
        ["env:TOKEN", "Bearer from-the-environment"],
        ["file:token", "Bearer from-a-file"],
        [undefined, undefined],
    ] as const) {
        it(`opens a URL with ${token ?? "no token"}`, async () => {
            await using server = await serve(answer(200, documentOf([grant(A)])));
            const source = open({ type: "http", url: server.url, token });
            assert.deepEqual(await source.read(signal), { grants: [grant(A)], unusable: [] });
            assert.equal(server.asked[0]?.authorization, authorization);
        });
    }

    it("misses a token at once", () => {
        assert.throws(() => open({ type: "https", url: "https://example.com/", token: "env:OTHER" }), {
            code: "bad-input",
            message: "the environment variable OTHER is not set; env:OTHER reads a secret from it",
        });
    });

    it("misses the URL of a database at once, and one that is none, and does not show it", () => {
        assert.throws(() => open({ type: "postgres", url: "env:OTHER" }), {
            code: "bad-input",
            message: "the environment variable OTHER is not set; env:OTHER reads a secret from it",
        });
        assert.throws(() => open({ type: "postgres", url: "env:TOKEN" }), {
            code: "bad-input",
            message: "env:TOKEN holds no URL such as postgres://user:password@host/database",
        });
    });

    const names: [value: unknown, name: string][] = [
        [{ type: "postgres", url: "file:url", table: "app.Grants" }, "table app.Grants of file:url"],
        ["postgres://ana@db.example.com:5433/app", "table grants of db.example.com:5433"],
        ["postgres:///app?host=/run/postgresql", "table grants of this machine"],
    ];
    for (const [value, name] of names) {
        it(`calls ${JSON.stringify(value)} the ${name}`, () => assert.equal(open(value).name, name));
    }

    it("opens the System Log where there is Okta, and keeps its cursor where there is a folder", async () => {
        await using okta = await startEmulator({ now: () => NOW });
        okta.log({ eventType: "user.session.start", actor: { id: "00u1" }, client: { ipAddress: "198.51.100.1" } });
        const request = async (method: string, path: string) => {
            const response = await fetch(`${okta.url}${path}`, { method, headers: { authorization: "SSWS t" } });
            return { headers: response.headers, body: await response.json() };
        };
        const http = { orgUrl: okta.url, request };
        const ids = async (more: Partial<OpenOptions>) =>
            (await open("okta-log", { okta: http, ...more }).read(signal)).grants.map(({ id }) => id);
        assert.deepEqual(await ids({}), ["00u1 from 198.51.100.1"]);
        assert.equal(existsSync(join(directory, "state", "okta-log.json")), false);
        assert.deepEqual(await ids({ state: "state" }), ["00u1 from 198.51.100.1"]);
        assert.equal(existsSync(join(directory, "state", "okta-log.json")), true);
    });

    it("opens a webhook where there is a folder, with the secrets of now", async () => {
        const source = open({ type: "webhook", secret: ["env:HOOK"], initial: "empty" }, { state: "state" });
        assert.ok(isWebhook(source));
        assert.deepEqual((await source.read(signal)).grants, []);
        const { status } = await source.accept(delivery(documentOf([grant(A)])), NOW);
        assert.equal(status, 200);
        assert.deepEqual((await source.read(signal)).grants, [grant(A)]);
        assert.equal(isWebhook(open("grants.json")), false);
    });

    for (const [value, message] of [
        [
            { type: "webhook", secret: "env:HOOK" },
            "a source of type webhook is pushed to the agent, and cannot be read by this command",
        ],
        ["okta-log", "a source of type okta-log cannot be read by this command"],
    ] as const) {
        it(`refuses ${JSON.stringify(value)} where that cannot be`, () => {
            assert.throws(() => open(value), { code: "bad-input", message });
        });
    }
});
