import { strict as assert } from "node:assert";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { makeFolder, makeFolderSync } from "../src/folder";

const WAYS: readonly (readonly [name: string, make: (path: string) => Promise<void>])[] = [
    ["makeFolder", makeFolder],
    ["makeFolderSync", async (path) => makeFolderSync(path)],
];

for (const [name, make] of WAYS) {
    describe(name, () => {
        let directory: string;
        beforeEach(async () => {
            directory = await mkdtemp(join(tmpdir(), "folder-"));
        });
        afterEach(() => rm(directory, { recursive: true }));

        it("makes a folder and those above it for this user alone, and again without a word", async () => {
            const path = join(directory, "a", "b");
            await make(path);
            await make(path);
            assert.deepEqual([statSync(path).mode & 0o777, statSync(join(path, "..")).mode & 0o777], [0o700, 0o700]);
        });

        it("makes a folder that several make at once", async () => {
            await Promise.all([1, 2, 3].map(() => make(join(directory, "a", "b", "c"))));
            assert.ok(statSync(join(directory, "a", "b", "c")).isDirectory());
        });

        const cases: [what: string, path: () => Promise<string>, says: RegExp][] = [
            [
                "below a file",
                async () => {
                    await writeFile(join(directory, "file"), "");
                    return join(directory, "file", "a", "b");
                },
                /^cannot make the folder .*: (a part of its path is a file|there is a file of that name)$/,
            ],
            [
                "where a file is",
                async () => {
                    await writeFile(join(directory, "file"), "");
                    return join(directory, "file");
                },
                /^cannot make the folder .*\/file: there is a file of that name$/,
            ],
            [
                "below a link in a circle",
                async () => {
                    await symlink("loop", join(directory, "loop"));
                    return join(directory, "loop", "a");
                },
                /^cannot make the folder .*: its symbolic links go in a circle$/,
            ],
            ["of a name that is too long", async () => join(directory, "x".repeat(300)), /: the path is too long$/],
        ];
        for (const [what, pathOf, says] of cases) {
            it(`says why a folder ${what} cannot be made`, async () => {
                await assert.rejects(make(await pathOf()), (error: Error) => says.test(error.message));
            });
        }

        it("ends below a folder that can hold none", async function () {
            if (!existsSync("/proc/self")) return this.skip();
            await assert.rejects(make("/proc/zones/state/a"), {
                message: "cannot make the folder /proc/zones: no folder can be made there",
            });
        });
    });
}
