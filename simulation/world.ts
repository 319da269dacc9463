import { type Emulator, startEmulator } from "../emulator/emulator";
import type { AgentOptions } from "../src/agent/agent";
import type { LedgerOptions } from "../src/agent/ledger/ledger";
import type { SessionClearingOptions } from "../src/agent/sessions/clearing";
import type { Clock } from "../src/clock";
import { SENTINEL } from "../src/core/zones/zone";
import { worldDenials } from "./denials";
import { type StateFolder, type StateFolderOptions, stateFolder } from "./disk";
import { EPOCH_MS } from "./epoch";
import { happen } from "./happenings";
import type { Change, History } from "./history";
import { worldLock } from "./lock";
import { openOkta } from "./okta";
import { startProcess } from "./process";
import { randomOf } from "./random";
import { worldSource } from "./source";
import { openSupervisor } from "./supervisor";
import { type WorldTime, worldTime } from "./time";
import type { KeptLedger, Lesson, Life, LifeSettings, Trace, Trouble, ZoneState } from "./trace";
import { grantUser, idOf, USERS } from "./users";

/** Not the emulator's own address, which has another port each time, so that each message is the same each time. */
const ORG_URL = "https://chaos.okta.test";

export interface Play {
    /** Puts a faulty part in place of a right one. @default nothing is faulty */
    readonly spoil?: (options: AgentOptions, clock: Clock) => AgentOptions;
    readonly spoilLedger?: (options: LedgerOptions) => LedgerOptions;
    readonly spoilSessions?: (options: SessionClearingOptions) => SessionClearingOptions;
}

/** Plays a history with the real agent and the emulator, by a time of its own. The same history plays the same. */
export async function play(history: History, options: Play = {}): Promise<Trace> {
    const time = worldTime();
    const zoneIds = Array.from({ length: history.zones }, (_, index) => `nzo${index + 1}`);
    await using emulator = await startOrg(history, zoneIds, time);
    const { stage, finish } = openWorld(history, { emulator, time, zoneIds }, options);
    for (const event of history.events) time.at(event.atMs, () => happen(event, stage));
    const failure = await time.passUntil(history.endsAtMs).then(
        () => undefined,
        ({ message }: Error) => message,
    );
    stage.supervisor.close();
    return { ...(await finish()), failure };
}

function startOrg({ limit, found }: History, zoneIds: readonly string[], time: WorldTime): Promise<Emulator> {
    return startEmulator({
        now: () => EPOCH_MS + time.now(),
        rateLimit: limit,
        idSeed: "chaos",
        seed: {
            zones: zoneIds.map((id, zone) => freshZone(id, found?.[zone])),
            users: USERS.slice(0, -1).map(freshUser),
        },
    });
}

interface Ground {
    readonly emulator: Emulator;
    readonly time: WorldTime;
    readonly zoneIds: readonly string[];
}

