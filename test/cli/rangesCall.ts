import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fileOf } from "../support/cells";
import { call } from "./scene";

/** Runs `zonekeeper ranges` in a folder with files `ranges.json` and `old.json`. */
export async function ranges(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    try {
        const all = {
            "ranges.json": fileOf({ us_cell_1: ["1.2.3.4/32", "1.2.3.5/32"], us_cell_2: ["1.2.3.4/32", "9.9.9.9/32"] }),
            "old.json": fileOf({ us_cell_1: ["1.2.3.4/32", "5.6.7.8/32"] }),
            ...files,
        };
        for (const [name, text] of Object.entries(all)) await writeFile(join(directory, name), text);
        const from = args.includes("--from") ? [] : ["--from", "ranges.json"];
        const called = await call(["ranges", ...from, ...args], {
            directory,
            env: { XDG_CACHE_HOME: join(directory, "c") },
        });
        return { ...called, err: called.err.map((line) => line.replaceAll(directory, "DIR")) };
    } finally {
        await rm(directory, { recursive: true });
    }
}
