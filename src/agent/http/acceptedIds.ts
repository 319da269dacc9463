/** The deliveries that were accepted lately, by their ids. */
export interface AcceptedIds {
    has(id: string): boolean;
    add(id: string): void;
}

/** A signature is believed for five minutes before and after its moment, so after this it is not believed any more. */
const KEPT_MS = 10 * 60_000;

/** More than are accepted in that time. */
const MOST = 50_000;

export function openAcceptedIds(now: () => number): AcceptedIds {
    // In the order in which they came.
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
