import { type Emulator, startEmulator } from "../emulator/emulator";
import { createAgent } from "../src/agent/agent";
import type { AgentEvent } from "../src/agent/events/events";
import { openBudget } from "../src/agent/requestBudget";
import { type Clock, systemClock } from "../src/clock";
import type { Grant } from "../src/core/grants/grants";
import type { MemoryStore } from "../src/core/membership/memory";
import { parseRules } from "../src/core/membership/rules";
import { SENTINEL } from "../src/core/zones/zone";
import { type OktaHttp, oktaHttp } from "../src/okta/http";
import { httpZones } from "../src/okta/zones/httpZones";
import type { GrantSource } from "../src/sources/source";

/** An agent at work on one zone of an emulated Okta. */
export interface AgentStage extends AsyncDisposable {
    readonly emulator: Emulator;
    /** What the source says from now on; the agent hears of it at once. */
    change(grants: readonly Grant[]): void;
    /** The next event of this type. */
    next(type: AgentEvent["type"]): Promise<void>;
    /** The next 200 of Okta to a write. */
    nextWrite(): Promise<void>;
}

export interface AgentStageOptions {
    readonly grants: readonly Grant[];
    /** What a round trip takes besides what it really takes, in milliseconds. */
    readonly roundTripMs: number;
    /** Keeps what the agent tells, as the ledger does. */
    readonly record: (event: AgentEvent) => Promise<void>;
    /** What the agent remembers by. @default nothing */
    readonly memories?: MemoryStore;
    /** The org's requests a minute. */
    readonly rateLimit: number;
}

/** The zone of the bench. */
export const BENCH_ZONE = "nzoBench000000000000";

const LOGIN = "any-token-will-do";

export async function openAgentStage(options: AgentStageOptions): Promise<AgentStage> {
    const gateways = [{ type: "CIDR" as const, value: SENTINEL }];
    const emulator = await startEmulator({
        rateLimit: options.rateLimit,
        seed: { zones: [{ id: BENCH_ZONE, name: "Bench", gateways }] },
    });
    let grants = options.grants;
    let wake = () => {};
    const waiting: { readonly type: AgentEvent["type"]; readonly resolve: () => void }[] = [];
    const source: GrantSource = {
        name: "the bench",
        read: async () => ({ grants, unusable: [] }),
        watch(ring, signal) {
            wake = ring;
            return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        },
    };
    const record = async (event: AgentEvent) => {
        await options.record(event);
        const due = waiting.filter(({ type }) => type === event.type);
        for (const each of due) {
            waiting.splice(waiting.indexOf(each), 1);
            each.resolve();
        }
    };
    const writes = tellingWrites(delayed(options.roundTripMs));
    const { memories = NO_MEMORIES } = options;
    const agent = agentOver({ orgUrl: emulator.url, fetch: writes.fetch, source, record, memories });
    const next = (type: AgentEvent["type"]) => new Promise<void>((resolve) => waiting.push({ type, resolve }));
    const stop = new AbortController();
    const begun = next("zone.verified");
    const ended = agent.run(stop.signal);
    await Promise.race([begun, ended]);
    return {
        emulator,
        next,
        nextWrite: writes.next,
        change(now) {
            grants = now;
            wake();
        },
        async [Symbol.asyncDispose]() {
            stop.abort();
            await ended;
            await emulator.close();
        },
    };
}

export interface AgentOverOptions {
    readonly orgUrl: string;
    readonly fetch: typeof globalThis.fetch;
    readonly source: GrantSource;
    readonly record: (event: AgentEvent) => Promise<void>;
    readonly clock?: Clock;
    /** @default nothing is kept */
    readonly memories?: MemoryStore;
}

export const NO_MEMORIES: MemoryStore = { read: async () => undefined, write: async () => undefined };

/** The agent as it runs, without the lock. */
export function agentOver(options: AgentOverOptions) {
    const { orgUrl, fetch, source, record, clock = systemClock, memories = NO_MEMORIES } = options;
    let http: OktaHttp | undefined;
    const rateLimit = () => http?.rateLimit;
    const budget = openBudget({ fetch, clock, sharePercent: 25, rateLimit });
    const connection = { orgUrl, credential: { kind: "api-token", apiToken: LOGIN } } as const;
    http = oktaHttp({ connection, ...clock, fetch: budget.fetch, maxThrottleWaitMs: 0 });
    let writes = 0;
    return createAgent({
        settings: {
            zones: [BENCH_ZONE],
            rules: parseRules({}),
            firstContact: "hold",
            drift: "heal",
            onRevoke: "keep-sessions",
            maxStaleMs: undefined,
            pollMs: 30_000,
        },
        source,
        sourceType: "bench",
        zones: httpZones(http),
        budget,
        rateLimit,
        leadership: {
            name: "nothing",
            lead: async () => ({ lost: new AbortController().signal, end: async () => {} }),
            close: async () => {},
        },
        memories,
        record,
        unsettled: async () => new Map(),
        clock,
        newId: () => `w${++writes}`,
    });
}

/** Tells of each 200 to a write. */
export function tellingWrites(over: typeof globalThis.fetch) {
    let waiting: (() => void)[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
        const answer = await over(input, init);
        if (init?.method === "PUT" && answer.status === 200) {
            for (const resolve of waiting.splice(0)) resolve();
        }
        return answer;
    };
    return {
        fetch,
        next() {
            return new Promise<void>((resolve) => {
                waiting = [...waiting, resolve];
            });
        },
    };
}

/** A network that takes half of this time on the way there and half on the way back. */
export function delayed(roundTripMs: number): typeof globalThis.fetch {
    if (roundTripMs === 0) return fetch;
    const wait = () => new Promise((resolve) => setTimeout(resolve, roundTripMs / 2));
    return async (input, init) => {
        await wait();
        const answer = await fetch(input, init);
        await wait();
        return answer;
    };
}

export function zonesOver(orgUrl: string, roundTripMs: number) {
    const connection = { orgUrl, credential: { kind: "api-token", apiToken: LOGIN } } as const;
    return httpZones(oktaHttp({ connection, ...systemClock, fetch: delayed(roundTripMs) }));
}
