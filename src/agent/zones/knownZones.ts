import { fail } from "../../core/errors/errors";
import { readIfThere, setAside, writeDurably } from "../../durable";

/**
 * The zones that this agent has ever seen. After a restart, one of them that is gone was deleted, and the
 * others are kept; one that was never there is a mistake in the settings.
 */
export interface KnownZones {
    /** @throws `bad-input` for a file that cannot be opened */
    has(id: string): Promise<boolean>;
    /** What cannot be kept is tried again the next time. */
    add(id: string): Promise<void>;
}

export const noKnownZones: KnownZones = { has: async () => false, add: async () => {} };

/**
 * Keeps them in a file: `["nzo1…","nzo2…"]`. One that is not what was written is set aside, since each zone that is
 * there is seen again.
 *
 * @param onSetAside Hears of it, in a sentence.
 */
export function knownZonesFile(path: string, onSetAside: (sentence: string) => void): KnownZones {
    let known: Set<string> | undefined;

    async function load(): Promise<Set<string>> {
        known ??= new Set(await read());
        return known;
    }

    async function read(): Promise<readonly string[]> {
        const text = await readIfThere(path).catch((cause: NodeJS.ErrnoException) =>
            cause.code === "EISDIR" ? "" : fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause }),
        );
        const ids = text === undefined ? [] : idsIn(text);
        if (ids !== undefined) return ids;
        const aside = await setAside(path);
        const where = aside === undefined ? "and cannot be moved away" : `and was set aside as ${aside}`;
        onSetAside(`${path} cannot be used ${where}: a zone that is missing from now on counts as never seen`);
        return [];
    }

    return {
        has: async (id) => (await load()).has(id),
        async add(id) {
            const ids = await load();
            if (ids.has(id)) return;
            try {
                await writeDurably(path, `${JSON.stringify([...ids, id])}\n`);
                ids.add(id);
            } catch {}
        },
    };
}

/** Undefined where it is not what was written. */
function idsIn(text: string): readonly string[] | undefined {
    try {
        const ids: unknown = JSON.parse(text);
        return Array.isArray(ids) && ids.every((id) => typeof id === "string") ? ids : undefined;
    } catch {
        return undefined;
    }
}
