import type { Clock } from "../../clock";
import { hasCode, isTransient } from "../../core/errors/errors";
import type { ZoneChange } from "../../okta/zones/zoneLog";

export interface OtherWritersOptions {
    /** The changes of zones between two moments, by Okta's System Log. @throws `okta-*` */
    readonly read: (sinceMs: number, untilMs: number, signal: AbortSignal) => Promise<readonly ZoneChange[]>;
    /** Who the agent itself is to Okta: ids of users and apps. @throws `okta-*` */
    readonly ourselves: (signal: AbortSignal) => Promise<readonly string[]>;
    readonly clock: Clock;
    /** Hears why the log is not read any more, in a sentence. */
    readonly onEnd: (why: string) => void;
}

/** Hears from an org's System Log of zones that another writer changed: sooner than by looking, and with a name. */
export interface OtherWriters {
    /**
     * Until the signal aborts, or the log may not be read. The log is read once, however many ask. Never rejects for an
     * answer of Okta's.
     *
     * @param onForeign Hears that another writer changed one of the zones, after this began.
     */
    follow(zoneIds: readonly string[], onForeign: (change: ZoneChange) => void, signal: AbortSignal): Promise<void>;
    /** Who changed a zone last, of those who are not the agent; undefined where nobody is known. */
    lastWriter(zoneId: string): string | undefined;
}

interface Follower {
    readonly zoneIds: readonly string[];
    readonly onForeign: (change: ZoneChange) => void;
    readonly beganAtMs: number;
}

/** The log has a rate limit of its own, 20 requests a minute at the least: this is 3. */
const EVERY_MS = 20_000;

/** How far the two clocks may be apart, and how late an event may come into the log. */
const OVERLAP_MS = 120_000;

export function openOtherWriters({ read, ourselves, clock, onEnd }: OtherWritersOptions): OtherWriters {
    const writers = new Map<string, string>();
    const followers = new Set<Follower>();
    let ours: readonly string[] | undefined;
    let reading: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

    async function look(known: Set<string>, signal: AbortSignal): Promise<void> {
        ours ??= await ourselves(signal);
        const nowMs = clock.now();
        const changes = await read(nowMs - OVERLAP_MS, nowMs + OVERLAP_MS, signal);
        const seen = changes.map((change) => ({ change, key: JSON.stringify(change) }));
        for (const { change, key } of seen) {
            if (known.has(key) || ours.includes(change.actorId)) continue;
            const concerned = [...followers].filter(({ zoneIds }) => zoneIds.includes(change.zoneId));
            if (concerned.length > 0) writers.set(change.zoneId, change.actorName);
            for (const { beganAtMs, onForeign } of concerned) {
                // What was changed before the agent led is in the zone as it first saw it.
                if (change.atMs >= beganAtMs) onForeign(change);
            }
        }
        known.clear();
        for (const { key } of seen) known.add(key);
    }

    function begin(): { readonly stop: AbortController; readonly ended: Promise<void> } {
        const stop = new AbortController();
        const known = new Set<string>();
        return { stop, ended: lookAgain((signal) => look(known, signal), { clock, onEnd }, stop.signal) };
    }

    return {
        lastWriter: (zoneId) => writers.get(zoneId),
        async follow(zoneIds, onForeign, signal) {
            if (signal.aborted) return;
            const follower = { zoneIds, onForeign, beganAtMs: clock.now() };
            followers.add(follower);
            reading ??= begin();
            const { stop, ended } = reading;
            try {
                await Promise.race([ended, aborted(signal)]);
            } finally {
                followers.delete(follower);
                if (followers.size === 0) {
                    stop.abort();
                    reading = undefined;
                }
            }
            if (stop.signal.aborted) await ended;
        },
    };
}

/** Looks every 20 s, until the signal aborts or the log may not be read. */
async function lookAgain(
    look: (signal: AbortSignal) => Promise<void>,
    { clock, onEnd }: Pick<OtherWritersOptions, "clock" | "onEnd">,
    signal: AbortSignal,
): Promise<void> {
    while (!signal.aborted) {
        try {
            await look(signal);
        } catch (error) {
            if (signal.aborted) return;
            if (!isTransient(error)) {
                if (!hasCode(error, "okta-forbidden", "okta-unauthorized", "okta-refused")) throw error;
                return onEnd(`Okta's System Log is not read for changes of others: ${error.message}`);
            }
        }
        await clock.sleep(EVERY_MS, signal).catch(() => {});
    }
}

function aborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
