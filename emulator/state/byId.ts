import { fail } from "../../src/core/errors/errors";

/** A map by id. @throws `bad-input` where two things of a seed have the same id */
export function byId<T>(kind: string, entries: readonly (readonly [id: string, value: T])[]): Map<string, T> {
    const map = new Map<string, T>();
    for (const [id, value] of entries) {
        if (map.has(id)) fail("bad-input", `the emulator's seed has two ${kind} with the id ${id}`);
        map.set(id, value);
    }
    return map;
}
