import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { version } from "../../package.json";
import { runAgent } from "../../src/agent/main";
import { systemClock } from "../../src/clock";
import { runPortal } from "../../src/portal/main";

export interface PortalStartOptions {
    /** Where configuration, state and store are written. */
    readonly scratch: string;
    readonly stop: AbortSignal;
    readonly print: (text: string) => void;
    /** Hears that people can sign in. @default none */
    readonly onReady?: (started: { readonly url: string; readonly emulator: Emulator }) => void;
}

/** Who can sign in at the emulated Okta, without a password. */
const PEOPLE = [
    {
        login: "ana@example.com",
        firstName: "Ana",
        group: "Staff",
        does: "grants herself Payroll, and asks for Production",
    },
    { login: "lea@example.com", firstName: "Lea", group: "Leads", does: "approves requests for Production" },
    { login: "adam@example.com", firstName: "Adam", group: "Security", does: "sees and revokes every grant" },
] as const;

const ZONE = "nzoStaff000000000001";

/** Secrets of an org that exists on this machine only. */
const ENV = {
    OKTA_API_TOKEN: "any-token-will-do",
    PORTAL_CLIENT_SECRET: "a-client-secret-of-the-emulated-org",
    PORTAL_SESSION_SECRET: "a-session-secret-of-at-least-32-characters",
};

/** `npm start -- --portal`: an emulated Okta, an agent and a portal, until `stop` aborts. */
export async function startPortal({ scratch, stop, print, onReady = () => {} }: PortalStartOptions): Promise<void> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const emulator = await startEmulator({ seed: seedOf(url) });
    const common = { directory: scratch, env: ENV, clock: systemClock, fetch, nonce: randomUUID, version, stop };
    let agentUrl = "";
    const missing = new Set(["portal", "lead"]);
    const isThere = (what: string): void => {
        missing.delete(what);
        if (missing.size > 0) return;
        print(introduction(url, agentUrl, emulator.url));
        onReady({ url, emulator });
    };
    try {
        const write = (name: string, document: object) => writeFile(join(scratch, name), JSON.stringify(document));
        await write("portal.yaml", { portal: portalAt(url, port, emulator.url) });
        await write("agent.yaml", agentOf(emulator.url));
        const log = (who: string) => (line: string) => {
            print(`${who.padEnd(6)} ${line.trimEnd()}`);
            if (/this agent leads now/.test(line)) isThere("lead");
        };
        await Promise.all([
            runPortal({
                ...common,
                config: "portal.yaml",
                write: log("portal"),
                format: "text",
                onListening: () => isThere("portal"),
            }),
            runAgent({
                ...common,
                config: "agent.yaml",
                write: log("agent"),
                format: "text",
                onReload: () => {},
                onListening: (listening) => {
                    agentUrl = listening;
                },
            }),
        ]);
    } finally {
        await emulator.close();
    }
}

function introduction(url: string, agent: string, okta: string): string {
    const people = PEOPLE.map(({ login, does }) => `    ${login.padEnd(18)} ${does}`);
    return `
Open ${url} and sign in as one of these; the emulated Okta asks for no password:

${people.join("\n")}

The agent's page is ${agent}; the zone that it keeps is ${ZONE} at ${okta}.
You visit from this machine, so the address that is granted is 127.0.0.1. Ctrl-C ends all of it.
`;
}

function seedOf(url: string) {
    const oauthClient = { redirect_uris: [`${url}/callback`], post_logout_redirect_uris: [`${url}/`] };
    return {
        zones: [{ id: ZONE, name: "Staff" }],
        users: PEOPLE.map(({ login, firstName }) => ({ login, profile: { firstName, lastName: "Example" } })),
        groups: PEOPLE.map(({ group, login }) => ({ name: group, members: [login] })),
        apps: [
            {
                id: "0oaPortal",
                label: "Zonekeeper portal",
                signOnMode: "OPENID_CONNECT",
                credentials: { oauthClient: { client_id: "0oaPortal", client_secret: ENV.PORTAL_CLIENT_SECRET } },
                settings: { oauthClient },
            },
        ],
    };
}

const STORE = { type: "file", path: "portal.jsonl" };

function agentOf(okta: string) {
    return {
        okta: { url: okta },
        zones: [ZONE],
        source: { type: "portal", store: STORE },
        listen: "127.0.0.1:0",
        limits: { maxTimeToLive: "24h", allowUnroutable: true },
    };
}

function portalAt(url: string, port: number, okta: string) {
    const [staff, leads] = [{ groups: ["Staff"] }, { groups: ["Leads"] }];
    return {
        url,
        listen: `127.0.0.1:${port}`,
        login: { issuer: okta, clientId: "0oaPortal", clientSecret: "env:PORTAL_CLIENT_SECRET" },
        session: { secret: "env:PORTAL_SESSION_SECRET" },
        store: STORE,
        allowUnroutable: true,
        accesses: [
            { name: "payroll", title: "Payroll", eligible: staff, duration: { default: "4h", max: "8h" } },
            {
                name: "production",
                title: "Production",
                eligible: staff,
                duration: { default: "1h", max: "2h" },
                reason: "required",
                approval: { approvers: leads },
            },
        ],
        admins: { groups: ["Security"] },
    };
}

/** The portal has to say its own address before it listens. */
async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return typeof address === "object" && address !== null ? address.port : 0;
}
