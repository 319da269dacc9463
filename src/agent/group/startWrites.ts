import { hasCode } from "../../core/errors/errors";
import type { GroupPlan } from "../../core/group/groupPlan";
import { begin, failed, type Lane } from "./lane";
import { type MemberWrite, pauseMs } from "./memberWrites";

/** The most writes in progress. */
const AT_ONCE = 8;
/** The writes that are due, removals first. */
export function writesOf({ drift, wanted }: Lane, { add, remove }: GroupPlan): readonly MemberWrite[] {
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

/** Starts as many writes as the limit and the request budget permit; the others start when these have ended. */
export function startWrites(lane: Lane, writes: readonly MemberWrite[], lost: AbortSignal): void {
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
