import { type Emulator, startEmulator } from "../emulator/emulator";
import type { AgentEvent } from "../src/agent/events/events";
import { shareSource } from "../src/agent/grants/sharedSource";
import { createMembership, type Membership } from "../src/agent/membership";
import { openOrgBudget } from "../src/agent/requestBudget";
import { type Clock, systemClock } from "../src/clock";
import type { Grant } from "../src/core/grants/grants";
import type { MemoryStore } from "../src/core/membership/memory";
import { parseRules } from "../src/core/membership/rules";
import { SENTINEL } from "../src/core/zones/zone";
import { type OktaHttp, oktaHttp } from "../src/okta/http";
import { httpZones } from "../src/okta/zones/httpZones";
import type { GrantSource } from "../src/sources/source";
import { delayed, NO_MEMORIES, tellingWrites } from "./agentStage";

/** As a company has them: one for each application or team. */
export const MEMBERSHIPS = 30;

/** The label that selects the grants of a membership. */
const LABEL = "access";

const NAMES = Array.from({ length: MEMBERSHIPS }, (_, index) => `m${index}`);

const zoneOf = (name: string) => `nzoBench${name.padStart(12, "0")}`;

/** The zones of an org, one for each membership. */
export const severalZones = () =>
    NAMES.map((name) => ({
        id: zoneOf(name),
        name: `Bench ${name}`,
        gateways: [{ type: "CIDR" as const, value: SENTINEL }],
    }));

/** The same grants, each in one of the memberships. */
export function spread(grants: readonly Grant[]): Grant[] {
    return grants.map((grant, index) => ofMembership(grant, index % MEMBERSHIPS));
}

export function ofMembership(grant: Grant, index: number): Grant {
    return { ...grant, labels: { [LABEL]: NAMES[index] ?? "" } };
}

export interface SeveralOptions {
    readonly orgUrl: string;
    readonly fetch: typeof globalThis.fetch;
    readonly source: GrantSource;
    readonly record: (event: AgentEvent, membership: string) => Promise<void>;
    readonly clock?: Clock;
    /** What a membership remembers by. @default nothing */
    readonly memoriesOf?: (name: string) => MemoryStore;
}

/** Memberships as an agent keeps them, of one org and one source, without the lock. */
export function severalOver(options: SeveralOptions) {
    const { orgUrl, fetch, source, record, clock = systemClock, memoriesOf = () => NO_MEMORIES } = options;
    let http: OktaHttp | undefined;
    const rateLimit = () => http?.rateLimit;
    const org = openOrgBudget({ fetch, clock, sharePercent: 25, rateLimit });
    const connection = { orgUrl, credential: { kind: "api-token", apiToken: "any-token-will-do" } } as const;
    http = oktaHttp({ connection, ...clock, fetch: org.fetch, maxThrottleWaitMs: 0 });
    const zones = httpZones(http);
    const shared = shareSource(source, clock);
    const all: (readonly [name: string, membership: Membership])[] = [];
    let writes = 0;
    for (const name of NAMES) {
        const membership: Membership = createMembership({
            settings: {
                zones: [zoneOf(name)],
                rules: parseRules({ selector: { [LABEL]: name } }),
                firstContact: "hold",
                drift: "heal",
                onRevoke: "keep-sessions",
                maxStaleMs: undefined,
                pollMs: 30_000,
            },
            source: shared.member(),
            sourceType: "bench",
            zones,
            budget: org.join(name, 1, () => membership.resume()),
            rateLimit,
            memories: memoriesOf(name),
            record: (event) => record(event, name),
            unsettled: async () => new Map(),
            clock,
            newId: () => `w${++writes}`,
            others: () => all.flatMap(([other, { holding }]) => (other === name ? [] : [{ name: other, ...holding }])),
            onRound() {
                for (const [other, each] of all) if (other !== name) each.recheck();
            },
        });
        all.push([name, membership]);
    }
    return {
        /** Until `stop` aborts. */
        async run(stop: AbortSignal): Promise<void> {
            const never = new AbortController().signal;
            await Promise.all(all.map(([, membership]) => membership.run(stop, never)));
        },
    };
}

/** Memberships at work on an emulated Okta. */
export interface SeveralStage extends AsyncDisposable {
    readonly emulator: Emulator;
    /** What the source says from now on; the memberships hear of it at once. */
    change(grants: readonly Grant[]): void;
    /** The next 200 of Okta to a write. */
    nextWrite(): Promise<void>;
}

export async function openSeveralStage({
    grants: first,
    roundTripMs,
    record,
    memoriesOf,
}: {
    readonly grants: readonly Grant[];
    readonly roundTripMs: number;
    readonly record: (event: AgentEvent) => Promise<void>;
    readonly memoriesOf: (name: string) => MemoryStore;
}): Promise<SeveralStage> {
    const emulator = await startEmulator({ rateLimit: 1_000_000, seed: { zones: severalZones() } });
    let grants = first;
    const rings = new Set<() => void>();
    const waiting: { readonly key: string; readonly resolve: () => void }[] = [];
    const source: GrantSource = {
        name: "the bench",
        read: async () => ({ grants, unusable: [] }),
        watch(ring, signal) {
            rings.add(ring);
            return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        },
    };
    const next = (type: AgentEvent["type"], name: string) =>
        new Promise<void>((resolve) => waiting.push({ key: `${type} ${name}`, resolve }));
    const writes = tellingWrites(delayed(roundTripMs));
    const several = severalOver({
        orgUrl: emulator.url,
        fetch: writes.fetch,
        source,
        memoriesOf,
        async record(event, name) {
            await record(event);
            const due = waiting.filter(({ key }) => key === `${event.type} ${name}`);
            for (const each of due) {
                waiting.splice(waiting.indexOf(each), 1);
                each.resolve();
            }
        },
    });
    const stop = new AbortController();
    const begun = Promise.all(NAMES.map((name) => next("zone.verified", name)));
    const ended = several.run(stop.signal);
    await Promise.race([begun, ended]);
    return {
        emulator,
        nextWrite: writes.next,
        change(now) {
            grants = now;
            for (const ring of rings) ring();
        },
        async [Symbol.asyncDispose]() {
            stop.abort();
            await ended;
            await emulator.close();
        },
    };
}
