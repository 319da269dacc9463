import type { Clock } from "../../clock";
import { hasCode, isCoded } from "../../core/errors/errors";
import { type GroupMemory, type GroupPlan, planGroup } from "../../core/group/groupPlan";
import type { OktaUser } from "../../core/group/users";
import type { Decided } from "../../core/group/wantedUsers";
import type { MaxRemovals } from "../../core/membership/limits";
import type { GroupStore } from "../../okta/groups";
import type { RecordEvent } from "../events/events";
import { tellFailure, tellMoment } from "../events/format";
import type { Failure } from "../reconciler/failures";
import { createWakeup, type Wakeup } from "../reconciler/wakeup";
import type { Budget } from "../requestBudget";
import type { GroupFile } from "./groupFile";
import { type Members, openMembers } from "./members";
import { type MemberWrite, type MemberWriter, openMemberWriter, pauseMs } from "./memberWrites";
import type { UserLookup } from "./userLookup";
import { openWanted, type Wanted } from "./wanted";

export interface GroupLaneOptions {
    readonly group: string;
    readonly store: Pick<GroupStore, "members" | "add" | "remove">;
    readonly users: Pick<UserLookup, "userOf" | "version" | "learn" | "forget">;
    readonly file: GroupFile;
    readonly budget: Pick<Budget, "mayAsk" | "waitMs">;
    readonly firstContact: "hold" | "apply";
    readonly maxRemovals: MaxRemovals;
    readonly drift: "heal" | "report";
    readonly clock: Clock;
    readonly record: RecordEvent;
    /** Names a write, differently each time. */
    readonly newId: () => string;
}

/** What the lane knows, for people. */
export interface GroupState {
    /** Undefined while they are not known. */
    readonly members: readonly OktaUser[] | undefined;
    readonly held: readonly OktaUser[];
    /** Since when somebody is to be put in or taken out; undefined where nobody is. */
    readonly dueSinceMs: number | undefined;
    readonly lastError: Failure | undefined;
    readonly hasMember: (id: string) => boolean;
    readonly acceptedAtMs: (id: string) => number | undefined;
}

/**
 * Keeps the members of a group equal to the users that the decision of the zones says, beside the zones: neither waits for
 * the other.
 *
 *   a decision, or a grant's end         removals, then additions, several at once, for as long as the budget has
 *   Okta's answer is lost                read the members, which tells what became of it
 *   nothing for half a minute            read the members, as somebody else may have changed them
 */
export interface GroupLane {
    /** Takes what the zones' round decided. */
    decided(decided: Decided): void;
    /** More is known of the users that grants name. */
    wake(): void;
    /**
     * Until `stop` aborts, which lets writes under way come to their end, or `lost`, which cuts them off.
     *
     * @throws an error without a code, which is a bug
     */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** Lets go of these, by id. Resolves when that would survive a crash. @throws `ledger-unwritable` */
    release(ids: readonly string[], by: string): Promise<void>;
    state(): GroupState;
}

/** Changes at once. */
const AT_ONCE = 8;
/** How often the members are read without a reason. */
const LOOK_MS = 30_000;
const LONGEST_SLEEP_MS = 15_000;
/** How long to wait where the ledger or the memory cannot be written. */
const UNWRITABLE_PAUSE_MS = 1000;

/** What the functions below share. */
interface Lane extends GroupLaneOptions {
    readonly bell: Wakeup;
    readonly members: Members;
    readonly writer: MemberWriter;
    readonly wanted: Wanted;
    /** Changes under way, by the user's id. */
    readonly underWay: Map<string, Promise<void>>;
    /** Users whose change failed, and when it is tried again. */
    readonly retries: Map<string, { readonly failures: number; readonly atMs: number }>;
    memory: GroupMemory | undefined;
    held: readonly OktaUser[];
    lastError: Failure | undefined;
    dueSinceMs: number | undefined;
    /** The read under way. */
    reading: Promise<void> | undefined;
    nextReadMs: number;
    isReadNeeded: boolean;
    readFailures: number;
    /** An error without a code, which ends the lane. */
    bug: unknown;
}

