import { readIfThere, writeDurably } from "../../durable";
import type { Mark } from "./chain";

/** Grants that a person or a rule ended before their time, by id, with the end that they had: until then an old copy could bring them back. */
export type EndedGrants = Readonly<Record<string, number>>;

/** What a process remembers of a store over a restart, so that it does not take an older copy for the truth. */
export interface Seen {
    readonly mark?: Mark;
    readonly endedGrants: EndedGrants;
}

export interface StoreMemory {
    /** Nothing where there is none, and where it cannot be used. */
    read(): Promise<Seen | undefined>;
    write(seen: Seen): Promise<void>;
}

/** The memory in a file: `{"mark":{"store":"7Gk…E","line":41,"hash":"…"},"endedGrants":{"g-1":1796126400000}}`. */
export function storeMemoryFile(path: string): StoreMemory {
    return {
        async read() {
            try {
                return seenIn(JSON.parse((await readIfThere(path)) ?? "null"));
            } catch {
                // It is damaged: the store is then met as for the first time.
                return undefined;
            }
        },
        write: (seen) => writeDurably(path, `${JSON.stringify(seen)}\n`),
    };
}

function seenIn(value: unknown): Seen | undefined {
    const { mark, endedGrants } = (value ?? {}) as Partial<Seen>;
    if (typeof endedGrants !== "object" || endedGrants === null) return undefined;
    const { store, line, hash } = mark ?? {};
    const isMark = typeof store === "string" && typeof line === "number" && typeof hash === "string";
    return { ...(isMark && { mark: mark as Mark }), endedGrants };
}
