import { strict as assert } from "node:assert";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";

import { openBrowser } from "../../scripts/pictures/browser";
import { ADAM, ANA, LEA, openPortalScene, type PortalScene } from "./scene";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1240, height: 900 };

interface Options {
    readonly colorScheme?: "light" | "dark";
    readonly viewport?: { readonly width: number; readonly height: number };
    readonly javaScriptEnabled?: boolean;
}

describe("the portal's page in a browser", () => {
    let browser: Browser | undefined;
    let scene: PortalScene;

    before(async function () {
        const opened = await openBrowser();
        if (!("browser" in opened)) return this.skip();
        browser = opened.browser;
        scene = await openPortalScene();
    });

    after(async () => {
        await browser?.close();
        await scene?.[Symbol.asyncDispose]();
    });

    /** Signs somebody in by the page's own buttons, and notes whatever the browser complains of or asks of another host. */
    async function visit(login: string, options: Options = {}) {
        assert.ok(browser);
        const extraHTTPHeaders = { "x-forwarded-for": "203.0.113.7" };
        const context = await browser.newContext({
            viewport: DESKTOP,
            reducedMotion: "reduce",
            extraHTTPHeaders,
            ...options,
        });
        const page = await context.newPage();
        const problems: string[] = [];
        page.on("console", (message) => problems.push(message.text()));
        page.on("pageerror", (error) => problems.push(error.message));
        page.on("request", (request) => {
            const { origin, protocol } = new URL(request.url());
            if (![scene.url, scene.okta.url].includes(origin) && protocol !== "data:") problems.push(request.url());
        });
        await page.goto(`${scene.url}/`);
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByText(login).first().click();
        await page.locator("#summary").waitFor();
        return { page, problems, [Symbol.asyncDispose]: () => context.close() };
    }

    for (const javaScriptEnabled of [true, false]) {
        it(`grants, extends and gives back, ${javaScriptEnabled ? "with its script" : "without a script"}`, async () => {
            await using tried = await visit(javaScriptEnabled ? ANA : LEA, { javaScriptEnabled });
            const { page } = tried;
            await page.getByRole("button", { name: "Get for 4h: Payroll, from 203.0.113.7" }).click();
            await page.getByRole("heading", { name: "You have Payroll" }).waitFor();
            await page.getByRole("button", { name: "Extend Payroll" }).click();
            await page.getByText(/^Your Payroll now ends /).waitFor();
            assert.match((await page.locator(".card .left").first().textContent()) ?? "", /^(7 h 59 min|8 h) left/);
            await page.getByRole("button", { name: "Give back Payroll" }).click();
            await page.getByRole("heading", { name: "You have no access" }).waitFor();
            assert.deepEqual(tried.problems, []);
        });
    }

    it("shows an approver what waits, as soon as somebody asks", async () => {
        await using lead = await visit(LEA);
        await using asking = await visit(ANA);
        await asking.page.locator("#access-production input[name=ticket]").fill("INC-1");
        await asking.page.locator("#access-production input[name=reason]").first().fill("the import fails");
        await asking.page.getByRole("button", { name: /Request for 1h: Production/ }).click();
        await lead.page.getByRole("button", { name: "Approve Ana Anders" }).click();
        await lead.page.getByText("Ana Anders's request for Production is approved.").waitFor();
        await asking.page.getByRole("heading", { name: "You have Production" }).waitFor();
        assert.deepEqual([...lead.problems, ...asking.problems], []);
    });

    it("shows what changed after the page was made and before the portal heard that it listens", async () => {
        await using asking = await visit(ANA);
        let listen = () => {};
        const mayListen = new Promise<void>((resolve) => {
            listen = resolve;
        });
        await asking.page.route("**/api/v1/events", async (route) => {
            await mayListen;
            await route.continue();
        });
        await asking.page.reload();
        const elsewhere = await scene.person(ANA);
        const { status } = await scene.api(elsewhere, "POST", "/api/v1/grants", { access: "payroll" });
        assert.equal(status, 201);
        listen();
        await asking.page.getByRole("heading", { name: /^You have .*Payroll/ }).waitFor();
    });

    for (const colorScheme of ["light", "dark"] as const) {
        for (const [name, viewport] of [
            ["desktop", DESKTOP],
            ["phone", PHONE],
        ] as const) {
            it(`breaks no rule of axe, ${colorScheme}, on a ${name}`, async () => {
                for (const login of [ANA, ADAM]) {
                    await using tried = await visit(login, { colorScheme, viewport });
                    for (const summary of await tried.page.locator("summary").all()) await summary.click();
                    assert.deepEqual(await violationsOn(tried.page), []);
                    const overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
                    assert.equal(await tried.page.evaluate(overhang), 0, "the page is wider than the window");
                }
            });
        }
    }
});

async function violationsOn(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}