export function openGroupLane(options: GroupLaneOptions): GroupLane {
    const { clock, users } = options;
    const lane: Lane = {
        ...options,
        bell: createWakeup(clock),
        members: openMembers(),
        writer: openMemberWriter(options),
        wanted: openWanted({ users, clock }),
        underWay: new Map(),
        retries: new Map(),
        memory: undefined,
        held: [],
        lastError: undefined,
        dueSinceMs: undefined,
        reading: undefined,
        nextReadMs: -Infinity,
        isReadNeeded: true,
        readFailures: 0,
        bug: undefined,
    };
    const { bell, members, wanted } = lane;
    return {
        decided(next) {
            wanted.decided(next);
            bell.ring();
        },
        wake: bell.ring,
        run: (stop, lost) => runLane(lane, stop, lost),
        async release(ids, by) {
            if (lane.memory === undefined) return;
            const released = { ...lane.memory.released, ...Object.fromEntries(ids.map((id) => [id, by])) };
            await remember(lane, { ...lane.memory, released });
            bell.ring();
        },
        state: () => ({
            members: members.all(),
            held: lane.held,
            dueSinceMs: lane.dueSinceMs,
            lastError: lane.lastError,
            hasMember: members.has,
            acceptedAtMs: members.acceptedAtMs,
        }),
    };
}

export function nameOf({ id, login }: OktaUser): string {
    return login ?? id;
}

async function runLane(lane: Lane, stop: AbortSignal, lost: AbortSignal): Promise<void> {
    const over = AbortSignal.any([stop, lost]);
    try {
        // Another agent may have led before: what it left counts.
        lane.memory = await lane.file.read();
        while (!over.aborted) {
            await passSafely(lane, lost);
            if (lane.bug !== undefined) throw lane.bug;
            await lane.bell.sleep(idleMs(lane), over).catch(() => {});
        }
    } finally {
        await Promise.all([...lane.underWay.values(), lane.reading]);
        lane.members.forget();
        lane.wanted.forget();
        lane.retries.clear();
        Object.assign(lane, { held: [], isReadNeeded: true, nextReadMs: -Infinity, lastError: undefined });
    }
}

async function passSafely(lane: Lane, lost: AbortSignal): Promise<void> {
    try {
        await pass(lane, lost);
    } catch (error) {
        if (!isCoded(error)) throw error;
        failed(lane, error);
        await lane.clock.sleep(UNWRITABLE_PAUSE_MS, lost).catch(() => {});
    }
}

/** Begins what is to be done. Nothing here waits for Okta: who has to go must not wait for another one's answer. */
async function pass(lane: Lane, lost: AbortSignal): Promise<void> {
    const { clock, budget, members, wanted } = lane;
    const isDue = lane.reading === undefined && clock.now() >= lane.nextReadMs;
    if (isDue && budget.mayAsk(lane.isReadNeeded ? "remove" : "look")) {
        lane.reading = begin(
            lane,
            read(lane, lost).finally(() => {
                lane.reading = undefined;
            }),
        );
    }
    const all = members.all();
    if (all === undefined || !wanted.isKnown()) return;
    const { wanted: users, staying } = wanted.now();
    const plan = planGroup({ ...lane, members: all, wanted: new Set(users.keys()), staying });
    await remember(lane, plan.memory);
    await tellHeld(lane, plan.held);
    const writes = writesOf(lane, plan);
    lane.dueSinceMs = writes.length === 0 ? undefined : (lane.dueSinceMs ?? clock.now());
    start(lane, writes, lost);
}

/** Work in the background, whose end is a reason to go on. */
function begin(lane: Lane, work: Promise<void>): Promise<void> {
    return work
        .catch((error: unknown) => {
            lane.bug ??= error;
        })
        .finally(lane.bell.ring);
}

async function read(lane: Lane, lost: AbortSignal): Promise<void> {
    const { group, store, users, members, writer, clock, budget, record } = lane;
    const beganAtMs = clock.now();
    try {
        const found = await store.members(group, lost);
        users.learn(found);
        const { added, removed } = members.read(found, beganAtMs);
        Object.assign(lane, { isReadNeeded: false, readFailures: 0, lastError: undefined });
        lane.nextReadMs = clock.now() + LOOK_MS;
        await writer.settle(new Set(found.map(({ id }) => id)));
        if (added.length + removed.length === 0) return;
        const outcome = lane.drift === "heal" ? "healed" : "reported";
        await record({
            type: "members.drift",
            group,
            added: added.map(nameOf),
            removed: removed.map(nameOf),
            outcome,
        });
    } catch (error) {
        if (lost.aborted) return;
        if (!isCoded(error)) throw error;
        failed(lane, error);
        const windowMs = hasCode(error, "okta-throttled") ? budget.waitMs("remove") : 0;
        lane.nextReadMs = clock.now() + Math.max(windowMs, pauseMs(++lane.readFailures, clock));
    }
}

