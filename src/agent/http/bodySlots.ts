/** A body that is on its way. */
export interface Arriving {
    /** Bytes that are there so far. */
    received(): number;
    /** Ends the connection. */
    drop(): void;
}

export interface BodySlotsOptions {
    /** How many may be on their way at once. */
    readonly atOnce: number;
    /** One that is slower, on average, gives way to another one once it is old enough. */
    readonly slowestPerSecond: number;
    now(): number;
}

/** Before that a body is not called slow. */
const PATIENCE_MS = 1000;

export interface BodySlots {
    /** Lets a body in until `leave` is called; undefined where there is no room for it. */
    enter(body: Arriving): (() => void) | undefined;
}

/**
 * Bounds how many bodies are in memory that nobody has proved yet. Whoever sends slowly cannot keep the places:
 *
 *   places     bodies on their way          a new one
 *   some free  any                          gets one
 *   none       all fast, or under a second  is to come again
 *   none       some too slow                gets the place of the slowest, which is dropped
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
