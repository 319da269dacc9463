/** The ids of recently accepted deliveries. */
export interface AcceptedIds {
    has(id: string): boolean;
    add(id: string): void;
}

/** A signature is valid for five minutes before and after its time, so ids need not be kept longer than this. */
const KEPT_MS = 10 * 60_000;

/** The most ids; more than are accepted in that time. */
const MOST = 50_000;

export function openAcceptedIds(now: () => number): AcceptedIds {
    // In the order of arrival.
    const ids = new Map<string, number>();
    const forget = () => {
        for (const [id, atMs] of ids) {
            if (ids.size <= MOST && now() - atMs < KEPT_MS) return;
            ids.delete(id);
        }
    };
    return {
        has(id) {
            forget();
            return ids.has(id);
        },
        add(id) {
            ids.delete(id);
            ids.set(id, now());
            forget();
        },
    };
}
