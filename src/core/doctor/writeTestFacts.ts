export interface WriteTestFacts {
    /** By Okta's clock; too early rather than too late. */
    readonly startedAtMs: number;
    readonly tests: readonly ZoneTestFacts[];
}

/**
 *   outcome    detail
 *   verified   undefined
 *   left out   why it would not have been safe; nothing was written
 *   failed     what happened, and what is in the zone now
 */
export interface ZoneTestFacts {
    readonly zoneId: string;
    readonly outcome: "verified" | "left out" | "failed";
    readonly detail: string | undefined;
    /** What to do about a failure. */
    readonly remedy?: string;
}
