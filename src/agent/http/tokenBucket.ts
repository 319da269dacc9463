/** How often something may be asked for. */
export interface TokenBucket {
    /** Takes one; the seconds to wait where there is none left. */
    take(): number | undefined;
}

export interface TokenBucketOptions {
    /** That many at once, after a pause. */
    readonly burst: number;
    readonly perSecond: number;
    now(): number;
}

/** A bucket that holds `burst` and is filled by `perSecond`; everybody draws on the same one. */
export function openTokenBucket({ burst, perSecond, now }: TokenBucketOptions): TokenBucket {
    let left = burst;
    let atMs = now();
    return {
        take() {
            const nowMs = now();
            // A clock that was set back fills nothing, and takes nothing away.
            left = Math.min(burst, left + (Math.max(0, nowMs - atMs) / 1000) * perSecond);
            atMs = nowMs;
            if (left < 1) return Math.ceil((1 - left) / perSecond);
            left -= 1;
            return undefined;
        },
    };
}
