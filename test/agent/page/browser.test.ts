import { strict as assert } from "node:assert";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../../../scripts/pictures/browser";
import type { AgentView } from "../../../src/agent/status/view";
import { EVENTS } from "../../support/agentEvents";
import { agentView, at, grantView } from "../../support/agentView";
import { NOW } from "../../support/grants";
import { openTestServer, TOKEN } from "../http/testServer";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1240, height: 900 };

/** Everything that the page can show at once. */
const BUSY: AgentView = agentView({
    grants: [
        ...agentView().grants,
        grantView("x".repeat(150), { user: "y".repeat(150), reason: "z".repeat(150), expiresAt: at(30) }),
        ...(["pending", "leaving", "refused", "ended"] as const).map((state) =>
            grantView(state, { state, expiresAt: at(60) }),
        ),
        ...Array.from({ length: 60 }, (_, index) => grantView(`g-${index}`, { user: `user${index}@example.com` })),
    ],
    held: ["203.0.113.7/32"],
    notReady: ["held", "the source cannot be read"],
    refused: [{ id: "refused", reason: "the zones are full" }],
    unusable: [{ id: "g-9", field: "ip", reason: "nonsense" }],
    lastError: { code: "okta-unreachable", message: "no answer", at: at(-60) },
    source: { type: "http", healthy: false },
});

