import { secondsOf } from "../state/stamp";

/** Length of a window in seconds. It begins with its first request, not with the clock's minute (recorded). */
const WINDOW_S = 60;

/** What the headers of an answer say about its bucket. */
export interface Allowance {
    readonly limit: number;
    readonly remaining: number;
    /** UTC seconds since 1970. */
    readonly reset: number;
    /** The call is one too many. */
    readonly isExceeded: boolean;
}

export interface RateLimits {
    /** Counts a call. */
    take(path: string): Allowance;
    clear(): void;
}

/**
 * Counts calls per bucket. Every method of a bucket counts down the same
 * number.
 *
 *   path                                bucket             calls a window
 *   /api/v1/apps, and an app's policies, groups and users  /api/v1/apps  100
 *   /api/v1/apps/{id} and the rest      /api/v1/apps/{id}  as configured
 *   /api/v1/logs                        /api/v1/logs       50
 *   /api/v1/users…                      /api/v1/users      as configured
 *   /api/v1/groups/{id}                 /api/v1/groups/{id} as configured
 *   /api/v1/groups…                     /api/v1/groups     as configured
 *   /api/v1/…                           /api/v1            as configured
 *   /oauth2/v1/token                    /oauth2/v1/token   150
 *   all else                            /                  as configured
 *
 * Source: the Okta provider's table of buckets; the numbers are those that
 * Okta last published for a One App organisation, or recorded.
 */
export function createRateLimits(limit: number, now: () => number): RateLimits {
    const windows = new Map<string, { readonly start: number; used: number }>();
    return {
        take(path) {
            const [bucket, most] = bucketOf(path, limit);
            const second = secondsOf(now());
            let window = windows.get(bucket);
            if (window === undefined || second >= window.start + WINDOW_S) window = { start: second, used: 0 };
            windows.set(bucket, window);
            window.used += 1;
            const remaining = Math.max(0, most - window.used);
            return { limit: most, remaining, reset: window.start + WINDOW_S, isExceeded: window.used > most };
        },
        clear() {
            windows.clear();
        },
    };
}

function bucketOf(path: string, limit: number): readonly [name: string, limit: number] {
    if (/^\/api\/v1\/apps(\/[^/]+\/(policies|groups|users).*)?$/.test(path)) return ["/api/v1/apps", 100];
    if (path.startsWith("/api/v1/apps/")) return ["/api/v1/apps/{id}", limit];
    if (path.startsWith("/api/v1/logs")) return ["/api/v1/logs", 50];
    if (/^\/api\/v1\/groups\/(?!rules$)[^/]+$/.test(path)) return ["/api/v1/groups/{id}", limit];
    if (path.startsWith("/api/v1/groups")) return ["/api/v1/groups", limit];
    if (path.startsWith("/api/v1/users")) return ["/api/v1/users", limit];
    if (path.startsWith("/api/v1/")) return ["/api/v1", limit];
    return path === "/oauth2/v1/token" ? ["/oauth2/v1/token", 150] : ["/", limit];
}
