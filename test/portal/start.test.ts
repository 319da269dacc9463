import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Emulator } from "../../emulator/emulator";
import { startPortal } from "../../scripts/start/portal";
import { openTestBrowser } from "./browser";

describe("npm start -- --portal", () => {
    it("brings up a portal in which each of three people can do what it says of them", async () => {
        const scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        const stop = new AbortController();
        const printed: string[] = [];
        let resolve: (started: { url: string; emulator: Emulator }) => void = () => {};
        const ready = new Promise<{ url: string; emulator: Emulator }>((found) => {
            resolve = found;
        });
        const ended = startPortal({
            scratch,
            stop: stop.signal,
            print: (text) => printed.push(text),
            onReady: (started) => resolve(started),
        });
        try {
            const { url, emulator } = await Promise.race([ready, ended.then(() => assert.fail(printed.join("\n")))]);
            const gateways = () => emulator.history.at(-1)?.gateways ?? [];
            const ana = openTestBrowser(undefined);
            await ana.signIn(url, "ana@example.com");
            await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
            await until(() => gateways().includes("127.0.0.1/32"), printed);
            const asked = await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "production", reason: "INC-7" });
            assert.equal(asked.status, 200);
            const lea = openTestBrowser(undefined);
            const waiting = await lea.signIn(url, "lea@example.com");
            assert.match(waiting.text, /Ana Example/);
            const adam = openTestBrowser(undefined);
            const all = await adam.signIn(url, "adam@example.com");
            assert.match(all.text, /Ana Example/);
            assert.match(printed.join("\n"), /Open http:\/\/127\.0\.0\.1:\d+ and sign in as one of these/);
        } finally {
            stop.abort("the test is over");
            await ended;
            await rm(scratch, { recursive: true });
        }
    });
});

async function until(isSo: () => boolean, printed: readonly string[]): Promise<void> {
    for (let waitedMs = 0; !isSo(); waitedMs += 50) {
        if (waitedMs > 100_000) assert.fail(printed.join("\n"));
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
