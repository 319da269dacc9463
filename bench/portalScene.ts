import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { startEmulator } from "../emulator/emulator";
import { systemClock } from "../src/clock";
import type { Change } from "../src/core/portal/state";
import { identityKey, type PortalGrant } from "../src/core/portal/types";
import { openSeal } from "../src/portal/seal";
import { hashOf } from "../src/portal/sessions";
import { fileLog } from "../src/sources/portal/fileLog";
import { openPortalStore } from "../src/sources/portal/portalStore";

const ZONE = "nzoBench";
const SECRET = "a-session-secret-of-at-least-32-characters";

type Shown = Readonly<Record<string, unknown>>;

/** Somebody who has signed in. */
export interface Visitor {
    /** Clicks, and gives the id of the grant. */
    grant(): Promise<string>;
    revoke(id: string): Promise<void>;
    page(): Promise<string>;
    /** Bytes of the page with its style and its script, uncompressed. */
    size(): Promise<number>;
    /** Opens so many streams of events; gives back how to close them. */
    listen(count: number): Promise<() => void>;
}

export interface PortalBenchScene extends AsyncDisposable {
    visitor(index: number): Visitor;
    /** Resolves with the next write of the zone. */
    nextWrite(): Promise<void>;
    /** Writes the zone as it is, without an agent. */
    put(): Promise<void>;
    residentMb(): number;
}

export interface PortalBenchOptions {
    /** `agent`: agent and portal in one process; `portal`: the portal alone. */
    readonly serve: "agent" | "portal";
    /** How many have signed in; the last one is an admin. */
    readonly visitors: number;
    /** People who have a grant already. */
    readonly crowd: number;
    /** The command that is run. */
    readonly bin: string;
    /** What the emulated org allows in a minute, as in `startEmulator`. @default that of the emulator */
    readonly rateLimit?: number;
}

/** A portal as a process of its own, over an emulated Okta in this one, with people who are signed in. */
export async function startPortalScene(directory: string, options: PortalBenchOptions): Promise<PortalBenchScene> {
    mkdirSync(directory);
    const gateways = [{ type: "CIDR" as const, value: "192.0.2.0/32" }];
    const { rateLimit } = options;
    const okta = await startEmulator({
        seed: { zones: [{ id: ZONE, name: "Bench", gateways }] },
        ...(rateLimit !== undefined && { rateLimit }),
    });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const path = join(directory, "portal.jsonl");
    const store = openPortalStore(fileLog({ path, sleep: systemClock.sleep }), Date.now);
    await store.transact(() => ({ changes: rowsOf(okta.url, options), result: undefined }));
    await store.close();
    writeFileSync(join(directory, "portal.yaml"), JSON.stringify(configOf(url, port, okta.url)));
    const child = spawn(process.execPath, [options.bin, options.serve, "--config", "portal.yaml"], {
        cwd: directory,
        env: { PATH: process.env.PATH, OKTA_API_TOKEN: "any", SECRET },
        stdio: ["ignore", "pipe", "inherit"],
    });
    const isReady = options.serve === "agent" ? /this agent leads now/ : /listening on/;
    await new Promise<void>((done, failed) => {
        child.stdout.on("data", (data) => isReady.test(String(data)) && done());
        child.once("exit", () => failed(new Error("the portal ended before it was ready")));
    });
    await answered(`${url}/healthz`);
    const writes = () => okta.requests.filter(({ method, path }) => method === "PUT" && path.includes(ZONE)).length;
    const zone = `${okta.url}/api/v1/zones/${ZONE}`;
    const auth = { authorization: "SSWS any", "content-type": "application/json" };
    return {
        visitor: (index) => visitorAt(url, index),
        async nextWrite() {
            const before = writes();
            await until(() => writes() > before, "no write of the zone");
        },
        async put() {
            const {
                name,
                type,
                gateways: held,
                proxies,
            } = (await (await fetch(zone, { headers: auth })).json()) as Shown;
            const body = JSON.stringify({ name, type, gateways: held, proxies });
            await (await fetch(zone, { method: "PUT", headers: auth, body })).arrayBuffer();
        },
        residentMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
        async [Symbol.asyncDispose]() {
            child.kill("SIGTERM");
            await once(child, "exit");
            await okta.close();
        },
    };
}

