import type { Clock } from "../../clock";
import { hasCode, isTransient } from "../../core/errors/errors";
import type { ZoneChange } from "../../okta/zones/zoneLog";

export interface OtherWritersOptions {
    readonly zoneIds: readonly string[];
    /** The changes of zones between two moments, by Okta's System Log. @throws `okta-*` */
    readonly read: (sinceMs: number, untilMs: number, signal: AbortSignal) => Promise<readonly ZoneChange[]>;
    /** Who the agent itself is to Okta: ids of users and apps. @throws `okta-*` */
    readonly ourselves: (signal: AbortSignal) => Promise<readonly string[]>;
    readonly clock: Clock;
    /** Hears that somebody else changed one of the zones. */
    readonly onForeign: (change: ZoneChange) => void;
    /** Hears why the log is not read any more, in a sentence. */
    readonly onEnd: (why: string) => void;
}

/** Hears from Okta's System Log of zones that somebody else changed: sooner than by looking, and with a name. */
export interface OtherWriters {
    /** Until the signal aborts, or the log may not be read. Never rejects for an answer of Okta's. */
    run(signal: AbortSignal): Promise<void>;
    /** Who changed a zone last, of those who are not the agent; undefined where nobody is known. */
    lastWriter(zoneId: string): string | undefined;
}

/** The log has a rate limit of its own, 20 requests a minute at the least: this is 3. */
const EVERY_MS = 20_000;

/** How far the two clocks may be apart, and how late an event may come into the log. */
const OVERLAP_MS = 120_000;

export function openOtherWriters(options: OtherWritersOptions): OtherWriters {
    const { zoneIds, clock, onForeign } = options;
    const writers = new Map<string, string>();
    const known = new Set<string>();
    let ours: readonly string[] | undefined;

    async function look(beganAtMs: number, signal: AbortSignal): Promise<void> {
        ours ??= await options.ourselves(signal);
        const nowMs = clock.now();
        const changes = await options.read(nowMs - OVERLAP_MS, nowMs + OVERLAP_MS, signal);
        const seen = changes.map((change) => ({ change, key: JSON.stringify(change) }));
        for (const { change, key } of seen) {
            const isForeign = zoneIds.includes(change.zoneId) && !ours.includes(change.actorId);
            if (known.has(key) || !isForeign) continue;
            writers.set(change.zoneId, change.actorName);
            // What was changed before the agent led is in the zone as it first saw it.
            if (change.atMs >= beganAtMs) onForeign(change);
        }
        known.clear();
        for (const { key } of seen) known.add(key);
    }

    return {
        lastWriter: (zoneId) => writers.get(zoneId),
        async run(signal) {
            const beganAtMs = clock.now();
            while (!signal.aborted) {
                try {
                    await look(beganAtMs, signal);
                } catch (error) {
                    if (signal.aborted) return;
                    if (!isTransient(error)) {
                        if (!hasCode(error, "okta-forbidden", "okta-unauthorized", "okta-refused")) throw error;
                        return options.onEnd(`Okta's System Log is not read for changes of others: ${error.message}`);
                    }
                }
                await clock.sleep(EVERY_MS, signal).catch(() => {});
            }
        },
    };
}