describe("the status page in a browser", () => {
    let browser: Browser | undefined;

    before(async function () {
        const opened = await openBrowser();
        if ("browser" in opened) browser = opened.browser;
        else this.skip();
    });

    after(() => browser?.close());

    for (const colorScheme of ["light", "dark"] as const) {
        for (const [name, viewport] of [
            ["desktop", DESKTOP],
            ["phone", PHONE],
        ] as const) {
            it(`breaks no rule of axe, ${colorScheme}, on a ${name}`, async () => {
                await using server = await openTestServer({
                    view: () => BUSY,
                    token: () => TOKEN,
                    recentLedger: async () => Object.values(EVENTS).map((event) => ({ at: at(-9), event })),
                });
                await using tried = await visit(server, {
                    path: "/?address=203.0.113.7&show=all",
                    colorScheme,
                    viewport,
                    isTimeRunning: true,
                });
                await tried.page.locator("summary").click();
                assert.deepEqual(await violationsOn(tried.page), []);
                const overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
                assert.equal(await tried.page.evaluate(overhang), 0, "the page is wider than the window");
                assert.deepEqual(tried.problems, []);
            });
        }
    }

    it("is kept up to date by events, and says so once", async () => {
        let view = agentView();
        await using server = await openTestServer({ view: () => view });
        await using tried = await visit(server);
        const { page } = tried;
        view = agentView({ grants: [...view.grants, grantView("g-200", { user: "dee@example.com" })] });
        server.happen(EVENTS["write.accepted"]);
        await page.clock.runFor(1000);
        await page.getByRole("heading", { name: "3 people are in" }).waitFor();
        assert.equal(await page.locator("#announcer").textContent(), "3 people are in.");
        assert.equal(await page.getByText("dee@example.com").count(), 1);
        assert.deepEqual(tried.problems, []);
    });

    it("counts down by the agent's clock, whatever the browser's says", async () => {
        await using server = await openTestServer();
        await using tried = await visit(server, { clockMs: NOW + 86_400_000 });
        const left = tried.page.locator("tr.is-effective .relative");
        assert.equal(await left.textContent(), "in 14 min");
        await tried.page.clock.runFor(241_000);
        assert.equal(await left.textContent(), "in 9 min 59 s");
        assert.equal(await tried.page.locator("#clock").textContent(), "12:04:01");
    });

    it("counts down by the agent's clock where it cannot hear of events", async () => {
        await using server = await openTestServer();
        await using tried = await visit(server, { clockMs: NOW + 86_400_000, isDeaf: true });
        assert.equal(await tried.page.locator("#live").textContent(), "not live");
        await tried.page.clock.runFor(60_000);
        assert.equal(await tried.page.locator("tr.is-effective .relative").textContent(), "in 13 min");
    });

    it("says that it is live, and that it is not when the agent is gone", async () => {
        const server = await openTestServer();
        await using tried = await visit(server);
        const live = tried.page.locator("#live");
        assert.equal(await live.textContent(), "live");
        await server[Symbol.asyncDispose]();
        await tried.page.locator("html:not(.is-live)").waitFor();
        assert.equal(await live.textContent(), "not live");
    });

    it("says that it is not live when it has heard nothing for a while", async () => {
        await using server = await openTestServer();
        await using tried = await visit(server);
        await tried.page.clock.runFor(41_000);
        assert.equal(await tried.page.locator("#live").textContent(), "not live");
    });

    it("becomes another page when the agent takes over", async () => {
        let view = agentView({ isLeading: false, grants: [] });
        await using server = await openTestServer({ view: () => view });
        await using tried = await visit(server);
        view = agentView();
        server.happen(EVENTS["leader.gained"]);
        await tried.page.clock.runFor(1000);
        await tried.page.getByRole("heading", { name: "2 people are in" }).waitFor();
        assert.equal(await tried.page.getByText("ana@example.com").count(), 1);
    });

    it("keeps what somebody types and where the focus is while it is kept up to date", async () => {
        let view = agentView();
        await using server = await openTestServer({ view: () => view });
        await using tried = await visit(server);
        const { page } = tried;
        await page.locator("#find").fill("ana");
        await page.locator("#tab-all").focus();
        view = agentView({ grants: [grantView("g-1", { user: "eve@example.com" })] });
        server.happen(EVENTS["write.accepted"]);
        await page.clock.runFor(1000);
        await page.getByText("eve@example.com").waitFor();
        assert.equal(await page.locator("#find").inputValue(), "ana");
        assert.equal(await page.evaluate("document.activeElement.id"), "tab-all");
    });

    it("is walked through by keyboard in the order in which it is read, with the focus in sight", async () => {
        await using server = await openTestServer();
        await using tried = await visit(server);
        const { page } = tried;
        const walked: string[] = [];
        for (let step = 0; step < 17; step += 1) {
            await page.keyboard.press("Tab");
            walked.push(await page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"));
            assert.notEqual(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none");
        }
        assert.deepEqual(walked, [
            "Skip to the grants",
            "show UTC",
            "address",
            "Check",
            "okta",
            "find",
            "Find",
            "In now 2",
            "To come 1",
            "Kept out 0",
            "All 3",
            ...["Person", "Address", "Until", "Reason", "State"],
            "What the states mean",
        ]);
    });

    it("answers whether an address is in, by keyboard, and without its script", async () => {
        await using server = await openTestServer();
        for (const javaScriptEnabled of [true, false]) {
            await using tried = await visit(server, { javaScriptEnabled });
            await tried.page.locator("#address").fill("203.0.113.7");
            await tried.page.keyboard.press("Enter");
            await tried.page.locator(".verdict").waitFor();
            assert.equal(await tried.page.locator(".verdict").textContent(), "203.0.113.7 is in.");
        }
    });

    for (const javaScriptEnabled of [true, false]) {
        const how = javaScriptEnabled ? "with its script" : "without a script";
        it(`confirms what is held, by keyboard and ${how}`, async () => {
            let held = ["203.0.113.7/32", "203.0.113.8/32"];
            await using server = await openTestServer({
                view: () => agentView({ held }),
                token: () => TOKEN,
                async confirm(confirmed, by, reason) {
                    held = [];
                    server.confirmed.push({ held: confirmed, by, ...(reason !== undefined && { reason }) });
                    return { confirmed };
                },
            });
            await using tried = await visit(server, { javaScriptEnabled });
            const { page } = tried;
            await page.getByLabel("The agent's token").focus();
            for (const text of [TOKEN, "mia", "INC-7"]) {
                await page.keyboard.type(text);
                await page.keyboard.press("Tab");
            }
            assert.equal(await page.locator("button:focus").textContent(), "Confirm the removal");
            await page.keyboard.press("Enter");
            await page.locator(".confirm").waitFor({ state: "detached" });
            assert.equal(new URL(page.url()).pathname, "/");
            const before = ["203.0.113.7/32", "203.0.113.8/32"];
            assert.deepEqual(server.confirmed, [{ held: before, by: "mia", reason: "INC-7" }]);
            assert.deepEqual(tried.problems, []);
        });
    }

    it("confirms nothing with a wrong token, and leads back", async () => {
        await using server = await openTestServer({
            view: () => agentView({ held: ["203.0.113.7/32"] }),
            token: () => TOKEN,
        });
        await using tried = await visit(server, { isTimeRunning: true });
        const { page } = tried;
        await page.getByLabel("The agent's token").fill("a-wrong-token-of-the-agent");
        await page.getByLabel("Your name").fill("mia");
        await page.getByLabel("Reason", { exact: true }).fill("INC-7");
        await page.getByRole("button", { name: "Confirm the removal" }).click();
        await page.getByRole("heading", { name: "Not confirmed" }).waitFor();
        assert.match((await page.locator("main").textContent()) ?? "", /this is not the agent's token \[ZK711\]\./);
        assert.deepEqual(await violationsOn(page), []);
        await page.getByRole("link", { name: "Back to the status page" }).click();
        await page.getByRole("heading", { name: "Confirm the removal of 1 address" }).waitFor();
        assert.deepEqual(server.confirmed, []);
    });

    it("confirms only what its reader saw, and leaves what is typed alone", async () => {
        let held = ["203.0.113.7/32"];
        await using server = await openTestServer({ view: () => agentView({ held }), token: () => TOKEN });
        await using tried = await visit(server);
        const { page } = tried;
        await page.getByLabel("The agent's token").fill(TOKEN);
        await page.getByLabel("Your name").fill("mia");
        held = [...held, "203.0.113.8/32"];
        server.happen(EVENTS["removals.held"]);
        await page.clock.runFor(1000);
        await page.getByRole("heading", { name: "2 addresses stay until the removal is confirmed" }).waitFor();
        assert.equal(await page.getByLabel("Your name").inputValue(), "mia");
        await page.getByLabel("Reason", { exact: true }).fill("INC-7");
        await page.keyboard.press("Enter");
        await page.getByText("what is held has changed: look at it again").waitFor();
        assert.deepEqual(server.confirmed, []);
    });

    it("works below a path of a reverse proxy: live, answering, confirming", async () => {
        let view = agentView({ held: ["203.0.113.7/32"] });
        await using server = await openTestServer({
            view: () => view,
            token: () => TOKEN,
            async confirm(confirmed, by) {
                server.confirmed.push({ held: confirmed, by });
                view = { ...view, held: [] };
                return { confirmed };
            },
        });
        await using proxy = await openProxy(server.url, "/ops/zone");
        await using tried = await visit(proxy);
        const { page } = tried;
        view = { ...view, grants: [...view.grants, grantView("g-200", { user: "dee@example.com" })] };
        server.happen(EVENTS["write.accepted"]);
        await page.clock.runFor(1000);
        await page.getByRole("heading", { name: "3 people are in" }).waitFor();
        await page.locator("#address").fill("203.0.113.7");
        await page.keyboard.press("Enter");
        assert.equal(await page.locator(".verdict").textContent(), "203.0.113.7 is in.");
        await page.getByLabel("The agent's token").fill(TOKEN);
        await page.getByLabel("Your name").fill("mia");
        await page.getByLabel("Reason", { exact: true }).fill("INC-7");
        await page.keyboard.press("Enter");
        await page.locator(".confirm").waitFor({ state: "detached" });
        assert.equal(new URL(page.url()).pathname, "/ops/zone/");
        assert.deepEqual(server.confirmed, [{ held: ["203.0.113.7/32"], by: "mia" }]);
        assert.deepEqual(tried.problems, []);
    });

    for (const [name, viewport] of [
        ["desktop", DESKTOP],
        ["phone", PHONE],
    ] as const) {
        it(`shows thirty memberships, the worst first, below a path of a reverse proxy, on a ${name}`, async () => {
            const thirty = Array.from({ length: 30 }, (_, index) =>
                agentView({ notReady: index === 17 ? ["the source cannot be read"] : [] }),
            ).map((view, index) => ({
                ...view,
                name: `membership-of-a-team-${index}`,
                org: index < 9 ? "acme" : "lab",
            }));
            await using server = await openTestServer({ view: () => agentView({}), memberships: () => thirty });
            await using proxy = await openProxy(server.url, "/ops/zone");
            await using tried = await visit(proxy, { viewport, isTimeRunning: true });
            const { page } = tried;
            const rows = page.locator(".overview tbody tr");
            assert.equal(await rows.count(), 30);
            assert.match((await rows.first().textContent()) ?? "", /membership-of-a-team-17/);
            assert.deepEqual(await violationsOn(page), []);
            const overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert.equal(await page.evaluate(overhang), 0, "the page is wider than the window");
            const table = await page.locator(".overview").boundingBox();
            if (viewport === DESKTOP)
                assert.ok((table?.height ?? Infinity) < DESKTOP.height, `${table?.height} pixels`);
            await rows.first().getByRole("link").click();
            await page.getByRole("link", { name: "All memberships" }).click();
            await rows.first().waitFor();
            assert.equal(new URL(page.url()).pathname, "/ops/zone/");
            assert.deepEqual(tried.problems, []);
        });
    }

    const MANY = agentView({
        grants: Array.from({ length: 130 }, (_, index) =>
            grantView(`g-${String(index).padStart(3, "0")}`, {
                user: `user${index % 10}@example.com`,
                expiresAt: at(index),
            }),
        ),
    });

    it("orders the grants by a column and jumps to a page, by keyboard and without its script", async () => {
        await using server = await openTestServer({ view: () => MANY });
        for (const javaScriptEnabled of [true, false]) {
            await using tried = await visit(server, { javaScriptEnabled, isTimeRunning: true });
            const { page } = tried;
            await page.locator("#sort-person").focus();
            await page.keyboard.press("Enter");
            await page.locator('th[aria-sort="ascending"]').waitFor();
            assert.equal(await page.locator("tbody .who").first().textContent(), "user0@example.com");
            await page.locator("#sort-person").focus();
            await page.keyboard.press("Enter");
            await page.locator('th[aria-sort="descending"]').waitFor();
            assert.equal(await page.locator("tbody .who").first().textContent(), "user9@example.com");
            await page.locator("#page").fill("3");
            await page.keyboard.press("Enter");
            await page.getByText("101 to 130 of 130").waitFor();
            assert.equal(await page.locator("tbody .who").last().textContent(), "user0@example.com");
            assert.deepEqual(javaScriptEnabled ? await violationsOn(page) : [], []);
            assert.deepEqual(tried.problems, []);
        }
    });

    it("shows moments in the reader's time zone, in UTC on request, and in UTC without its script", async () => {
        await using server = await openTestServer();
        const shown = async (options: Visit) => {
            await using tried = await visit(server, { timezoneId: "Asia/Tokyo", ...options });
            const { page } = tried;
            const zone = await page.locator("header .zone").textContent();
            return [
                zone,
                await page.locator("#clock").textContent(),
                await page.locator(".is-effective .at").textContent(),
            ];
        };
        assert.deepEqual(await shown({}), ["Asia/Tokyo", "21:00:00", "21:14:00"]);
        assert.deepEqual(await shown({ path: "/?times=utc" }), ["UTC", "12:00:00", "12:14:00"]);
        assert.deepEqual(await shown({ javaScriptEnabled: false }), ["UTC", "12:00:00", "12:14:00"]);
        await using tried = await visit(server, { timezoneId: "Asia/Tokyo", isTimeRunning: true });
        await tried.page.getByRole("link", { name: "show UTC" }).click();
        await tried.page.getByRole("link", { name: "show local times" }).waitFor();
        assert.equal(await tried.page.locator(".is-effective .at").textContent(), "12:14:00");
    });

    it("links each code to a page that says what it means, and leads back", async () => {
        const lastError = { code: "okta-unreachable", message: "no answer", at: at(-60) };
        await using server = await openTestServer({ view: () => agentView({ lastError }) });
        await using tried = await visit(server, { isTimeRunning: true });
        const { page } = tried;
        await page.getByRole("link", { name: "ZK103" }).click();
        await page
            .getByRole("heading", { name: "Okta gave no answer, a 5xx, or something that is not JSON." })
            .waitFor();
        assert.deepEqual(await violationsOn(page), []);
        await page.getByRole("link", { name: "Back to the status page" }).click();
        await page.getByRole("heading", { name: "2 people are in" }).waitFor();
        assert.equal((await fetch(`${server.url}/errors/ZK000`)).status, 404);
    });

    it("runs no script of a grant", async () => {
        const attack = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
        await using server = await openTestServer({
            view: () => agentView({ grants: [grantView(attack, { user: attack, reason: attack })] }),
        });
        await using tried = await visit(server, { path: `/?find=${encodeURIComponent("<img")}` });
        server.happen({ ...EVENTS["grant.refused"], id: attack });
        await tried.page.clock.runFor(2000);
        assert.equal(await tried.page.title(), "Zonekeeper: who is in");
        assert.equal(await tried.page.locator("main img, main script").count(), 0);
        assert.deepEqual(tried.problems, []);
    });

    interface Visit {
        readonly path?: string;
        readonly colorScheme?: "light" | "dark";
        readonly viewport?: { readonly width: number; readonly height: number };
        readonly javaScriptEnabled?: boolean;
        readonly clockMs?: number;
        readonly timezoneId?: string;
        /** Whether the stream of events is cut off. @default false */
        readonly isDeaf?: boolean;
        /** For axe, which waits for things itself. @default false */
        readonly isTimeRunning?: boolean;
    }

    /** Opens the page, and notes whatever a browser complains of and whatever leaves this host. */
    async function visit({ url }: { readonly url: string }, options: Visit = {}) {
        assert.ok(browser);
        const { path = "/", clockMs = NOW, isTimeRunning = false, isDeaf = false, ...rest } = options;
        const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", ...rest });
        // A slow machine fails no test: Playwright's own limit is 30 s.
        context.setDefaultTimeout(100_000);
        const page = await context.newPage();
        const problems: string[] = [];
        page.on("console", (message) => problems.push(message.text()));
        page.on("pageerror", (error) => problems.push(error.message));
        page.on("request", (request) => {
            if (!request.url().startsWith(`${url}/`) && !request.url().startsWith("data:"))
                problems.push(request.url());
        });
        // Time runs between the two calls: an hour is longer than any machine takes.
        await page.clock.install({ time: isTimeRunning ? clockMs : clockMs - 3_600_000 });
        if (!isTimeRunning) await page.clock.pauseAt(clockMs + 1);
        if (isDeaf) await page.route("**/events", (route) => route.abort());
        await page.goto(`${url}${path}`);
        if (options.javaScriptEnabled !== false && !isDeaf) await page.locator("html.is-live").waitFor();
        return { page, problems, [Symbol.asyncDispose]: () => context.close() };
    }

    async function violationsOn(page: Page): Promise<readonly string[]> {
        // Through the debugger: the page's own policy lets no other script in.
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
        return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
    }
});

/** A reverse proxy that serves the agent below a path, and takes the path away before it passes a request on. */
async function openProxy(target: string, path: string): Promise<AsyncDisposable & { readonly url: string }> {
    const proxy = createServer((incoming, outgoing) => {
        const { method, headers, url = "" } = incoming;
        if (!url.startsWith(`${path}/`)) return void outgoing.writeHead(404).end();
        const passed = request(`${target}${url.slice(path.length)}`, { method, headers }, (answer) => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(outgoing);
        });
        passed.on("error", () => outgoing.destroy());
        incoming.pipe(passed);
        outgoing.on("close", () => passed.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    return {
        url: `http://127.0.0.1:${port}${path}`,
        async [Symbol.asyncDispose]() {
            proxy.closeAllConnections();
            await new Promise((resolve) => proxy.close(resolve));
        },
    };
}
