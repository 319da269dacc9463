/** A body that is being received. */
export interface Arriving {
    /** The bytes received so far. */
    received(): number;
    /** Ends the connection. */
    drop(): void;
}

export interface BodySlotsOptions {
    /** The most bodies that are received at once. */
    readonly atOnce: number;
    /** A body with a lower average rate can be dropped for another one, after a minimum time. */
    readonly slowestPerSecond: number;
    now(): number;
}

/** The minimum time before a body counts as slow. */
const PATIENCE_MS = 1000;

export interface BodySlots {
    /** Takes a slot, until the returned function is called; undefined if there is none. */
    enter(body: Arriving): (() => void) | undefined;
}

/**
 * Bounds how many unauthenticated bodies are in memory. Slow senders cannot keep the slots:
 *
 *   slots      bodies being received        a new one
 *   some free  any                          gets a slot
 *   none       all fast, or under a second  has to retry
 *   none       some too slow                gets the slot of the slowest, which is dropped
 */
export function openBodySlots({ atOnce, slowestPerSecond, now }: BodySlotsOptions): BodySlots {
    const bodies = new Map<Arriving, number>();
    const slowest = (): Arriving | undefined => {
        const nowMs = now();
        const rates = [...bodies]
            .filter(([, sinceMs]) => nowMs - sinceMs >= PATIENCE_MS)
            .map(([body, sinceMs]) => ({ body, perSecond: (body.received() * 1000) / (nowMs - sinceMs) }))
            .filter(({ perSecond }) => perSecond < slowestPerSecond)
            .sort((a, b) => a.perSecond - b.perSecond);
        return rates[0]?.body;
    };
    return {
        enter(body) {
            if (bodies.size >= atOnce) {
                const victim = slowest();
                if (victim === undefined) return undefined;
                bodies.delete(victim);
                victim.drop();
            }
            bodies.set(body, now());
            return () => bodies.delete(body);
        },
    };
}
