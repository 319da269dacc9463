import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { startPortal } from "../start/portal";

const WIDE = { colorScheme: "light", viewport: { width: 1240, height: 760 } } as const;
const DARK = { ...WIDE, colorScheme: "dark" } as const;
const PHONE = { colorScheme: "light", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 } as const;

/**
 * Takes the pictures of the portal: that of `npm start -- --portal`, in which Ana has Payroll and waits for Production, and Lea may
 * approve it. Gives their names.
 */
export async function takePortal(browser: Browser, folder: string): Promise<readonly string[]> {
    const scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const stop = new AbortController();
    let running: Promise<void> = Promise.resolve();
    const url = await new Promise<string>((resolve, reject) => {
        running = startPortal({
            scratch,
            stop: stop.signal,
            print: () => {},
            onReady: (started) => resolve(started.url),
        });
        running.catch(reject);
    });
    const take = async (page: Page, name: string) => {
        await page.screenshot({ path: join(folder, `${name}.png`) });
        await page.context().close();
        return name;
    };
    try {
        const asking = await signedIn(browser, url, "ana@example.com", WIDE);
        await ask(asking);
        return [
            await take(asking, "portal-light"),
            await take(await signedIn(browser, url, "lea@example.com", DARK), "portal-approver"),
            await take(await signedIn(browser, url, "ana@example.com", PHONE), "portal-phone"),
        ];
    } finally {
        stop.abort("the pictures are taken");
        await running;
        await rm(scratch, { recursive: true });
    }
}

async function signedIn(browser: Browser, url: string, login: string, options: BrowserContextOptions): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(url);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: login }).click();
    await page.locator(".is-live").waitFor();
    return page;
}

/** Gets Payroll, waits until Okta has it, and asks for Production. */
async function ask(page: Page): Promise<void> {
    await page.getByRole("button", { name: /^Get for 4 h: Payroll/ }).click();
    const production = page.locator("#access-production");
    await production.getByLabel("Reason").fill("INC-4711: the import fails");
    await production.getByRole("button").click();
    await page.getByText("waits for approval").first().waitFor();
    await page.goto(page.url().replace(/\?.*$/, ""));
    await page.getByText("ready soon", { exact: true }).first().waitFor();
    await page.locator(".is-live").waitFor();
}
