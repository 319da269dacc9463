import { type Agent, type AgentOptions, createAgent } from "../src/agent/agent";
import type { AgentEvent } from "../src/agent/events/events";
import { openBudget } from "../src/agent/requestBudget";
import { clearSessions, keepSessions } from "../src/agent/revocation";
import { openSessionClearing, type SessionClearingOptions } from "../src/agent/sessions/clearing";
import type { Queue } from "../src/agent/sessions/queue";
import { openTimeCheck, openTimeRecord } from "../src/agent/timeCheck";
import { type CheckedClock, openCheckedClock } from "../src/checkedClock";
import type { Clock } from "../src/clock";
import type { Reading } from "../src/core/grants/grantsDocument";
import type { Remembered } from "../src/core/membership/memory";
import { parseRules, type Rules } from "../src/core/membership/rules";
import { type OktaHttp, oktaHttp } from "../src/okta/http";
import { httpSessions } from "../src/okta/sessions";
import { httpZones } from "../src/okta/zones/httpZones";
import type { WorldDenials } from "./denials";
import type { StateFolder } from "./disk";
import type { History } from "./history";
import type { WorldLock } from "./lock";
import type { Caller, Okta } from "./okta";
import type { Random } from "./random";
import type { WorldSource } from "./source";
import type { WorldTime } from "./time";
import type { Lesson, Life, LifeSettings } from "./trace";

/** One process that runs an agent: the real one, on ports that die with it. */
export interface Process {
    readonly life: Life;
    readonly agent: Agent;
    /** What waits for a confirmation. Putting the whole view together each time would take more than all else. */
    held(): readonly string[];
    /** From this moment on nothing that it began goes on. */
    die(): void;
    /** As SIGTERM does. */
    stop(): void;
    readonly ended: Promise<void>;
}

export interface ProcessOptions {
    readonly history: History;
    readonly life: Life;
    readonly zoneIds: readonly string[];
    readonly time: WorldTime;
    readonly random: Random;
    readonly now: () => number;
    readonly okta: Okta;
    readonly orgUrl: string;
    readonly source: WorldSource;
    readonly disk: StateFolder;
    readonly lock: WorldLock;
    readonly denials: WorldDenials;
    readonly lessons: Lesson[];
    /** Puts a faulty part in place of a right one. */
    readonly spoil: (options: AgentOptions, clock: Clock) => AgentOptions;
    readonly spoilSessions: (options: SessionClearingOptions) => SessionClearingOptions;
}

