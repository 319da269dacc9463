import type { Clock } from "../../clock";
import { coded, hasCode } from "../../core/errors/errors";
import type { Reading } from "../../core/grants/grantsDocument";
import type { Prepared } from "../../core/membership/preparedReading";
import type { Zone, ZoneStore } from "../../okta/zones/zones";
import type { GrantSource } from "../../sources/source";
import type { RecordEvent } from "../events/events";
import { readWithTimeout } from "../grants/readWithTimeout";
import type { MembershipMemory } from "../memory/membershipMemory";
import type { Wakeup } from "../wakeup";
import { withTimeout } from "../withTimeout";
import type { KnownZones } from "../zones/knownZones";
import type { PendingWrite } from "../zones/zoneState";
import type { ConfirmationTask, Results } from "./event";
import type { InForce } from "./inForce";
import type { IntendTask, SourceTask, ZoneTask } from "./lanes";

export type Task = SourceTask | ZoneTask | ConfirmationTask;

/** All that the tasks of a reconciler ask. */
export interface TaskPorts {
    readonly source: GrantSource;
    readonly zones: ZoneStore;
    /** Zones that any process has seen. */
    readonly seen: KnownZones;
    readonly remembering: Pick<MembershipMemory, "kept">;
    readonly record: RecordEvent;
    /** The last write of each zone of which the ledger does not say what became. */
    readonly unsettled: () => Promise<ReadonlyMap<string, PendingWrite>>;
    /** Settles what time it is. */
    readonly settleTime: (signal: AbortSignal) => Promise<void>;
    /** Names a write, differently each time. */
    readonly newId: () => string;
    readonly clock: Clock;
    /** Hears who is inside by a grant: before anything is written, and each time the zones are as they should be. */
    readonly onInForce: (inForce: InForce) => Promise<void>;
}

/** What ends a task early. */
export interface TaskSignals {
    /** Ends all but a write. */
    readonly over: AbortSignal;
    /** Cuts off a write. */
    readonly lost: AbortSignal;
    readonly wakeup: Wakeup;
    /** Prepares the decision about a reading; undefined where that is not worth it. */
    readonly prepare: (reading: Reading, signal: AbortSignal) => Promise<Prepared> | undefined;
}

/** Does one task. @throws what it is asked for throws */
export async function runTask(
    task: Task,
    ports: TaskPorts,
    { over, lost, wakeup, prepare }: TaskSignals,
): Promise<Results> {
    switch (task.do) {
        case "read":
            return read(ports, over, prepare);
        case "find-unsettled":
            return { unsettled: await ports.unsettled() };
        case "look":
            return { zone: await (task.isBeforeWrite === true ? lookSoon : look)(task.zone, ports, over) };
        case "intend":
            return intend(task, ports);
        case "write":
            return { receipt: await ports.zones.write(task.zone, task.gateways, lost) };
        case "record":
            await ports.record(task.event);
            break;
        case "mark-seen":
            await ports.seen.add(task.zone);
            break;
        case "settle-time":
            await ports.settleTime(over);
            break;
        case "keep":
            await keep(task.inForce, ports);
            break;
        case "tell-in-force":
            await ports.onInForce(task.inForce);
            break;
        case "rest":
            await wakeup.sleep(task.ms, over);
    }
    return {};
}

function look(zone: string, { zones }: TaskPorts, over: AbortSignal): Promise<Zone> {
    return zones.read(zone, over);
}

/** The longest that a write waits for a look, however long Okta is asked otherwise. */
const LOOK_MS = 2000;

function lookSoon(zone: string, { zones, clock }: TaskPorts, over: AbortSignal): Promise<Zone> {
    return withTimeout((signal) => zones.read(zone, signal), {
        clock,
        signal: over,
        ms: LOOK_MS,
        late: () => coded("okta-unreachable", `no answer about zone ${zone} within ${LOOK_MS / 1000} s`),
    });
}

/** A reading that needs no preparation is not delayed. */
async function read(
    { source, clock }: TaskPorts,
    over: AbortSignal,
    prepare: TaskSignals["prepare"],
): Promise<Results> {
    const reading = await readWithTimeout(source, clock, over);
    const preparing = prepare(reading, over);
    return preparing === undefined ? { reading } : { reading, prepared: await preparing };
}

async function keep(inForce: InForce | undefined, { remembering, onInForce }: TaskPorts): Promise<void> {
    await Promise.all([remembering.kept(), inForce && onInForce(inForce)]);
}

/** All of it begins at the same moment, so that the lines share a sync. @throws if the line of the write is not kept */
async function intend({ write, lines, keep: inForce }: IntendTask, ports: TaskPorts): Promise<Results> {
    const { zone, before, after, changes } = write;
    const id = ports.newId();
    const others = lines.map(({ event }) => ports.record(event));
    const line = ports.record({ type: "write.intended", write: id, zone, before, after, changes });
    if (inForce !== undefined) others.push(keep(inForce, ports));
    const [kept, ...rest] = await Promise.allSettled([line, ...others]);
    if (kept.status === "rejected") throw kept.reason;
    const failed = rest.find((each) => each.status === "rejected");
    return failed === undefined ? { id } : { id, unkept: { error: failed.reason } };
}

/** What else is to be known of a task that failed: of a zone that Okta does not have, whether it was ever there. */
export async function aboutFailure(task: Task, error: unknown, { seen }: Pick<TaskPorts, "seen">) {
    const id = task.do === "look" ? task.zone : task.do === "write" ? task.zone.id : undefined;
    if (id === undefined || !hasCode(error, "zone-missing", "zone-unfit")) return {};
    return { isSeen: await seen.has(id) };
}
