/** Runs one piece of work at a time for each zone. */
export type ZoneLock = <T>(zoneIds: readonly string[], work: () => Promise<T>) => Promise<T>;

/**
 * A lock for the zones of one process: Okta knows no conditional write, so two
 * rounds on one zone would each undo what the other did.
 *
 * Waits for all work begun before on any of the zones, so it cannot deadlock.
 */
export function zoneLock(): ZoneLock {
    const last = new Map<string, Promise<unknown>>();
    return async (zoneIds, work) => {
        const before = zoneIds.map((id) => last.get(id));
        const result = Promise.all(before).then(work);
        const done = result.catch(() => undefined);
        for (const id of zoneIds) last.set(id, done);
        return result;
    };
}
