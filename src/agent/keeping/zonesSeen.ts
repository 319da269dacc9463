import { fail } from "../../core/errors/errors";
import { readIfThere, writeDurably } from "../../durable";

/**
 * The zones that this agent has ever seen. After a restart, one of them that is gone was deleted, and the
 * others are kept; one that was never there is a slip of the pen in the settings.
 */
export interface ZonesSeen {
    /** @throws `bad-input` for a file that cannot be used */
    has(id: string): Promise<boolean>;
    /** What cannot be kept is tried again the next time. */
    add(id: string): Promise<void>;
}

export const noZonesSeen: ZonesSeen = { has: async () => false, add: async () => {} };

/** Keeps them in a file: `["nzo1…","nzo2…"]`. */
export function zonesSeenFile(path: string): ZonesSeen {
    let known: Set<string> | undefined;

    async function load(): Promise<Set<string>> {
        const unreadable = (cause: Error) => fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause });
        known ??= new Set(idsIn(await readIfThere(path).catch(unreadable), path));
        return known;
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

function idsIn(text: string | undefined, path: string): readonly string[] {
    if (text === undefined) return [];
    try {
        return (JSON.parse(text) as readonly unknown[]).map(String);
    } catch (cause) {
        return fail("bad-input", `${path} is not what the agent wrote: remove it, and it is made anew`, { cause });
    }
}
