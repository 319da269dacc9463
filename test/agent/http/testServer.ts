import { strict as assert } from "node:assert";
import { get, type IncomingMessage, request } from "node:http";
import type { Denying } from "../../../src/agent/denials/denying";
import type { AgentEvent } from "../../../src/agent/events/events";
import { startServer } from "../../../src/agent/http/server";
import type { ServerOptions, WebhookReceiver } from "../../../src/agent/http/types";
import { openMetrics } from "../../../src/agent/status/metrics";
import type { Denial } from "../../../src/core/membership/denials";
import { agentView } from "../../support/agentView";
import { type FakeClock, fakeClock } from "../../support/fakeClock";
import { NOW } from "../../support/grants";

export const TOKEN = "a-token-of-the-agent";

/** A server on a free port, for an agent that the test provides. */
export interface TestServer extends AsyncDisposable {
    readonly url: string;
    readonly clock: FakeClock;
    /** Unexpected errors. */
    readonly reports: unknown[];
    /** The confirmations that were sent. */
    readonly confirmed: { readonly held: readonly string[]; readonly by: string; readonly reason?: string }[];
    /** What is denied now. */
    readonly denials: Denial[];
    happen(event: AgentEvent): void;
    ask(path: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Buffer;
    /** An address of this machine to come from. @default 127.0.0.1 */
    readonly from?: string;
}

export interface Answer {
    readonly status: number;
    readonly headers: IncomingMessage["headers"];
    readonly text: string;
}

export async function openTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
    const clock = fakeClock(NOW);
    const listeners = new Set<(event: AgentEvent) => void>();
    const [reports, confirmed]: [unknown[], TestServer["confirmed"]] = [[], []];
    const view = options.view ?? (() => agentView());
    const denials: Denial[] = [];
    const server = await startServer({
        listen: { host: "127.0.0.1", port: 0 },
        version: "0.1.0",
        clock,
        metrics: openMetrics({ version: "0.1.0", view, withProcess: false }),
        view,
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
        recentLedger: async () => [],
        async confirm(held, by, reason) {
            confirmed.push({ held, by, ...(reason !== undefined && { reason }) });
            return { confirmed: held };
        },
        denials: memoryDenials(denials, clock),
        token: () => undefined,
        report: (error) => reports.push(error),
        ...options,
    });
    return {
        url: server.url,
        clock,
        reports,
        confirmed,
        denials,
        happen(event) {
            for (const listener of listeners) listener(event);
        },
        ask: (path, asked) => ask(server.url, path, asked),
        [Symbol.asyncDispose]: () => server.close(),
    };
}

/** Accepts every signature. */
export function anyWebhook(accept: WebhookReceiver["accept"]): WebhookReceiver {
    return { screen: () => undefined, authenticate: async () => undefined, accept };
}

function memoryDenials(denials: Denial[], clock: FakeClock): Denying {
    return {
        isShared: false,
        list: () => denials,
        async add(given) {
            const denial = { id: `d-${denials.length + 1}`, ...given, atMs: clock.now() };
            denials.push(denial);
            return { denial, isNew: true };
        },
        async lift(id) {
            const index = denials.findIndex((each) => each.id === id);
            const [denial] = index < 0 ? [] : denials.splice(index, 1);
            return denial === undefined ? { problem: "unknown" } : { denial };
        },
    };
}

/** Node's own client: unlike fetch it sends any Host and any path. */
async function ask(
    url: string,
    path: string,
    { method = "GET", headers = {}, body, from = "127.0.0.1" }: AskOptions = {},
): Promise<Answer> {
    const { port } = new URL(url);
    const to = { host: "127.0.0.1", port, localAddress: from };
    return new Promise((resolve, reject) => {
        const asked = request({ ...to, path, method, headers, agent: false }, (answer) => {
            const pieces: Buffer[] = [];
            answer.on("data", (piece) => pieces.push(piece));
            answer.on("error", reject);
            answer.on("end", () =>
                resolve(
                    withItsCode({
                        status: answer.statusCode ?? 0,
                        headers: answer.headers,
                        text: Buffer.concat(pieces).toString("utf8"),
                    }),
                ),
            );
        });
        asked.on("error", reject);
        asked.end(body);
    });
}

/** Asserts that an answer with an error has a stable code. */
function withItsCode(answer: Answer): Answer {
    if (answer.status < 400 || answer.text === "") return answer;
    const code = /json/.test(answer.headers["content-type"] ?? "")
        ? (JSON.parse(answer.text).code ?? ("isReady" in JSON.parse(answer.text) ? "ZK000" : undefined))
        : /\[(ZK\d{3})\]/.exec(answer.text)?.[1];
    assert.match(String(code), /^ZK\d{3}$/, answer.text);
    return answer;
}

/** Listens to the events of a server. */
export async function listen(url: string): Promise<{
    readonly status: number;
    readonly headers: IncomingMessage["headers"];
    next(): Promise<string>;
    close(): void;
}> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        get(`${url}/events`, { agent: false }, resolve).on("error", reject);
    });
    const pieces = answer[Symbol.asyncIterator]();
    return {
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        next: async () => String((await pieces.next()).value ?? "the end"),
        close: () => answer.destroy(),
    };
}

/** The sentence of a refusal. */
export function errorIn(text: string): string {
    return JSON.parse(text).error;
}
