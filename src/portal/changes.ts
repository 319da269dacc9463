/** Who is told when something in the store or in a report may have changed. */
export function openChanges() {
    const listeners = new Set<() => void>();
    return {
        tell: () => {
            for (const listener of listeners) listener();
        },
        subscribe: (listener: () => void) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}
