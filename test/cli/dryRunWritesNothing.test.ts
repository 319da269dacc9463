import { strict as assert } from "node:assert";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { call, grantsOf, openScene, type Scene } from "./scene";

const FILES = [
    "grants.json",
    "standby.json",
    "group.json",
    "deny.json",
    "zones.json",
    "sessions.json",
    "okta-log.json",
    "webhook.jsonl",
    "leader.lock",
];

/** What a crash, a full disk or an editor leaves. */
const DAMAGES: readonly (readonly [what: string, text: string])[] = [
    ["empty", ""],
    ["cut off", '{"format":2,"source":"file gra'],
    ["of another format", '{"format":77}\n'],
    ["no JSON", "\u0000\u0000\u0000"],
];

const SOURCES = {
    file: { type: "file", path: "grants.yaml" },
    "okta-log": { type: "okta-log", hours: 8 },
    webhook: { type: "webhook", secret: "env:HOOK_SECRET" },
} as const;

describe("zonekeeper agent --dry-run, in a state folder", () => {
    let scene: Scene;
    before(async () => {
        const seed = {
            users: [{ id: "00uana", login: "ana@example.com" }],
            groups: [{ id: "00gA", name: "Admitted" }],
            events: [
                {
                    eventType: "user.session.start",
                    outcome: { result: "SUCCESS" },
                    actor: { id: "00uana", type: "User", alternateId: "ana@example.com" },
                    client: { ipAddress: "203.0.113.7" },
                },
            ],
        };
        scene = await openScene({ nzo1: ["192.0.2.0/32"] }, grantsOf({ g1: "203.0.113.7" }), seed);
    });
    after(() => scene[Symbol.asyncDispose]());

    async function dryRun(state: string, source: keyof typeof SOURCES) {
        const settings = { okta: { url: scene.okta.url }, zones: ["nzo1"], group: "00gA", state };
        await scene.write("agent.json", JSON.stringify({ ...settings, source: SOURCES[source] }));
        const env = { OKTA_API_TOKEN: "00tOfTheTests", HOOK_SECRET: `whsec_${"c2VjcmV0".repeat(6)}` };
        return call(["agent", "--config", "agent.json", "--dry-run"], { directory: scene.directory, env });
    }

    for (const [what, text] of DAMAGES) {
        it(`leaves each file as it is, all of them ${what}`, async () => {
            const state = `state ${what}`;
            await mkdir(join(scene.directory, state));
            for (const name of FILES) await scene.write(join(state, name), text);
            const before = await contentsOf(join(scene.directory, state));
            await dryRun(state, "file");
            assert.deepEqual(await contentsOf(join(scene.directory, state)), before);
        });
    }

    for (const name of FILES) {
        it(`leaves a damaged ${name} as it is, and whatever is beside it`, async () => {
            const state = `state with ${name}`;
            await mkdir(join(scene.directory, state));
            await scene.write(join(state, name), "{");
            const before = await contentsOf(join(scene.directory, state));
            for (const source of Object.keys(SOURCES) as (keyof typeof SOURCES)[]) await dryRun(state, source);
            assert.deepEqual(await contentsOf(join(scene.directory, state)), before);
        });
    }

    it("says that the file of a group is damaged, and does not say that it was moved", async () => {
        const state = "state of a group";
        await mkdir(join(scene.directory, state));
        await scene.write(join(state, "group.json"), "{");
        const { err, status } = await dryRun(state, "file");
        assert.equal(status, 0);
        assert.match(
            err.join("\n"),
            /group\.json is damaged: members of the group 00gA whom no grant explains are held/,
        );
    });

    it("makes no folder, and does not write down how far it has read the System Log", async () => {
        const { out, status } = await dryRun("nowhere", "okta-log");
        assert.equal(status, 0, out);
        assert.match(out, /203\.0\.113\.7/);
        await assert.rejects(stat(join(scene.directory, "nowhere")), { code: "ENOENT" });
    });
});

/** Each file with its text, its inode and when it was written. */
async function contentsOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
    const names = (await readdir(folder)).sort();
    const entries = names.map(async (name) => {
        const path = join(folder, name);
        const { ino, mtimeMs, size } = await stat(path);
        return [name, { text: await readFile(path, "utf8"), ino, mtimeMs, size }] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
}
