import type { Emulator } from "../emulator/emulator";
import type { OktaFault } from "./history";
import type { Random } from "./random";
import type { WorldTime } from "./time";
import type { Asked, Trouble, ZoneDocument } from "./trace";

/** The way from the agents to Okta, and all that goes wrong on it. */
export interface Okta {
    /** What an agent's process takes for `fetch`. */
    fetchOf(process: Caller): typeof globalThis.fetch;
    /** The next requests meet this, or the next writes. */
    arm(fault: OktaFault, on: "any" | "PUT" | "DELETE", times: number): void;
    outage(fault: OktaFault, forMs: number): void;
    /** Others of the org make so many calls now. */
    neighbours(calls: number): void;
    /** Somebody else replaces fields of a zone. */
    foreign(zone: string, fields: Readonly<Record<string, unknown>>): void;
    remove(zone: string): void;
    readonly requests: readonly Asked[];
}

export interface Caller {
    readonly id: number;
    /** Rejects when the process dies. */
    readonly death: AbortSignal;
    /** Whether its requests ask for the time only: what a zone holds is not looked at then. */
    readonly isForTime: boolean;
    die(): void;
}

export interface OktaOptions {
    readonly emulator: Emulator;
    readonly time: WorldTime;
    readonly random: Random;
    readonly trouble: (what: string, fromMs: number, toMs: number) => Trouble;
}

/** How long a client waits for an answer, as src/okta/http.ts has it. */
export const TIMEOUT_MS = 10_000;

/** The longest that a request takes on a good day, there and back. */
export const ROUND_TRIP_MS = 200;

/** An answer and its body, which the world reads as well: to clone the answer would cost more than to make another. */
interface Answered {
    readonly answer: Response;
    readonly text: string;
}

const HEADERS = { authorization: "SSWS any-token-will-do", "content-type": "application/json" };

