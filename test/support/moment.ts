import type { Moment } from "../../src/agent/reconciler/event";
import { userKey } from "../../src/core/membership/denials";

/** A moment at which requests may be made, nobody is denied, and there is no other membership. */
export function momentAt(nowMs: number, more: Partial<Moment> = {}): Moment {
    return {
        nowMs,
        elapsedMs: 0,
        random: () => 0,
        waitMs: () => 0,
        requestsPerMinute: () => 600,
        denials: { list: [], version: 0 },
        others: () => [],
        usable: (reading) => reading,
        usableVersion: 0,
        idOfUser: userKey,
        lastWriter: () => undefined,
        ...more,
    };
}