function visitorAt(url: string, index: number): Visitor {
    const cookie = `visitor-${index}`;
    const csrf = openSeal(SECRET, Date.now).mark("csrf", hashOf(cookie));
    const headers = { cookie: `zonekeeper=${cookie}`, "x-forwarded-for": addressAt(index) };
    const changing = { ...headers, origin: url, "x-csrf-token": csrf, "content-type": "application/json" };
    return {
        async grant() {
            const body = JSON.stringify({ access: "payroll" });
            const answer = await fetch(`${url}/api/v1/grants`, { method: "POST", headers: changing, body });
            const { id, detail } = (await answer.json()) as { readonly id?: string; readonly detail?: string };
            if (id === undefined) throw new Error(`the portal refuses a grant: ${detail}`);
            return id;
        },
        async revoke(id) {
            const { "content-type": _, ...bare } = changing;
            await expectOk(await fetch(`${url}/api/v1/grants/${id}`, { method: "DELETE", headers: bare }));
        },
        async page() {
            const asked = { headers: { ...headers, accept: "text/html" } };
            return (await expectOk(await fetch(`${url}/`, asked))).text();
        },
        async size() {
            const page = await this.page();
            const assets = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
            const answers = await Promise.all(assets.map((path) => fetch(`${url}${path}`, { headers })));
            const sizes = await Promise.all(answers.map(async (each) => (await expectOk(each)).arrayBuffer()));
            return sizes.reduce((sum, { byteLength }) => sum + byteLength, Buffer.byteLength(page));
        },
        async listen(count) {
            const requests = await Promise.all(
                Array.from({ length: count }, async () => {
                    const request = get(`${url}/api/v1/events`, { headers, agent: false });
                    const [answer] = await once(request, "response");
                    answer.resume();
                    answer.on("error", () => {});
                    request.on("error", () => {});
                    return request;
                }),
            );
            return () => {
                for (const request of requests) request.destroy();
            };
        },
    };
}

/** The store's lines: people with sessions, and a crowd of people with a grant each. */
function rowsOf(iss: string, { visitors, crowd }: PortalBenchOptions): Change[] {
    const nowMs = Date.now();
    const signedIn = Array.from({ length: visitors }, (_, index): Change[] => {
        const [user, address] = [`00uV${index}`, addressAt(index)];
        const groups = index === visitors - 1 ? ["Staff", "Security"] : ["Staff"];
        const person = { iss, sub: user, user, name: user, groups, address, checkedAtMs: nowMs };
        const times = { startedAtMs: nowMs, seenAtMs: nowMs, signedInAtMs: nowMs, checkedAtMs: nowMs };
        const session = { iss, sub: user, ...times, address, signInAddress: address };
        return [
            ["people", identityKey(person), person],
            ["sessions", hashOf(`visitor-${index}`), session],
        ];
    });
    const others = Array.from({ length: crowd }, (_, index): Change[] => {
        const user = `00uC${index}`;
        const grant: PortalGrant = {
            id: `g-${index}`,
            access: "payroll",
            holder: { iss, sub: user, user, name: user },
            addresses: [`198.51.${Math.floor(index / 250)}.${index % 250}`],
            createdAtMs: nowMs,
            startsAtMs: nowMs,
            expiresAtMs: nowMs + 8 * 3_600_000,
            labels: { access: "payroll" },
            requestId: `r-${index}`,
        };
        return [["grants", grant.id, grant]];
    });
    return [...signedIn, ...others].flat();
}

function addressAt(index: number): string {
    return `203.0.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

function configOf(url: string, port: number, okta: string) {
    return {
        okta: { url: okta, apiToken: "env:OKTA_API_TOKEN" },
        zones: [ZONE],
        source: { type: "portal" },
        listen: "127.0.0.1:0",
        limits: { maxTimeToLive: "24h" },
        portal: {
            url,
            listen: `127.0.0.1:${port}`,
            trustedProxies: ["127.0.0.1"],
            login: { issuer: okta, clientId: "0oaBench" },
            session: { secret: "env:SECRET", recheck: "1h" },
            store: { type: "file", path: "portal.jsonl" },
            admins: { groups: ["Security"] },
            accesses: [{ name: "payroll", eligible: { groups: ["Staff"] }, duration: { default: "4h", max: "8h" } }],
        },
    };
}

async function answered(url: string): Promise<void> {
    let isThere = false;
    await until(() => {
        fetch(url).then(
            ({ ok }) => {
                isThere ||= ok;
            },
            () => {},
        );
        return isThere;
    }, `no answer of ${url}`);
}

/** Looks every millisecond, for half a minute. */
async function until(isSo: () => boolean, otherwise: string): Promise<void> {
    const deadlineMs = performance.now() + 30_000;
    while (!isSo()) {
        if (performance.now() > deadlineMs) throw new Error(otherwise);
        await setTimeout(1);
    }
}

async function expectOk(answer: Response): Promise<Response> {
    if (answer.ok) return answer;
    throw new Error(`${answer.url} answers ${answer.status}: ${await answer.text()}`);
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { readonly port: number };
    await new Promise((done) => server.close(done));
    return port;
}
