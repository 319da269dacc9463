import { isCoded } from "../../core/errors/errors";
import { planGroup } from "../../core/group/groupPlan";
import type { OktaUser } from "../../core/group/users";
import type { Decided, KeptMember } from "../../core/group/wantedUsers";
import type { Failure } from "../reconciler/failures";
import { createWakeup } from "../wakeup";
import { begin, failed, type GroupLaneOptions, type Lane, nameOf, remember } from "./lane";
import { openMembers } from "./members";
import { openMemberWriter } from "./memberWrites";
import { readMembers } from "./readMembers";
import { startWrites, writesOf } from "./startWrites";
import { openWanted } from "./wanted";

/** The state of the lane, for the view. */
export interface GroupState {
    /** Undefined while they are not known. */
    readonly members: readonly OktaUser[] | undefined;
    readonly held: readonly OktaUser[];
    /** See WantedUsers. */
    readonly kept: readonly KeptMember[];
    /** Since when a user has to be added or removed; undefined where none has. */
    readonly dueSinceMs: number | undefined;
    readonly lastError: Failure | undefined;
    readonly hasMember: (id: string) => boolean;
    readonly acceptedAtMs: (id: string) => number | undefined;
}

/**
 * Keeps the members of a group equal to the users of the latest decision, concurrently with the zones: neither waits for
 * the other.
 *
 *   a decision, or a grant's end         removals, then additions, several at once, within the request budget
 *   Okta's answer is lost                read the members, which shows whether it was carried out
 *   nothing for half a minute            read the members, as another writer may have changed them
 */
export interface GroupLane {
    /** Receives the decision of a round. */
    decided(decided: Decided): void;
    /** Call when more users of grants are known. */
    wake(): void;
    /**
     * Runs until `stop` aborts, which completes the writes in progress, or `lost`, which aborts them.
     *
     * @throws an error without a code, which is a bug
     */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** Releases held members, by id. Resolves when that would survive a crash. @throws `ledger-unwritable` */
    release(ids: readonly string[], by: string): Promise<void>;
    state(): GroupState;
}

const LONGEST_SLEEP_MS = 15_000;
/** How long to wait where the ledger or the memory cannot be written. */
const UNWRITABLE_PAUSE_MS = 1000;

export function openGroupLane(options: GroupLaneOptions): GroupLane {
    const { clock, users } = options;
    const lane: Lane = {
        ...options,
        wakeup: createWakeup(clock),
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
    const { wakeup, members, wanted } = lane;
    return {
        decided(next) {
            wanted.decided(next);
            wakeup.ring();
        },
        wake: wakeup.ring,
        run: (stop, lost) => runLane(lane, stop, lost),
        async release(ids, by) {
            if (lane.memory === undefined) return;
            const released = { ...lane.memory.released, ...Object.fromEntries(ids.map((id) => [id, by])) };
            await remember(lane, { ...lane.memory, released });
            wakeup.ring();
        },
        state: () => ({
            members: members.all(),
            held: lane.held,
            kept: wanted.now().kept,
            dueSinceMs: lane.dueSinceMs,
            lastError: lane.lastError,
            hasMember: members.has,
            acceptedAtMs: members.acceptedAtMs,
        }),
    };
}

async function runLane(lane: Lane, stop: AbortSignal, lost: AbortSignal): Promise<void> {
    const over = AbortSignal.any([stop, lost]);
    try {
        // Another agent may have led before, and have written the file.
        lane.memory = await lane.file.read();
        lane.users.know(lane.memory?.names ?? {});
        while (!over.aborted) {
            await passSafely(lane, lost);
            if (lane.bug !== undefined) throw lane.bug;
            await lane.wakeup.sleep(idleMs(lane), over).catch(() => {});
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

/** Starts the due writes. It does not wait for Okta: a removal must not wait for the answer to another request. */
async function pass(lane: Lane, lost: AbortSignal): Promise<void> {
    const { clock, budget, members, wanted } = lane;
    const isDue = lane.reading === undefined && clock.now() >= lane.nextReadMs;
    if (isDue && budget.mayAsk(lane.isReadNeeded ? "remove" : "look")) {
        lane.reading = begin(
            lane,
            readMembers(lane, lost).finally(() => {
                lane.reading = undefined;
            }),
        );
    }
    const all = members.all();
    if (all === undefined || !wanted.isKnown()) return;
    const users = wanted.now();
    const plan = planGroup({ ...lane, ...users, members: all, wanted: new Set(users.wanted.keys()) });
    await remember(lane, plan.memory);
    await tellHeld(lane, plan.held);
    const writes = writesOf(lane, plan);
    lane.dueSinceMs = writes.length === 0 ? undefined : (lane.dueSinceMs ?? clock.now());
    startWrites(lane, writes, lost);
}

async function tellHeld(lane: Lane, held: readonly OktaUser[]): Promise<void> {
    const [names, before] = [held.map(nameOf), lane.held.map(nameOf)];
    lane.held = held;
    if (names.join() === before.join()) return;
    const why = `members of the group ${lane.group} whom no grant explains`;
    if (names.length > 0) await lane.record({ type: "removals.held", held: names, grants: [], why });
    else await lane.record({ type: "removals.released", held: before });
}

/** How long to sleep until the next known work. */
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
