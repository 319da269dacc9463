import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "../../../src/clock";
import { pushFile } from "../../../src/sources/webhook/pushFile";
import { testPushStore } from "./storeContract";

describe("pushFile that agents of one host share", () => {
    let folder: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    after(() => rm(folder, { recursive: true }));
    const state = () => join(folder, "state");
    const away = () => join(folder, "away");

    testPushStore({
        async empty() {
            for (const path of [state(), away()]) await rm(path, { recursive: true, force: true });
        },
        open: () =>
            pushFile({
                path: join(state(), "webhook.jsonl"),
                limits: { widestPrefix: 24 },
                isShared: true,
                // Another holder of the file lock needs real time, however busy the machine is.
                sleep: systemClock.sleep,
            }),
        async spoil() {
            await rename(state(), away());
            await writeFile(state(), "in the way");
        },
        async mend() {
            await rm(state());
            await rename(away(), state());
        },
    });
});
