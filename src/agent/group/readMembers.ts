import { hasCode, isCoded } from "../../core/errors/errors";
import { failed, type Lane, nameOf } from "./lane";
import { pauseMs } from "./memberWrites";

/** How often the members are read if nothing else makes a read necessary. */
const LOOK_MS = 30_000;
/**
 * Reads the members, which settles writes whose answer was lost and shows what another writer changed.
 *
 * @throws an error without a code, which is a bug; `ledger-unwritable` is kept as the failure
 */
export async function readMembers(lane: Lane, lost: AbortSignal): Promise<void> {
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