export function startProcess(options: ProcessOptions): Process {
    const { history, life, time, random, now, lock, disk, lessons } = options;
    const death = new AbortController();
    const whileAlive = <T>(work: Promise<T>) =>
        new Promise<T>((resolve, reject) => {
            work.then(
                (value) => death.signal.aborted || resolve(value),
                (error) => death.signal.aborted || reject(error),
            );
        });
    const clock = openCheckedClock({
        now,
        elapsedMs: time.now,
        sleep: (ms, signal) => whileAlive(time.sleep(ms, signal)),
        random: random.next,
    });
    const die = () => {
        if (death.signal.aborted) return;
        death.abort();
        life.toMs = Math.min(life.toMs, time.now());
        // Its host loses power; another agent on the same disk goes on.
        if (history.sharedState !== true || lock.isLeading(life.id)) disk.crash();
        lock.abandon(life.id);
    };
    const learn = (
        kind: Lesson["kind"],
        { grants, unusable, named }: Reading,
        clockMs = clock.now(),
        isHeld = false,
    ) => {
        const ids = unusable.map(({ id }) => id);
        lessons.push({ atMs: time.now(), process: life.id, clockMs, kind, grants, unusable: ids, named, isHeld });
    };
    const user = { id: life.id, death: death.signal, isForTime: false, die };
    const { book, memories, queue } = disk.open(user, now);
    const { writeStandby } = memories;
    const source = options.source.open({ learn, isLeading: () => !death.signal.aborted && lock.isLeading(life.id) });
    const { budget, http, other } = connect(options, clock, user);
    let mayHold = false;
    const record = (event: AgentEvent) => {
        mayHold ||= event.type === "removals.held";
        return whileAlive(book.record(event));
    };
    const file = { read: queue.read, write: (next: Queue) => whileAlive(queue.write(next)) };
    const revoking =
        history.onRevoke === "keep-sessions"
            ? keepSessions
            : clearSessions(() =>
                  openSessionClearing(options.spoilSessions({ sessions: httpSessions(other), file, clock, record })),
              );
    let writes = 0;
    const zones = httpZones(http);
    const [firstZone = ""] = options.zoneIds;
    const ask = async (signal: AbortSignal) => {
        user.isForTime = true;
        try {
            await zones.read(firstZone, signal);
        } finally {
            user.isForTime = false;
        }
    };
    const parts = options.spoil(
        {
            settings: {
                zones: options.zoneIds,
                rules: rulesOf(life.settings),
                drift: "heal",
                firstContact: history.firstContact ?? "hold",
                onRevoke: history.onRevoke,
                maxStaleMs: history.maxStaleMs,
                pollMs: POLL_MS,
            },
            source: { ...source, read: (signal) => whileAlive(source.read(signal)) },
            sourceType: "world",
            zones,
            budget,
            rateLimit: () => http.rateLimit,
            leadership: lock.leadershipOf(life.id),
            memories: {
                async read() {
                    const remembered = await memories.read();
                    const hasRead = lessons.some(({ process, kind }) => process === life.id && kind === "read");
                    if (remembered !== undefined && !hasRead) {
                        const { memory, readAtMs } = remembered;
                        learn("restored", { grants: memory.grants, unusable: [] }, readAtMs, memory.held.length > 0);
                    }
                    return remembered;
                },
                write: (remembered) => whileAlive(memories.write(remembered)),
                ...(writeStandby && {
                    writeStandby: (remembered: Remembered, follows: string | undefined) =>
                        whileAlive(writeStandby(remembered, follows)),
                }),
            },
            isStateShared: history.sharedState ?? false,
            denials: options.denials,
            record,
            onInForce: revoking.inForce,
            clearings: revoking.pending,
            besides: [revoking.run],
            unsettled: book.unsettled,
            clock,
            time: openTimeCheck({ time: clock, ask, budget, tell: openTimeRecord(clock, record) }),
            newId: () => `p${life.id}w${++writes}`,
        },
        clock,
    );
    const agent = createAgent({ ...parts, leadership: book.during(parts.leadership) });
    const stop = new AbortController();
    const held = () => {
        const addresses = mayHold ? agent.view().held : [];
        mayHold = addresses.length > 0;
        return addresses;
    };
    return { life, agent, held, die, stop: () => stop.abort(), ended: agent.run(stop.signal) };
}

function rulesOf({ staticGateways, maxRemovals, team }: LifeSettings): Rules {
    return parseRules({ staticGateways, maxRemovals, ...(team !== undefined && { selector: { team } }) });
}

/** How often the source is read without a hint: the default of the settings. */
export const POLL_MS = 30_000;

/** How long a request that is not about a zone waits for Okta's window, as src/agent/openMembership.ts has it. */
export const OTHER_WAIT_MS = 20_000;

/** Okta's client and the budget, joined as `zonekeeper agent` joins them. */
function connect({ history, okta, orgUrl }: ProcessOptions, clock: CheckedClock, caller: Caller) {
    let http: OktaHttp | undefined;
    const fetch = clock.hearing(okta.fetchOf(caller));
    const budget = openBudget({
        fetch,
        clock,
        sharePercent: history.share,
        rateLimit: () => http?.rateLimit,
    });
    const common = {
        connection: { orgUrl, credential: { kind: "api-token", apiToken: "any-token-will-do" } },
        now: clock.now,
        elapsedMs: clock.elapsedMs,
        sleep: clock.sleep,
        random: clock.random,
        // The world has time-outs of its own, by its own time; this one is by the machine's.
        timeoutMs: 600_000,
    } as const;
    const other = oktaHttp({ ...common, fetch, maxThrottleWaitMs: OTHER_WAIT_MS });
    http = oktaHttp({
        ...common,
        fetch: budget.fetch,
        // A write that waits here for the window would be of a decision that is long over.
        maxThrottleWaitMs: 0,
    });
    return { budget, http, other };
}
