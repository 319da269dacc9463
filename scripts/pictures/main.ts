import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { startServer } from "../../src/agent/http/server";
import { openMetrics } from "../../src/agent/status/metrics";
import { openBrowser } from "./browser";
import { openFonts } from "./fonts";
import { takePortal } from "./portal";
import { recently, SCENE_MS, scene } from "./scene";

interface Picture {
    readonly name: string;
    readonly colorScheme: "light" | "dark";
    readonly width: number;
    readonly height: number;
    readonly path?: string;
}

const version = "0.1.0";

/** The pictures of the status page that README.md and docs/guides/operations.md show. */
const PICTURES: readonly Picture[] = [
    { name: "status-light", colorScheme: "light", width: 1240, height: 900 },
    { name: "status-dark", colorScheme: "dark", width: 1240, height: 900 },
    { name: "status-phone", colorScheme: "light", width: 390, height: 844 },
    { name: "status-answer", colorScheme: "light", width: 1240, height: 620, path: "/?address=203.0.113.18" },
];

/** `npm run pictures [FOLDER]`: takes the pictures of the status page, of an agent that a script plays, and of the portal. */
async function main([folder = join("docs", "images")]: readonly string[]): Promise<number> {
    const fonts = await openFonts();
    const opened = await openBrowser(fonts.env);
    if ("problem" in opened) {
        await fonts.close();
        process.stderr.write(`zonekeeper: no browser runs here: ${opened.problem}\n`);
        return 1;
    }
    await mkdir(folder, { recursive: true });
    const scene = await openScene();
    try {
        for (const picture of PICTURES) {
            await take(opened.browser, scene.url, picture, folder);
            process.stdout.write(`${join(folder, picture.name)}.png\n`);
        }
        for (const name of await takePortal(opened.browser, folder)) {
            process.stdout.write(`${join(folder, name)}.png\n`);
        }
    } finally {
        // The browser keeps connections open, for which the server waits: its clock stands still.
        await opened.browser.close();
        await scene.close();
        await fonts.close();
    }
    return 0;
}

async function openScene() {
    return startServer({
        listen: { host: "127.0.0.1", port: 0 },
        version,
        clock: { now: () => SCENE_MS, elapsedMs: () => 0, sleep: () => new Promise(() => {}), random: () => 0 },
        metrics: openMetrics({ version, view: scene }),
        view: scene,
        subscribe: () => () => {},
        recentLedger: async (count) => recently().slice(0, count),
        confirm: async () => ({ confirmed: [] }),
        denials: {
            isShared: false,
            list: () => [],
            add: async () => ({ problem: "too-many" }),
            lift: async () => ({ problem: "unknown" }),
        },
        token: () => undefined,
        report(error) {
            throw error;
        },
    });
}

async function take(
    browser: Browser,
    url: string,
    { name, colorScheme, width, height, path = "/" }: Picture,
    folder: string,
) {
    const page = await browser.newPage({
        colorScheme,
        viewport: { width, height },
        deviceScaleFactor: width < 500 ? 2 : 1,
    });
    await page.clock.setFixedTime(SCENE_MS);
    await page.goto(`${url}${path}`);
    await page.locator(".is-live").waitFor();
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
}

void main(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
});
