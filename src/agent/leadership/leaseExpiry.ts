import type { Clock } from "../../clock";
import { type Alarm, startAlarm } from "./alarm";
import type { Lease } from "./leaseApi";
import { RELEASED_S } from "./leaseClient";

/** Decides when a Lease of another holder has expired, by how long this process has seen it unchanged. */
export interface LeaseExpiry {
    /**
     * Whether the Lease may be taken: there never was one, its holder released it, or it has been unchanged for its
     * duration. A Lease that was deleted, or that was emptied by hand, has to be unchanged as long: its leader may not
     * have noticed yet.
     */
    isFree(lease: Lease | undefined): boolean;
    /** Forgets what was seen. */
    reset(): void;
}

/** @param durationMs Even if a Lease states a shorter duration, it is respected for this long. */
export function openLeaseExpiry(clock: Clock, durationMs: number): LeaseExpiry {
    /** The `resourceVersion` seen last, or `gone`, and the time since it was first seen. */
    let seen: { readonly version: string; readonly age: Alarm } | undefined;

    return {
        isFree(lease) {
            if (lease === undefined && seen === undefined) return true;
            if (lease?.holder === "" && lease.durationMs <= RELEASED_S * 1000) return true;
            const version = lease?.version ?? "gone";
            if (seen?.version !== version) {
                seen?.age.cancel();
                seen = { version, age: startAlarm(clock, Math.max(durationMs, lease?.durationMs ?? 0)) };
            }
            return seen.age.isOver;
        },
        reset() {
            seen?.age.cancel();
            seen = undefined;
        },
    };
}
