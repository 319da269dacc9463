import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import type { Seed } from "../../emulator/seed";
import { systemClock } from "../../src/clock";
import { runPortal } from "../../src/portal/main";
import { fileLog } from "../../src/sources/portal/fileLog";
import { openPortalStore, type PortalStore } from "../../src/sources/portal/portalStore";
import { freePort } from "../support/freePort";
import { openTestBrowser, type TestBrowser } from "./browser";

/** A portal, an emulated Okta as its OpenID provider, and people. */
export interface PortalScene extends AsyncDisposable {
    readonly url: string;
    readonly okta: Emulator;
    readonly directory: string;
    /** The portal's store, as another process has it. */
    readonly store: PortalStore;
    readonly log: readonly string[];
    /** Lets time pass. */
    pass(ms: number): void;
    /** Sets the clock of the portal's host ahead, while no time passes. */
    setAhead(ms: number): void;
    now(): number;
    browser(address?: string): TestBrowser;
    /** One that connects without a proxy. */
    direct(): TestBrowser;
    /** Somebody who has signed in. */
    person(login: string, address?: string): Promise<TestBrowser>;
    /** A call of the API with the cookie of a browser. */
    api(
        browser: TestBrowser,
        method: string,
        path: string,
        body?: object,
        headers?: Record<string, string>,
    ): Promise<ApiAnswer>;
    /** Has the portal read its configuration again, with other settings; resolves when the log has a line of it. */
    reload(settings: object | string): Promise<void>;
    stop(): Promise<void>;
}

export interface ApiAnswer {
    readonly status: number;
    // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
    readonly body: any;
    readonly headers: Headers;
}

export const [ANA, LEA, LEO, ADAM] = ["ana@example.com", "lea@example.com", "leo@example.com", "adam@example.com"];

export const SECRET = "a-client-secret-of-the-portal";
export const SESSION_SECRET = "a-session-secret-of-at-least-32-characters";

export const ACCESSES = [
    {
        name: "payroll",
        title: "Payroll",
        eligible: { groups: ["Staff"] },
        duration: { default: "4h", max: "8h" },
    },
    {
        name: "production",
        title: "Production",
        eligible: { groups: ["Staff"] },
        duration: { default: "1h", max: "2h" },
        reason: "required",
        ticket: "^(INC|CHG)-\\d+$",
        approval: { approvers: { groups: ["Leads"] } },
        breakGlass: { eligible: { groups: ["SRE"] }, duration: "30m" },
    },
    {
        name: "secret-project",
        title: "Secret project",
        eligible: { groups: ["Inner circle"] },
        duration: { default: "1h", max: "2h" },
    },
];

/** A request that waits for an approval. */
export const ASK = { access: "production", reason: "the import fails", ticket: "INC-4711" };

export interface SceneOptions {
    /** Changes the usual configuration. */
    readonly config?: object;
    /** The same, of the port on which the portal listens. */
    readonly configOf?: (port: number) => object;
    readonly seed?: Seed;
    /** The same, of the portal's address. */
    readonly seedOf?: (url: string) => Seed;
    readonly env?: Readonly<Record<string, string>>;
    readonly fetch?: typeof globalThis.fetch;
    /** Whether the portal may read the emulator's System Log. @default false */
    readonly withLog?: boolean;
    readonly requestTimeoutMs?: number;
}

