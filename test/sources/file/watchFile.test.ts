import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Grant } from "../../../src/core/grants/grants";
import { type FileSourceOptions, fileSource } from "../../../src/sources/file/file";
import { documentOf } from "../../support/grantsDocument";
import { type Kind, testWatch } from "../contract";
import { nap, sleepForEver } from "../sleepers";

const limits = { widestPrefix: 24 };

/** Longer sleeps than this are those of the poll. */
const POLL_MS = 1000;

describe("watching a file", () => {
    let folder: string;

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const at = (path: string) => join(folder, path);
    const write = (path: string, grants: readonly Grant[]) => writeFile(at(path), JSON.stringify(documentOf(grants)));

    /** By events alone: the poll never comes. */
    const byEvents: Partial<FileSourceOptions> = { sleep: sleepForEver(POLL_MS) };
    /** By the poll alone, as on a network file system; it comes at once. */
    const byPoll: Partial<FileSourceOptions> = {
        sleep: nap,
        watchFolder: () => {
            throw new Error("ENOSYS: no events here");
        },
    };

    function kind(
        replace: (grants: readonly Grant[]) => Promise<unknown>,
        options: Partial<FileSourceOptions>,
        spoil: () => Promise<unknown> = () => rm(at("grants.json")),
    ): Kind {
        return {
            async open(grants) {
                await replace(grants);
                return fileSource({
                    path: "grants.json",
                    directory: folder,
                    limits,
                    sleep: nap,
                    now: Date.now,
                    ...options,
                });
            },
            async replace(grants) {
                await replace(grants);
            },
            async spoil() {
                await spoil();
            },
        };
    }

    const inPlace = (grants: readonly Grant[]) => write("grants.json", grants);
    const renamed = async (grants: readonly Grant[]) => {
        await write("grants.json.new", grants);
        await rename(at("grants.json.new"), at("grants.json"));
    };
    let folders = 0;
    /** As Kubernetes does it: the file is a link into a folder that is a link, which is turned to another folder. */
    const turned = async (grants: readonly Grant[]) => {
        folders += 1;
        await mkdir(at(`..${folders}`));
        await write(`..${folders}/grants.json`, grants);
        await symlink(`..${folders}`, at("..new"));
        await rename(at("..new"), at("..data"));
        await symlink("..data/grants.json", at("grants.json")).catch(() => undefined);
    };

    describe("that is written in place", () => testWatch(kind(inPlace, byEvents)));
    describe("that is renamed into place", () => testWatch(kind(renamed, byEvents)));
    describe("behind links that are turned", () => testWatch(kind(turned, byEvents, () => rm(at("..data")))));
    describe("without events", () => testWatch(kind(renamed, byPoll)));
    describe("that is written in another place, where its path was free", () => {
        const freed = async (grants: readonly Grant[]) => {
            await rm(at("grants.json"), { force: true });
            await write("grants.json", grants);
        };
        testWatch(kind(freed, byEvents));
    });

    describe("has its folder watched", () => {
        /** Watches until the folder is watched for the second time, for which something has to happen after the first. */
        async function untilTwice(happens: (fail: () => void) => Promise<unknown>): Promise<readonly string[]> {
            const stop = new AbortController();
            const watched: string[] = [];
            const closed: string[] = [];
            const source = fileSource({
                path: "inner/grants.json",
                directory: folder,
                limits,
                sleep: nap,
                now: Date.now,
                watchFolder(path) {
                    watched.push(path);
                    if (watched.length === 2) stop.abort();
                    const on = (_: string, fail: () => void) => void (watched.length === 1 && happens(fail));
                    return { on, close: () => void closed.push(path) };
                },
            });
            await source.watch?.(() => {}, stop.signal);
            assert.deepEqual(closed, watched);
            return watched;
        }

        beforeEach(() => mkdir(at("inner")));

        it("again when another folder took its place", async () => {
            const swap = async () => {
                await rename(at("inner"), at("old"));
                await mkdir(at("inner"));
            };
            assert.deepEqual(await untilTwice(swap), [at("inner"), at("inner")]);
        });

        it("again when the watcher failed", async () => {
            assert.deepEqual(await untilTwice(async (fail) => fail()), [at("inner"), at("inner")]);
        });
    });
});