/** Before anything is written: a user who is put in is then known to be ours, whatever becomes of this process. */
async function remember(lane: Lane, next: GroupMemory): Promise<void> {
    if (JSON.stringify(next) === JSON.stringify(lane.memory)) return;
    await lane.file.write(next);
    lane.memory = next;
}

async function tellHeld(lane: Lane, held: readonly OktaUser[]): Promise<void> {
    const [names, before] = [held.map(nameOf), lane.held.map(nameOf)];
    lane.held = held;
    if (names.join() === before.join()) return;
    const why = `members of the group ${lane.group} whom no grant explains`;
    if (names.length > 0) await lane.record({ type: "removals.held", held: names, grants: [], why });
    else await lane.record({ type: "removals.released", held: before });
}

/** Removals first. */
function writesOf({ drift, wanted }: Lane, { add, remove }: GroupPlan): readonly MemberWrite[] {
    const isHealed = drift === "heal";
    const goes = remove.filter(({ why }) => why !== "drift" || isHealed);
    return [
        ...goes.map((removal) => ({ change: "remove" as const, grants: wanted.were(removal.user.id), ...removal })),
        ...add.map((id) => {
            const grants = wanted.now().wanted.get(id) ?? [];
            const login = grants.find(({ user }) => user?.includes("@"))?.user;
            return { change: "add" as const, user: { id, login }, why: "granted" as const, grants };
        }),
    ];
}

function start(lane: Lane, writes: readonly MemberWrite[], lost: AbortSignal): void {
    const { underWay, retries, budget, clock } = lane;
    for (const change of writes) {
        const { id } = change.user;
        if (underWay.size >= AT_ONCE) return;
        if (underWay.has(id) || (retries.get(id)?.atMs ?? 0) > clock.now()) continue;
        if (!budget.mayAsk(change.change)) return;
        const work = write(lane, change, lost).finally(() => underWay.delete(id));
        underWay.set(id, begin(lane, work));
    }
}

async function write(lane: Lane, change: MemberWrite, lost: AbortSignal): Promise<void> {
    const { members, wanted, writer, retries, clock, budget, users } = lane;
    const { id } = change.user;
    const { outcome, error } = await writer.write(change, lost);
    if (outcome === "done") {
        members.changed(change.user, change.change, clock.now());
        retries.delete(id);
        if (change.change === "remove") wanted.isOut(id);
        lane.lastError = undefined;
        return;
    }
    const failures = (retries.get(id)?.failures ?? 0) + 1;
    const windowMs = hasCode(error, "okta-throttled") ? budget.waitMs("remove") : 0;
    retries.set(id, { failures, atMs: clock.now() + Math.max(windowMs, pauseMs(failures, clock)) });
    if (error !== undefined && !lost.aborted) failed(lane, error);
    if (outcome === "absent") users.forget(id);
    if (outcome !== "failed") Object.assign(lane, { isReadNeeded: true, nextReadMs: clock.now() });
}

function failed(lane: Lane, error: Error): void {
    const { code, why: message } = tellFailure(error);
    lane.lastError = { code, message, at: tellMoment(lane.clock.now()) };
}

/** How long there is nothing to do, as far as anybody knows. */
function idleMs({ clock, budget, retries, wanted, ...lane }: Lane): number {
    const nowMs = clock.now();
    const purpose = lane.isReadNeeded ? "remove" : "look";
    const readMs = lane.reading === undefined ? Math.max(lane.nextReadMs, nowMs + budget.waitMs(purpose)) : Infinity;
    const later = [...retries.values()].map(({ atMs }) => atMs).filter((atMs) => atMs > nowMs);
    const retryMs = later.reduce((first, atMs) => Math.min(first, atMs), Infinity);
    const waitMs = lane.dueSinceMs === undefined ? 0 : budget.waitMs("add");
    const writeMs = waitMs > 0 ? nowMs + waitMs : Infinity;
    const nextMs = Math.min(readMs, retryMs, writeMs, wanted.now().untilMs);
    return Math.min(LONGEST_SLEEP_MS, Math.max(0, nextMs - nowMs));
}
