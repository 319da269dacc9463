import { type Browser, chromium as playwright } from "playwright-core";

/**
 * Not the package's own: those put all of Chromium into one process, which ends
 * with its first page, and turn off what the page is tested for, its policy on
 * other origins. As root, in a container, there is no sandbox to be had.
 */
const ARGS = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--hide-scrollbars"];

/** A headless Chromium that comes as a package; undefined where it does not run, with the reason. */
export async function openBrowser(
    env: Readonly<Record<string, string>> = {},
): Promise<{ readonly browser: Browser } | { readonly problem: string }> {
    const { default: chromium } = await import("@sparticuz/chromium");
    try {
        const browser = await playwright.launch({
            executablePath: await chromium.executablePath(),
            args: [...ARGS],
            headless: true,
            env: { ...process.env, ...env },
        });
        return { browser };
    } catch (error) {
        return { problem: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error) };
    }
}
