import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

import { version } from "../../package.json";
import { readSettingsFile } from "../../src/agent/settingsFile";
import { judgePortal } from "../../src/core/portal/judgePortal";
import { readPortalSettingsFile } from "../../src/portal/settingsFile";
import { call } from "./scene";

describe("zonekeeper init", () => {
    let directory: string;
    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-init-"));
    });
    afterEach(() => rm(directory, { recursive: true, force: true }));

    const init = (...args: string[]) => call(["init", ...args], { directory });

    for (const template of ["pulumi", "agent", "portal"]) {
        it(`writes a project named as its folder: ${template}`, async () => {
            const { status, out, err } = await init("My Zones", "--template", template);
            assert.deepEqual([status, err], [0, []]);
            const project = join(directory, "My Zones");
            const { name, dependencies } = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
            assert.deepEqual([name, dependencies.zonekeeper], ["my-zones", `^${version}`]);
            const files = await readdir(project, { recursive: true, withFileTypes: true });
            const texts = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
            for (const path of texts) assert.doesNotMatch(await readFile(path, "utf8"), /\$\{[A-Z]+\}/, path);
            assert.ok(texts.some((path) => path.endsWith(".gitignore")));
            assert.match(out, /cd 'My Zones'\n {2}npm install\n {2}npm test\n/);
        });
    }

    it("makes folders that other users may read, as far as the umask lets them", async () => {
        await init("My Zones", "--template", "portal");
        const folders = await readdir(directory, { recursive: true, withFileTypes: true });
        const modes = await Promise.all(
            folders
                .filter((each) => each.isDirectory())
                .map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mode & 0o777),
        );
        assert.deepEqual([...new Set(modes)], [0o777 & ~process.umask()]);
    });

    it("leaves out of Pulumi.yaml what pulumi new asks", async () => {
        await init("--template", "pulumi");
        const { template, main, name } = parse(await readFile(join(directory, "Pulumi.yaml"), "utf8"));
        assert.deepEqual([template, main], [undefined, undefined]);
        assert.match(name, /^zonekeeper-init-/);
    });

    it("writes the .gitignore that pulumi new takes from the template", async () => {
        await init("--template", "pulumi");
        const template = await readFile("templates/pulumi/.gitignore", "utf8");
        assert.equal(await readFile(join(directory, ".gitignore"), "utf8"), template);
    });

    it("says of a path that is a file, or below one, that it is none of a folder", async () => {
        await writeFile(join(directory, "m.ts"), "");
        for (const path of ["m.ts", "m.ts/below"]) {
            const { status, err } = await init(path, "--template", "pulumi");
            const text = `zonekeeper: ${join(directory, path)} is a file, or below one: name a folder [ZK002]`;
            assert.deepEqual([status, err], [2, [text]]);
        }
    });

    it("lists the files as JSON", async () => {
        const { out } = await init("a", "--template", "agent", "--json");
        const { directory: target, files } = JSON.parse(out);
        assert.equal(target, join(directory, "a"));
        assert.ok(files.includes("agent.yaml") && files.includes(".github/workflows/check.yml"), out);
    });

    it("writes a portal whose rules are fit for use, and whose emulated org knows its address", async () => {
        const { out } = await init("--template", "portal");
        const settings = await readPortalSettingsFile(join(directory, "portal.yaml"));
        assert.deepEqual(
            judgePortal(settings).filter(({ level }) => level === "refuse"),
            [],
        );
        const agent = await readSettingsFile(join(directory, "portal.yaml"));
        const { zones, apps, users } = JSON.parse(await readFile(join(directory, "seed.json"), "utf8"));
        assert.deepEqual(agent.memberships[0]?.zones, [zones[0].id]);
        assert.deepEqual(apps[0].settings.oauthClient.redirect_uris, [`${settings.url}/callback`]);
        assert.ok(out.includes(`Then open ${settings.url} and sign in`), out);
        for (const { login, profile } of users) {
            assert.ok(out.includes(login) && profile.firstName !== undefined, login);
        }
    });

    it("takes a folder that has nothing but its .git", async () => {
        await mkdir(join(directory, ".git"));
        assert.equal((await init("--template", "agent")).status, 0);
    });

    const refused: [what: string, prepare: (path: string) => Promise<unknown>, says: RegExp][] = [
        [
            "a folder that is not empty",
            (path) => mkdir(join(path, "b"), { recursive: true }),
            /is not empty \(b\): name another one/,
        ],
        ["a file", (path) => writeFile(path, "x"), /\/a is a file, or below one: name a folder/],
    ];
    for (const [what, prepare, says] of refused) {
        it(`refuses ${what}, and writes nothing`, async () => {
            const path = join(directory, "a");
            await prepare(path);
            const before = await readdir(directory, { recursive: true });
            const { status, err } = await init("a", "--template", "agent");
            assert.equal(status, 2);
            assert.match(err.join("\n"), says);
            assert.match(err.join("\n"), /\[ZK002\]$/);
            assert.deepEqual(await readdir(directory, { recursive: true }), before);
        });
    }

    it("says that a folder cannot be made", async function () {
        if (!existsSync("/proc/self")) return this.skip();
        const { status, err } = await init("/proc/zones/new", "--template", "agent");
        assert.equal(status, 2);
        assert.match(err.join(""), /^zonekeeper: cannot write to \/proc\/zones\/new: .* \[ZK002\]\n?$/);
    });

    it("asks for a template that there is", async () => {
        assert.match((await init("a")).err.join(""), /required option '--template <name>' not specified/);
        assert.match(
            (await init("a", "--template", "terraform")).err.join(""),
            /Allowed choices are pulumi, agent, portal/,
        );
        assert.deepEqual(await readdir(directory), []);
    });
});
