import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../emulator/emulator";
import { documentOf } from "../../emulator/state/document";
import { portalSchemaSql } from "../../src/sources/portal/portalSchema";
import { freePort } from "../support/freePort";
import { startPostgres } from "../support/postgres";
import { BIN, start } from "../support/run";
import { openTestBrowser, type TestBrowser } from "./browser";
import { ACCESSES, ANA, ASK, LEA, LEO, SECRET, SESSION_SECRET, seedFor } from "./scene";

describe("two portals as processes with one PostgreSQL", () => {
    it("have the same grants and sessions, and make one grant of two approvals at once", async () => {
        await using postgres = await startPostgres();
        const database = await postgres.createDatabase();
        await postgres.query(database, portalSchemaSql());
        const ports = [await freePort(), await freePort()];
        const [one = "", two = ""] = ports.map((port) => `http://127.0.0.1:${port}`);
        const okta = await startEmulator({ idSeed: "portals", seed: seedOfBoth(one, two) });
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-portals-"));
        const portals = await Promise.all(
            ports.map(async (port) => {
                const folder = join(directory, String(port));
                await mkdir(folder);
                await writeFile(join(folder, "portal.yaml"), JSON.stringify({ portal: portalAt(port, okta.url) }));
                const env = { PORTAL_SECRET: SECRET, SESSION_SECRET, DATABASE_URL: database };
                return start([BIN, "portal", "--config", join(folder, "portal.yaml")], { env, directory: folder });
            }),
        );
        try {
            for (const url of [one, two]) await listening(url);
            const [ana, lea, leo] = [openTestBrowser(HOME), openTestBrowser(HOME), openTestBrowser(HOME)];
            await ana.signIn(one, ANA);
            await lea.signIn(one, LEA);
            await leo.signIn(two, LEO);

            await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
            share(ana, one, two);
            await ana.go(`${two}/`);
            assert.match(ana.page.text, /id="grant-g-/, "the grant of one portal is on the page of the other");

            const { id } = await call(ana, two, "/api/v1/grants", ASK);
            const approve = { decision: "approve" };
            const path = `/api/v1/requests/${id}`;
            await lea.go(`${one}/`);
            const answers = await Promise.all([call(lea, one, path, approve), call(leo, two, path, approve)]);
            assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
            await ana.go(`${one}/`);
            assert.equal(ana.page.text.match(/id="grant-g-/g)?.length, 2);

            await ana.submit("/logout", { _csrf: ana.csrf() });
            assert.equal((await ana.ask(`${two}/api/v1/me`)).status, 401, "the session is over at both");
        } finally {
            for (const portal of portals) await portal[Symbol.asyncDispose]();
            await okta.close();
            await rm(directory, { recursive: true });
        }
    });
});

const HOME = "203.0.113.7";

function portalAt(port: number, issuer: string) {
    return {
        url: `http://127.0.0.1:${port}`,
        listen: `127.0.0.1:${port}`,
        trustedProxies: ["127.0.0.1"],
        login: { issuer, clientId: "0oaPortal", clientSecret: "env:PORTAL_SECRET" },
        session: { secret: "env:SESSION_SECRET" },
        store: { type: "postgres", url: "env:DATABASE_URL" },
        accesses: ACCESSES.map(({ breakGlass: _, ...access }) => access),
        admins: { groups: ["Security"] },
    };
}

/** Both are the same client of the provider. */
function seedOfBoth(one: string, two: string) {
    const seed = seedFor(one);
    const [app] = seed.apps ?? [];
    const settings = documentOf(documentOf(app).settings);
    const redirects = { redirect_uris: [`${one}/callback`, `${two}/callback`] };
    const oauthClient = { ...documentOf(settings.oauthClient), ...redirects };
    const apps = [{ label: "Zonekeeper portal", ...documentOf(app), settings: { ...settings, oauthClient } }];
    return { ...seed, apps };
}

/** As behind one load balancer, where both have one name. */
function share({ cookies }: TestBrowser, from: string, to: string): void {
    cookies.set(new URL(to).host, new Map(cookies.get(new URL(from).host)));
}

async function listening(url: string): Promise<void> {
    for (let times = 0; times < 600; times += 1) {
        const isThere = await fetch(`${url}/healthz`).then(
            () => true,
            () => false,
        );
        if (isThere) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(`${url} does not listen`);
}

async function call(browser: TestBrowser, url: string, path: string, body: object) {
    const answer = await browser.ask(`${url}${path}`, {
        method: "POST",
        headers: {
            accept: "application/json",
            "content-type": "application/json",
            origin: url,
            "x-csrf-token": browser.csrf(),
        },
        body: JSON.stringify(body),
    });
    return { status: answer.status, id: String(JSON.parse(answer.text).id) };
}
