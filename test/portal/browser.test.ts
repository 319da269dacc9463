import { strict as assert } from "node:assert";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../../scripts/pictures/browser";
import { systemClock } from "../../src/clock";
import { openReports } from "../../src/sources/portal/openStore";
import { ADAM, ANA, LEA, LEO, openPortalScene, type PortalScene } from "./scene";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1240, height: 900 };

interface Options {
    readonly colorScheme?: "light" | "dark";
    readonly viewport?: { readonly width: number; readonly height: number };
    readonly javaScriptEnabled?: boolean;
    readonly timezoneId?: string;
}

describe("the portal's page in a browser", () => {
    let browser: Browser | undefined;
    let scene: PortalScene;

    before(async function () {
        const opened = await openBrowser();
        if (!("browser" in opened)) return this.skip();
        browser = opened.browser;
    });

    after(() => browser?.close());

    // What one test leaves to a person is nothing to the next one.
    beforeEach(async () => {
        scene = await openPortalScene();
    });

    afterEach(() => scene[Symbol.asyncDispose]());

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
        // A slow machine fails no test: Playwright's own limit is 30 s.
        context.setDefaultTimeout(100_000);
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
            await page.getByRole("button", { name: "Get for 4 h: Payroll, from 203.0.113.7" }).click();
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
        await asking.page.getByRole("button", { name: /Request for 1 h: Production/ }).click();
        await lead.page.getByRole("button", { name: "Approve Ana Anders" }).click();
        await lead.page.getByText("Ana Anders's request for Production is approved.").waitFor();
        await asking.page.getByRole("heading", { name: "You have Production" }).waitFor();
        assert.deepEqual([...lead.problems, ...asking.problems], []);
    });

    it("says of what was done what is true by then", async () => {
        await using tried = await visit(ANA);
        const { page } = tried;
        await page.getByRole("button", { name: "Get for 4 h: Payroll, from 203.0.113.7" }).click();
        await page.getByText(/^Payroll is granted\. You may not get in yet/).waitFor();
        const { grants } = await scene.store.read(new AbortController().signal);
        const reports = openReports(
            { type: "file", path: "portal.jsonl" },
            { ...systemClock, directory: scene.directory, databaseOf: () => assert.fail("no database") },
        );
        const told = [...grants.keys()].map((id) => [id, { state: "effective" as const }]);
        await reports.write("default", { heartbeatAtMs: scene.now(), grants: Object.fromEntries(told) });
        await page.getByText("Payroll is granted. Okta lets you in.").waitFor();
        await reports.close();
        assert.deepEqual(tried.problems, []);
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

    it("is used by keyboard alone: sign in, get, give back", async () => {
        await using tried = await visit(ANA);
        const { page } = tried;
        const press = async (name: RegExp) => {
            for (let tabs = 0; tabs < 60; tabs += 1) {
                await page.keyboard.press("Tab");
                const label = (await page.evaluate(
                    "document.activeElement.ariaLabel ?? document.activeElement.textContent",
                )) as string;
                if (name.test(label)) return page.keyboard.press("Enter");
            }
            return assert.fail(`Tab never came to ${name}`);
        };
        await press(/^Skip to the content$/);
        await press(/^Get for 4 h: Payroll/);
        await page.getByRole("heading", { name: /^You have .*Payroll/ }).waitFor();
        await press(/^Give back Payroll$/);
        await page.getByText(/Payroll has ended/).waitFor();
    });

    it("counts down by the portal's clock, and shows the visitor's own time", async () => {
        await using tried = await visit(LEO, { timezoneId: "Asia/Tokyo" });
        const { page } = tried;
        const now = new Date(scene.now());
        const { iss, sub, user, name } = await personOf(scene, LEO);
        const grant = {
            id: "g-end",
            access: "payroll",
            holder: { iss, sub, user, name },
            addresses: ["203.0.113.7"],
            createdAtMs: now.getTime(),
            startsAtMs: now.getTime(),
            expiresAtMs: now.getTime() + 9 * 60_000,
            labels: { access: "payroll" },
            requestId: "r-end",
        };
        await scene.store.transact(() => ({ changes: [["grants", grant.id, grant]], result: undefined }));
        await page.getByRole("heading", { name: /^You have Payroll/ }).waitFor();
        const left = async () => (await page.locator("#grant-g-end .left").textContent()) ?? "";
        const there = new Date(grant.expiresAtMs + 9 * 3_600_000).toISOString().slice(11, 16);
        assert.match(await left(), new RegExp(`left, until (\\w+,? \\d+ \\w+ )?${there}$`));
        await page.clock.install({ time: now });
        await page.reload();
        await page.locator("#grant-g-end").waitFor();
        const seconds = async () => {
            const [, minutes, rest = "0"] =
                /^(\d+) min(?: (\d+) s)? left/.exec(await left()) ?? assert.fail(await left());
            return Number(minutes) * 60 + Number(rest);
        };
        const before = await seconds();
        await page.clock.runFor(30_000);
        assert.ok(before - (await seconds()) >= 30, `${before} and ${await left()}`);
    });

    it("says that the session has ended, and leads to the sign-in", async () => {
        await using tried = await visit(LEA);
        const { page } = tried;
        await scene.store.transact((state) => ({
            changes: [...state.sessions.keys()].map((key) => ["sessions", key, null] as const),
            result: undefined,
        }));
        await page.getByRole("button", { name: /Get for 4 h: Payroll/ }).click();
        await page.getByRole("heading", { name: "Sign in again" }).waitFor();
        await page.getByText("What you entered is kept").waitFor();
        assert.deepEqual(await violationsOn(page), []);
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("heading", { name: "Not sent yet" }).waitFor();
        assert.deepEqual(await violationsOn(page), []);
        await page.getByRole("button", { name: "Discard" }).click();
        await page.getByRole("heading", { name: "Not sent yet" }).waitFor({ state: "detached" });
    });

    for (const colorScheme of ["light", "dark"] as const) {
        it(`breaks no rule of axe with grants, requests, a review, a device and an error, ${colorScheme}`, async () => {
            await using asking = await visit(ANA, { colorScheme });
            const elsewhere = await scene.person(ANA);
            const ask = { access: "production", reason: "the import fails", ticket: "INC-1" };
            await scene.api(elsewhere, "POST", "/api/v1/grants", { access: "payroll" });
            await scene.api(elsewhere, "POST", "/api/v1/grants", { ...ask, breakGlass: true });
            await scene.api(elsewhere, "POST", "/api/v1/grants", ask);
            await asking.page.getByText("waits for approval").first().waitFor();
            assert.deepEqual(await violationsOn(asking.page), []);
            for (const login of [LEO, ADAM]) {
                await using other = await visit(login, { colorScheme });
                await other.page.locator("#decide, #all").first().waitFor();
                assert.deepEqual(await violationsOn(other.page), []);
            }
            for (const path of ["/device", "/device?user_code=BCDF-GHJK", "/errors/ZK805", "/nothing"]) {
                await asking.page.goto(`${scene.url}${path}`);
                await asking.page.locator("h1").waitFor();
                assert.deepEqual(await violationsOn(asking.page), [], path);
            }
            const { body } = await scene.api(elsewhere, "GET", "/api/v1/me");
            for (const { id } of body.grants) await scene.api(elsewhere, "DELETE", `/api/v1/grants/${id}`);
        });
    }

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

async function personOf({ store }: PortalScene, login: string) {
    const { people } = await store.read(new AbortController().signal);
    return [...people.values()].find(({ aliases = [] }) => aliases.includes(login)) ?? assert.fail(login);
}

async function violationsOn(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}