export function openOkta({ emulator, time, random, trouble }: OktaOptions): Okta {
    const requests: Asked[] = [];
    const armed: { readonly fault: OktaFault; readonly on: "any" | "PUT" | "DELETE" }[] = [];
    let down: { readonly fault: OktaFault; readonly untilMs: number } | undefined;
    let line: Promise<unknown> = Promise.resolve();
    const stale = new Map<string, { left: number; readonly trouble: Trouble }>();

    const zoneNow = (zone: string) => emulator.org.zones.get(zone) as ZoneDocument | undefined;

    /** One request after the other, so that a fault meets the one that it is for. */
    function inTurn<T>(work: () => Promise<T>): Promise<T> {
        const turn = line.then(() => time.instantly(work));
        line = turn.catch(() => {});
        return turn;
    }

    const stranger = (method: string, path: string) =>
        emulator.fetch(`${emulator.url}${path}`, { method, headers: HEADERS });

    function nextFault(method: string): OktaFault | undefined {
        if (down !== undefined && time.now() < down.untilMs) return down.fault;
        const index = armed.findIndex(({ on }) => on === "any" || on === method);
        return index < 0 ? undefined : armed.splice(index, 1)[0]?.fault;
    }

    function execute(asked: Asked, url: string, init: RequestInit): Promise<Answered> {
        return inTurn(async () => {
            const before = zoneNow(asked.zone);
            if (before !== undefined) asked.before = structuredClone(before);
            asked.executedAtMs = time.now();
            arrange(asked);
            const held = stale.get(asked.zone);
            if (asked.method === "GET" && held !== undefined && --held.left <= 0) {
                held.trouble.toMs = time.now();
                stale.delete(asked.zone);
            }
            const { signal: _, ...rest } = init;
            const answer = await emulator.fetch(url, rest);
            const text = await answer.text();
            return { answer: new Response(answer.status === 204 ? null : text, answer), text };
        });
    }

    /** What Okta itself does wrong to this request. */
    function arrange({ fault, method, zone }: Asked): void {
        const nowMs = time.now();
        if (fault === "throttled") {
            const resetInSeconds = random.between(1, 60);
            trouble("throttled", nowMs, nowMs + (resetInSeconds + 1) * 1000);
            emulator.inject({ do: { throttle: { resetInSeconds } } });
        }
        if (fault === "unavailable") emulator.inject({ do: { status: 503 } });
        if (fault === "html") emulator.inject({ do: { html: true } });
        if (fault === "stale" && zoneNow(zone) !== undefined) {
            const staleReads = random.between(1, 3);
            emulator.inject({ do: { staleReads } });
            const known = stale.get(zone)?.trouble ?? trouble("stale", nowMs, Infinity);
            stale.set(zone, { left: staleReads + (method === "GET" ? 1 : 0), trouble: known });
        }
    }

    async function carry(asked: Asked, url: string, init: RequestInit, caller: Caller): Promise<Answered> {
        const { fault } = asked;
        const there = fault === "slow" ? random.between(1500, 4500) : random.between(1, ROUND_TRIP_MS / 2);
        const back = fault === "slow" ? random.between(1500, 4500) : random.between(1, ROUND_TRIP_MS / 2);
        const lateMs = random.between(1, 15_000);
        if (fault === "crash before") caller.die();
        if (fault === "refused") return fail("ECONNREFUSED");
        if (fault === "silent" || fault === "crash before") return hang();
        if (fault === "late") {
            time.at(time.now() + TIMEOUT_MS + lateMs, () => void execute(asked, url, init).catch(() => {}));
            return hang();
        }
        await time.sleep(there);
        if (fault === "lost") return fail("ECONNRESET");
        const answer = await execute(asked, url, init);
        if (fault === "crash after") caller.die();
        await time.sleep(back);
        if (fault === "answer lost") return fail("ECONNRESET");
        return answer;
    }

    async function hang(): Promise<never> {
        await time.sleep(TIMEOUT_MS);
        return fail("UND_ERR_HEADERS_TIMEOUT");
    }

    return {
        requests,
        arm: (fault, on, times) => armed.push(...Array.from({ length: times }, () => ({ fault, on }))),
        outage(fault, forMs) {
            down = { fault, untilMs: time.now() + forMs };
            trouble(`outage: ${fault}`, time.now(), time.now() + forMs);
        },
        neighbours(calls) {
            trouble("neighbours", time.now(), time.now() + 61_000);
            void inTurn(async () => {
                for (let call = 0; call < calls; call++) await stranger("GET", "/api/v1/authorizationServers");
            });
        },
        foreign(zone, fields) {
            trouble("foreign write", time.now(), time.now());
            void inTurn(async () => {
                emulator.inject({ do: { foreignWrite: fields, zoneId: zone } });
                await stranger("GET", "/api/v1/authorizationServers");
            });
        },
        remove(zone) {
            trouble("deleted zone", time.now(), time.now());
            void inTurn(async () => {
                await stranger("POST", `/api/v1/zones/${zone}/lifecycle/deactivate`);
                await stranger("DELETE", `/api/v1/zones/${zone}`);
            });
        },
        fetchOf:
            (caller) =>
            async (input, init = {}) => {
                const url = String(input);
                const method = init.method ?? "GET";
                const zone = /\/zones\/([^/?]+)/.exec(url)?.[1] ?? "";
                const user = /\/users\/([^/?]+)/.exec(url)?.[1];
                const body = typeof init.body === "string" ? (JSON.parse(init.body) as ZoneDocument) : undefined;
                const asked: Asked = {
                    process: caller.id,
                    method,
                    zone,
                    user: user && decodeURIComponent(user),
                    sentAtMs: time.now(),
                    fault: nextFault(method),
                    body,
                    isForTime: caller.isForTime,
                };
                requests.push(asked);
                const open = asked.fault === undefined ? undefined : trouble(asked.fault, time.now(), Infinity);
                const carried = carry(asked, url, init, caller).finally(() => {
                    const isLate = asked.fault === "late" && asked.executedAtMs === undefined;
                    if (open !== undefined) open.toMs = time.now() + (isLate ? 15_000 : 0);
                });
                const { answer, text } = await unless(carried, [init.signal, caller.death]);
                asked.answeredAtMs = time.now();
                asked.status = answer.status;
                if (answer.status === 200) asked.shown = documentIn(text);
                return answer;
            },
    };
}

function documentIn(text: string): ZoneDocument {
    return text.startsWith("{") ? JSON.parse(text) : {};
}

function fail(code: string): never {
    throw Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(code), { code }) });
}

/** The work's result, unless one of the signals aborts first: the request stays on its way all the same. */
function unless<T>(work: Promise<T>, signals: readonly (AbortSignal | null | undefined)[]): Promise<T> {
    return new Promise((resolve, reject) => {
        const stop = () => reject(new DOMException("stopped", "AbortError"));
        for (const signal of signals) {
            if (signal?.aborted) stop();
            signal?.addEventListener("abort", stop, { once: true });
        }
        work.then(resolve, reject).finally(() => {
            for (const signal of signals) signal?.removeEventListener("abort", stop);
        });
    });
}
