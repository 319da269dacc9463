/** A rate limit. */
export interface TokenBucket {
    /** Takes a token; returns the seconds to wait if there is none. */
    take(): number | undefined;
}

export interface TokenBucketOptions {
    /** The capacity of the bucket. */
    readonly burst: number;
    readonly perSecond: number;
    now(): number;
}

/** A full bucket of capacity `burst`, with the refill rate `perSecond`. */
export function openTokenBucket({ burst, perSecond, now }: TokenBucketOptions): TokenBucket {
    let left = burst;
    let atMs = now();
    return {
        take() {
            const nowMs = now();
            // A clock that was set back refills nothing.
            left = Math.min(burst, left + (Math.max(0, nowMs - atMs) / 1000) * perSecond);
            atMs = nowMs;
            if (left < 1) return Math.ceil((1 - left) / perSecond);
            left -= 1;
            return undefined;
        },
    };
}
