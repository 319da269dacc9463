import type { Change } from "../../src/core/portal/state";

/** The tables of a portal's store as plain maps, which each transaction changes at once. */
export function memoryStore(state: Readonly<Partial<Record<string, Map<string, unknown>>>>) {
    return {
        read: async () => state,
        transact: async (work: (of: unknown) => { changes: readonly Change[]; result: unknown }) => {
            const { changes, result } = work(state);
            for (const [table, key, row] of changes) {
                if (row === null) state[table]?.delete(key);
                else state[table]?.set(key, row);
            }
            return result;
        },
    };
}