/** All that a history happens to, and what it leaves in the end. */
function openWorld(history: History, { emulator, time, zoneIds }: Ground, options: Play) {
    const { spoil = right, spoilLedger = right, spoilSessions = right } = options;
    const random = randomOf(history.seed ^ 0x5eed);
    const { troubles, trouble } = openTroubleLog();
    const [lessons, jumps]: [Lesson[], Trace["jumps"][number][]] = [[], []];
    const okta = openOkta({ emulator, time, random, trouble });
    const isPush = history.events.some((event) => "isNamed" in event && event.isNamed === true);
    const source = worldSource(time, random, EPOCH_MS, isPush);
    const lock = worldLock(time);
    const disks = foldersOf({ history, time, random, spoilLedger });
    const nowOf = (agent: number) => () =>
        jumps.reduce((ms, jump) => (jump.agent === agent ? ms + jump.byMs : ms), EPOCH_MS + time.now());
    const denials = worldDenials(time, () => supervisor.wake());
    const common = {
        history,
        time,
        random,
        okta,
        orgUrl: ORG_URL,
        source,
        lock,
        denials,
        lessons,
        spoil,
        spoilSessions,
    };
    let settings = firstSettings(history, zoneIds);
    const supervisor = openSupervisor({
        time,
        settings: () => settings,
        confirmsAfterMs: history.confirmsAfterMs,
        open(life: Life) {
            const left = life.settings.zones.filter((id) => emulator.org.zones.has(id));
            const disk = disks[life.agent];
            if (left.length === 0 || disk === undefined) return undefined;
            return startProcess({ ...common, life, zoneIds: left, now: nowOf(life.agent), disk });
        },
    });
    const calls = {
        jump(agent: number, byMs: number) {
            jumps.push({ atMs: time.now(), agent, byMs });
            trouble("clock", time.now(), time.now());
        },
        reload(change: Change) {
            settings = changedSettings(settings, change, zoneIds);
            trouble("reload", time.now(), time.now());
            supervisor.reload();
        },
        doubleLead(forMs: number) {
            // The ledger of a shared folder is open for one process only, so the second cannot even begin.
            if (history.sharedState === true) return;
            trouble("double lead", time.now(), time.now() + forMs);
            lock.double(forMs);
        },
        failDisk(agent: number, state: "full" | "failing", forMs: number) {
            disks[agent]?.fail(state, forMs);
            trouble(`disk: ${state}`, time.now(), time.now() + forMs);
        },
        crashInSync: (agent: number, syncs: number) => disks[agent]?.crashAfter(syncs),
        loseLead: lock.lose,
        deny: denials.give,
    };
    for (const agent of disks.keys()) supervisor.start(agent);
    return {
        stage: { ...calls, emulator, okta, source, supervisor, zoneIds },
        finish: async () => ({
            history,
            states: statesOf(emulator, zoneIds),
            requests: okta.requests,
            documents: source.documents,
            lessons,
            terms: lock.terms,
            processes: supervisor.lives,
            troubles,
            outages: source.outages,
            ledgers: await ledgersIn(disks),
            queues: disks.map(({ queue }) => queue()),
            denials: denials.given,
            jumps,
        }),
    };
}

function openTroubleLog() {
    const troubles: Trouble[] = [];
    return {
        troubles,
        trouble(what: string, fromMs: number, toMs: number): Trouble {
            const entry = { what, fromMs, toMs };
            troubles.push(entry);
            return entry;
        },
    };
}

/** The state folder of each agent, which is one where all are on one host. */
function foldersOf(options: StateFolderOptions & { readonly history: History }): readonly StateFolder[] {
    const { agents, sharedState = false } = options.history;
    const first = stateFolder(options);
    return Array.from({ length: agents }, (_, agent) => (agent === 0 || sharedState ? first : stateFolder(options)));
}

async function ledgersIn(disks: readonly StateFolder[]): Promise<readonly KeptLedger[]> {
    const kept = new Map<StateFolder, KeptLedger>();
    for (const disk of disks) if (!kept.has(disk)) kept.set(disk, await disk.close());
    return disks.flatMap((disk) => kept.get(disk) ?? []);
}

function right<T>(options: T): T {
    return options;
}

function freshUser(name: string) {
    return { id: idOf(name), login: grantUser(name) };
}

function freshZone(id: string, found: readonly string[] = [SENTINEL]) {
    return { id, name: `Staff ${id}`, gateways: found.map((value) => ({ type: "CIDR" as const, value })) };
}

function firstSettings({ staticGateways, maxRemovals = "off", team, managed }: History, zoneIds: readonly string[]) {
    return { staticGateways, maxRemovals, team, zones: managedIn(zoneIds, managed) };
}

function changedSettings(before: LifeSettings, { managed, ...change }: Change, zoneIds: readonly string[]) {
    return { ...before, ...change, ...(managed !== undefined && { zones: managedIn(zoneIds, managed) }) };
}

function managedIn(zoneIds: readonly string[], managed: readonly number[] | undefined): readonly string[] {
    return managed === undefined ? zoneIds : zoneIds.filter((_, zone) => managed.includes(zone));
}

function statesOf({ history }: Emulator, zoneIds: readonly string[]): ZoneState[] {
    return history
        .filter(({ zoneId }) => zoneIds.includes(zoneId))
        .map(({ at, zoneId, gateways, cause, gone }) => ({
            atMs: at - EPOCH_MS,
            zone: zoneId,
            gateways,
            by: cause.startsWith("PUT") ? "agent" : "other",
            isGone: gone === true,
        }));
}
