import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { systemClock } from "../../clock";
import { fail } from "../../core/errors/errors";
import { isLoopbackUrl } from "../../core/portal/settings/urls";
import { writeDurably } from "../../durable";
import type { Terminal } from "../terminal/terminal";
import { type Answered, askSurely, noAnswer, tryOnce } from "./askSurely";

/** A portal, as the commands talk to it. */
export interface PortalClient {
    readonly url: string;
    /** @param surely What it does, such as `the access is granted`: it is sent again, with one idempotency key, where its answer is lost. */
    call(method: string, path: string, body?: object, surely?: string): Promise<Answered>;
}

const TIMEOUT_MS = 30_000;

/** What `zonekeeper login` keeps. */
interface Kept {
    readonly portal: string;
    readonly token: string;
}

/** Where the token is kept, for this user alone. */
function keptFile({ env }: Pick<Terminal, "env">): string {
    const home = env.XDG_CONFIG_HOME ?? (env.HOME === undefined ? undefined : join(env.HOME, ".config"));
    if (home === undefined)
        return fail("bad-input", "neither HOME nor XDG_CONFIG_HOME is set: there is no place for the token");
    return join(home, "zonekeeper", "portal.json");
}

export async function keepToken(terminal: Pick<Terminal, "env">, kept: Kept): Promise<void> {
    const path = keptFile(terminal);
    await writeDurably(path, `${JSON.stringify(kept)}\n`);
}

/**
 * The portal and a token for it: in GitHub Actions and GitLab CI the job's own, else what `zonekeeper login` has kept.
 *
 * @param portal As `--portal` says it; else ZONEKEEPER_PORTAL, or what was kept.
 * @throws `bad-input`
 */
export async function openPortalClient(
    portal: string | undefined,
    terminal: Terminal,
    fetch: typeof globalThis.fetch,
): Promise<PortalClient> {
    const named = portal ?? terminal.env.ZONEKEEPER_PORTAL;
    const { url, token } = await tokenSource(named, terminal, fetch);
    return {
        url,
        async call(method, path, body, surely) {
            const key = randomUUID();
            const initOf = async (): Promise<RequestInit> => ({
                ...guards(),
                method,
                headers: {
                    accept: "application/json",
                    authorization: `Bearer ${await token()}`,
                    ...(body !== undefined && { "content-type": "application/json" }),
                    ...(surely !== undefined && { "idempotency-key": key }),
                },
                ...(body !== undefined && { body: JSON.stringify(body) }),
            });
            const at = `${url}${path}`;
            const sleep = (ms: number) => systemClock.sleep(ms, new AbortController().signal);
            const answer =
                surely === undefined
                    ? await ask(fetch, at, await initOf())
                    : await askSurely(async () => tryOnce(fetch, at, await initOf()), sleep, url, surely);
            if (answer.status < 400) return answer;
            const { detail, code } = answer.body;
            return fail(
                answer.status >= 500 || answer.status === 429 ? "portal-unavailable" : "bad-input",
                `the portal refuses it${code ? ` (${code})` : ""}: ${detail ?? `status ${answer.status}`}`,
            );
        },
    };
}

interface TokenSource {
    readonly url: string;
    /** A token that is good now: those of jobs live for minutes, and a command may take longer. */
    readonly token: () => Promise<string>;
}

async function tokenSource(
    named: string | undefined,
    terminal: Terminal,
    fetch: typeof globalThis.fetch,
): Promise<TokenSource> {
    if (named !== undefined) {
        const url = requirePortalUrl(named);
        const first = await jobToken(url, terminal, fetch);
        let next: string | undefined = first;
        const token = async () => {
            const found = next ?? (await jobToken(url, terminal, fetch)) ?? "";
            next = undefined;
            return found;
        };
        if (first !== undefined) return { url, token };
    }
    const { portal, token } = await keptToken(terminal, named);
    return { url: portal, token: async () => token };
}

async function keptToken(terminal: Terminal, portal: string | undefined): Promise<Kept> {
    const text = await readFile(keptFile(terminal), "utf8").catch(() => "");
    let kept: Partial<Kept> = {};
    try {
        kept = JSON.parse(text) as Partial<Kept>;
    } catch {
        // Told below.
    }
    const { portal: url, token } = kept;
    const isOther = portal !== undefined && (url === undefined || new URL(requirePortalUrl(portal)).origin !== url);
    if (typeof url !== "string" || typeof token !== "string" || isOther) {
        return fail("bad-input", notSignedIn(terminal.env, portal));
    }
    return { portal: url, token };
}

/** What to do where there is no token: in a job nobody can sign in, and the job's own token is not there. */
function notSignedIn(env: Terminal["env"], portal: string | undefined): string {
    if (env.GITHUB_ACTIONS === "true" || env.GITLAB_CI === "true") {
        if (portal === undefined) return "there is no portal: set ZONEKEEPER_PORTAL, or give --portal URL";
        return env.GITLAB_CI === "true"
            ? `the job has no token: give it id_tokens: { ZONEKEEPER_ID_TOKEN: { aud: ${portal} } }`
            : "the job has no token: give it permissions: { id-token: write }";
    }
    return "you have not signed in: run zonekeeper login --portal URL first";
}

/** The OIDC token of the job itself, for the portal as its audience; undefined outside of CI. */
async function jobToken(url: string, { env }: Terminal, fetch: typeof globalThis.fetch): Promise<string | undefined> {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env;
    // A variable that a job's template leaves empty is as if it were not there.
    if (address !== undefined && address !== "" && bearer !== undefined && bearer !== "") {
        const request = new URL(address);
        request.searchParams.set("audience", url);
        const { status, body } = await ask(fetch, request.href, { headers: { authorization: `Bearer ${bearer}` } });
        if (typeof body.value === "string") return body.value;
        return fail(
            "bad-input",
            `GitHub gives the job no token (status ${status}): does it have permissions: id-token: write?`,
        );
    }
    // GitLab CI: `id_tokens: { ZONEKEEPER_ID_TOKEN: { aud: https://access.example.com } }`.
    return env.ZONEKEEPER_ID_TOKEN === "" ? undefined : env.ZONEKEEPER_ID_TOKEN;
}

export function requirePortalUrl(text: string): string {
    const isUrl = URL.canParse(text) && /^https?:/.test(text);
    if (!isUrl) return fail("bad-input", "give the portal's address, such as --portal https://access.example.com");
    const url = new URL(text);
    if (url.protocol === "http:" && !isLoopbackUrl(text)) {
        return fail("bad-input", "the portal's address begins with http://: a token may only go over https://");
    }
    return url.origin;
}

/** A request of the portal; its answer is JSON or nothing. @throws `portal-unavailable` where there is none */
export async function ask(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Answered> {
    const tried = await tryOnce(fetch, url, { ...guards(), ...init });
    return "answer" in tried ? tried.answer : noAnswer(new URL(url).origin, tried.why, tried.cause);
}

function guards(): RequestInit {
    return { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) };
}
