import { type Agent, createAgent } from "../../src/agent/agent";
import type { AgentEvent } from "../../src/agent/events/events";
import { withStandby } from "../../src/agent/memory/agentMemory";
import { formatSpan } from "../../src/core/addresses/ip";
import { separateSpans } from "../../src/core/addresses/spans";
import type { Grant } from "../../src/core/grants/grants";
import type { Denial } from "../../src/core/membership/denials";
import type { MemoryStore, Remembered } from "../../src/core/membership/memory";
import type { RememberedInFile } from "../../src/core/membership/memoryDocument";
import { parseRules, type RulesText } from "../../src/core/membership/rules";
import type { MemoryFile } from "../../src/memoryFile";
import type { SeedZone } from "../okta/zones/contract";
import { grant, NOW } from "../support/grants";
import { type MemorySource, memorySource } from "../support/memorySource";
import { type MemoryZones, memoryZones } from "../support/memoryZones";
import { zone } from "../support/rounds";
import { type VirtualClock, virtualClock } from "../support/virtualClock";
import { memoryLock } from "./leadership/memoryLeadership";

/** Zones, a source, and agents that come and go, by a clock that the test moves. */
export interface Scene extends AsyncDisposable {
    readonly clock: VirtualClock;
    readonly source: MemorySource;
    readonly zones: MemoryZones;
    /** The state folder of each agent that has none of its own. */
    readonly folder: Folder;
    /** Starts an agent. The first one leads, the next stands by until that one ends. */
    start(options?: StartOptions): Running;
    /** The gateways of a zone now. */
    gateways(zoneId?: string): Promise<readonly string[]>;
    /** Another writer replaces the gateways of a zone. */
    overwrite(gateways: readonly string[], zoneId?: string): Promise<void>;
    /** Changes what the source says, tells the agents, and lets so much time pass. @param ms @default 1000 */
    say(reading: Partial<Pick<MemorySource, "grants" | "unusable" | "named">>, ms?: number): Promise<void>;
}

export interface SceneOptions {
    /** @default nzo1, which holds the addresses of the grants */
    readonly zones?: readonly SeedZone[];
    readonly grants?: readonly Grant[];
    readonly stored?: Remembered;
}

export interface StartOptions {
    readonly rules?: RulesText;
    /** @default "hold" */
    readonly firstContact?: "hold" | "apply";
    /** A folder of its own. @default the one of the scene, which is shared */
    readonly folder?: Folder;
    readonly zoneIds?: readonly string[];
    readonly maxStaleMs?: number;
}

/** What outlives the processes that use it. */
export interface Folder {
    stored: Remembered | undefined;
    /** What an agent left there that did not lead. */
    standby?: RememberedInFile | undefined;
    denials: readonly Denial[];
}

export interface Running {
    readonly agent: Agent;
    readonly events: readonly AgentEvent[];
    told<Type extends AgentEvent["type"]>(type: Type): readonly Extract<AgentEvent, { readonly type: Type }>[];
    /** Replaces the denials of its folder, and lets a second pass. */
    deny(denials: readonly Denial[]): Promise<void>;
    end(): Promise<void>;
}

const NEVER = new AbortController().signal;

export function openScene({ zones: seed, grants = [], stored }: SceneOptions = {}): Scene {
    const clock = virtualClock(NOW);
    const source = memorySource(grants);
    const zones = memoryZones(seed ?? [zone("nzo1", addressesOf(grants))]);
    const lock = memoryLock();
    const running = new Set<Running>();
    const shared: Folder = { ...ownFolder(), stored };
    let agents = 0;

    function start({ rules = {}, firstContact = "hold", folder = shared, ...options }: StartOptions = {}): Running {
        const events: AgentEvent[] = [];
        const stop = new AbortController();
        let writes = 0;
        let denied = 0;
        const name = `agent ${++agents}`;
        const agent = createAgent({
            settings: {
                zones: options.zoneIds ?? (seed ?? [{ id: "nzo1" }]).map(({ id }) => id),
                rules: parseRules(rules),
                firstContact,
                drift: "heal",
                onRevoke: "keep-sessions",
                maxStaleMs: options.maxStaleMs,
                pollMs: 30_000,
            },
            source,
            sourceType: "memory",
            zones,
            budget: { waitMs: () => 0, mayAsk: () => true, perMinute: () => 600 },
            rateLimit: () => undefined,
            leadership: lock.candidate(name),
            memories: folder === shared ? fileIn(folder, "stored") : ownMemories(folder),
            isStateShared: folder === shared,
            denials: { list: () => folder.denials, version: () => denied },
            record: async (event) => void events.push(event),
            unsettled: async () => new Map(),
            clock,
            newId: () => `${name} ${++writes}`,
        });
        const ended = agent.run(stop.signal);
        const one: Running = {
            agent,
            events,
            told: (type) => events.filter((event): event is never => event.type === type),
            async deny(denials) {
                folder.denials = denials;
                denied++;
                agent.wake();
                await clock.pass(1000);
            },
            async end() {
                running.delete(one);
                stop.abort();
                await ended;
            },
        };
        running.add(one);
        return one;
    }

    return {
        clock,
        source,
        zones,
        folder: shared,
        start,
        gateways: async (zoneId = "nzo1") => (await zones.read(zoneId, NEVER)).gateways,
        async overwrite(gateways, zoneId = "nzo1") {
            await zones.write(await zones.read(zoneId, NEVER), gateways, NEVER);
        },
        async say(reading, ms = 1000) {
            Object.assign(source, reading);
            for (const { agent } of running) agent.wake();
            await clock.pass(ms);
        },
        async [Symbol.asyncDispose]() {
            for (const one of running) await one.end();
        },
    };
}

/** A state folder of one agent alone. */
export function ownFolder(): Folder {
    return { stored: undefined, denials: [] };
}

/** So many grants, `g-1` of 203.0.113.1/32 and so on, of users `user1` and so on, that end in an hour. */
export function grantsOf(count: number, from = 1): readonly Grant[] {
    return Array.from({ length: count }, (_, index) => {
        const number = from + index;
        return grant(`203.0.113.${number}/32`, 60, { id: `g-${number}`, user: `user${number}@example.com` });
    });
}

/** The gateways of a zone for these grants. */
export function addressesOf(grants: readonly Grant[]): readonly string[] {
    return separateSpans(grants.flatMap(({ spans }) => spans)).map(formatSpan);
}

function ownMemories(folder: Folder): MemoryStore {
    return withStandby(fileIn(folder, "stored"), fileIn(folder, "standby"));
}

let copies = 0;

function fileIn(folder: Folder, file: "stored" | "standby"): MemoryFile {
    return {
        read: async () => folder[file],
        async write(remembered, follows) {
            const copy = `copy ${++copies}`;
            folder[file] = { ...structuredClone(remembered), copy, ...(follows !== undefined && { follows }) };
            return copy;
        },
    };
}