export async function openPortalScene({
    config: given = {},
    configOf = () => ({}),
    seed = {},
    seedOf = () => ({}),
    env = {},
    fetch: outgoing = fetch,
    withLog = false,
    requestTimeoutMs = 10_000,
}: SceneOptions = {}) {
    const port = await freePort();
    const config = { ...given, ...configOf(port) };
    const url = `http://127.0.0.1:${port}`;
    let [passedMs, aheadMs] = [0, 0];
    const now = () => Date.now() + passedMs + aheadMs;
    const okta = await startEmulator({ idSeed: "portal", now, seed: { ...seedFor(url), ...seedOf(url), ...seed } });
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-portal-"));
    const portal = {
        url,
        listen: `127.0.0.1:${port}`,
        trustedProxies: ["127.0.0.1"],
        session: { secret: "env:SESSION_SECRET" },
        store: { type: "file", path: "portal.jsonl" },
        accesses: ACCESSES,
        admins: { groups: ["Security"] },
        notify: [{ type: "webhook", url: "http://127.0.0.1:9/", secret: "env:HOOK_SECRET" }],
        ...(withLog && { okta: { url: okta.url, accessToken: "env:LOG_TOKEN" } }),
        ...config,
        login: {
            issuer: okta.url,
            clientId: "0oaPortal",
            clientSecret: "env:PORTAL_SECRET",
            ...(config as { readonly login?: object }).login,
        },
    };
    await writeFile(join(directory, "portal.yaml"), JSON.stringify({ portal }));
    const stop = new AbortController();
    const log: string[] = [];
    let [listening, reload] = [() => {}, () => {}];
    const opened = new Promise<void>((resolve) => {
        listening = resolve;
    });
    const running = runPortal({
        config: "portal.yaml",
        directory,
        env: {
            PORTAL_SECRET: SECRET,
            SESSION_SECRET,
            HOOK_SECRET: "whsec_C2FtcGxlLXNlY3JldC1vZi1lbm91Z2gtYnl0ZXM=",
            ...env,
        },
        // Messages are looked for every two seconds; a test does not wait for them.
        clock: {
            ...systemClock,
            now,
            elapsedMs: () => systemClock.elapsedMs() + passedMs,
            sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 100), signal),
        },
        fetch: outgoing,
        nonce: randomUUID,
        version: "0.0.0",
        write: (line) => void log.push(line),
        format: "text",
        stop: stop.signal,
        onReload: (again) => {
            reload = again;
        },
        onListening: () => listening(),
        requestTimeoutMs,
    });
    await Promise.race([opened, running]);
    const store = openPortalStore(fileLog({ path: join(directory, "portal.jsonl"), sleep: systemClock.sleep }), now);
    const end = async () => {
        stop.abort("the test is over");
        await running;
    };
    const scene: PortalScene = {
        url,
        okta,
        directory,
        store,
        log,
        pass: (ms) => {
            passedMs += ms;
        },
        setAhead: (ms) => {
            aheadMs += ms;
        },
        now,
        browser: (address = "203.0.113.7") => openTestBrowser(address),
        direct: () => openTestBrowser(undefined),
        async person(login, address = "203.0.113.7") {
            const browser = openTestBrowser(address);
            await browser.signIn(url, login);
            return browser;
        },
        async api(browser, method, path, body, headers = {}) {
            if (browser.csrf() === "") await browser.go(`${url}/`);
            const answer = await browser.ask(`${url}${path}`, {
                method,
                headers: {
                    accept: "application/json",
                    ...(method !== "GET" && { origin: url, "x-csrf-token": browser.csrf() }),
                    ...(body !== undefined && { "content-type": "application/json" }),
                    ...headers,
                },
                ...(body !== undefined && { body: JSON.stringify(body) }),
            });
            const isJson = (answer.headers.get("content-type") ?? "").includes("json");
            return {
                status: answer.status,
                body: isJson ? JSON.parse(answer.text) : answer.text,
                headers: answer.headers,
            };
        },
        async reload(settings) {
            const text =
                typeof settings === "string" ? settings : JSON.stringify({ portal: { ...portal, ...settings } });
            await writeFile(join(directory, "portal.yaml"), text);
            const before = log.length;
            reload();
            const isTold = () => log.slice(before).some((line) => /listening on|stays in force/.test(line));
            while (!isTold()) await new Promise((resolve) => setTimeout(resolve, 5));
        },
        stop: end,
        async [Symbol.asyncDispose]() {
            await end();
            await okta.close();
            await rm(directory, { recursive: true });
        },
    };
    return scene;
}

/** The seed of an org whose OIDC app is the portal at an address. */
export function seedFor(url: string): Seed {
    return {
        zones: [{ id: "nzo1", name: "Staff" }],
        users: [
            { id: "00uAdam", login: ADAM, profile: { firstName: "Adam", lastName: "Admin" } },
            { id: "00uAna", login: ANA, profile: { firstName: "Ana", lastName: "Anders" } },
            { id: "00uLea", login: LEA, profile: { firstName: "Lea", lastName: "Lead" } },
            { id: "00uLeo", login: LEO, profile: { firstName: "Leo", lastName: "Lead" } },
        ],
        groups: [
            { id: "00gStaff", name: "Staff", members: [ANA, LEA] },
            { name: "Leads", members: [LEA, LEO] },
            { name: "SRE", members: [ANA] },
            { name: "Security", members: [ADAM] },
        ],
        apps: [
            {
                id: "0oaPortal",
                label: "Zonekeeper portal",
                signOnMode: "OPENID_CONNECT",
                credentials: { oauthClient: { client_id: "0oaPortal", client_secret: SECRET } },
                settings: {
                    oauthClient: {
                        redirect_uris: [`${url}/callback`],
                        post_logout_redirect_uris: [`${url}/`],
                        backchannel_logout_uri: `${url}/backchannel-logout`,
                    },
                },
            },
        ],
    };
}
