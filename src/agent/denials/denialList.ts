import { activeDenials, type Denial } from "../../core/membership/denials";

export interface DenialsChange {
    readonly added: readonly Denial[];
    /** Removed before their end. */
    readonly lifted: readonly Denial[];
    /** `own`: by `add` or `lift` of this process; `found`: in the file. */
    readonly origin: "own" | "found";
}

/** The known denials, including those that could not be saved. */
export interface DenialList {
    list(): readonly Denial[];
    /** The denials in the file, and those that could not be saved. */
    kept(): readonly Denial[];
    unkept(): readonly Denial[];
    version(): number;
    /** Replaces both parts, and notifies of the difference. */
    become(kept: readonly Denial[], unkept: readonly Denial[], origin: DenialsChange["origin"]): void;
    subscribe(listener: (change: DenialsChange) => void): () => void;
}

export function openDenialList(initial: readonly Denial[], now: () => number): DenialList {
    const listeners = new Set<(change: DenialsChange) => void>();
    let kept = initial;
    let unkept: readonly Denial[] = [];
    let version = 1;
    const list = () => [...kept, ...unkept];
    return {
        list,
        kept: () => kept,
        unkept: () => unkept,
        version: () => version,
        become(nextKept, nextUnkept, origin) {
            const before = list();
            [kept, unkept] = [nextKept, nextUnkept];
            const added = without(list(), before);
            const lifted = activeDenials(without(before, list()), now());
            if (added.length === 0 && lifted.length === 0) return;
            version += 1;
            for (const listener of listeners) listener({ added, lifted, origin });
        },
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}

/** The denials of the first list that are not in the second, by id. */
export function without(these: readonly Denial[], those: readonly Denial[]): readonly Denial[] {
    const ids = new Set(those.map(({ id }) => id));
    return these.filter(({ id }) => !ids.has(id));
}
