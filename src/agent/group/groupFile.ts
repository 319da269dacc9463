import { z } from "zod";

import { fail } from "../../core/errors/errors";
import type { GroupMemory } from "../../core/group/groupPlan";
import { readIfThere, setAside, writeDurably } from "../../durable";

const DOCUMENT = z.object({
    format: z.literal(2),
    group: z.string(),
    granted: z.array(z.string()),
    unknown: z.array(z.string()),
    released: z.record(z.string(), z.string()),
    names: z.record(z.string(), z.string()),
});

/** Where the memory of a group survives a restart. */
export interface GroupFile {
    /** Undefined if there is no file, or one of another group. @throws `bad-input` if it cannot be read */
    read(): Promise<GroupMemory | undefined>;
    /** Resolves when it would survive a crash. @throws `ledger-unwritable` */
    write(memory: GroupMemory): Promise<void>;
}

export interface GroupFileOptions {
    readonly path: string;
    readonly group: string;
    /** Receives a sentence if the file is damaged. */
    readonly onWarning: (sentence: string) => void;
    /** `read`: nothing is written. @default "write" */
    readonly mode?: "read" | "write";
}

/**
 * The memory as JSON in `group.json`: ids of users, and the names by which grants know them. A damaged file is renamed, and the group is then treated as at first
 * contact, which removes no member.
 */
export function groupFile({ path, group, onWarning, mode = "write" }: GroupFileOptions): GroupFile {
    return {
        async read() {
            const text = await readIfThere(path).catch((cause: Error) =>
                fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause }),
            );
            if (text === undefined) return undefined;
            const { data } = DOCUMENT.safeParse(parsed(text));
            if (data === undefined) {
                const aside = mode === "read" ? undefined : await setAside(path);
                const where = aside === undefined ? "" : ` and was set aside as ${aside}`;
                onWarning(
                    `${path} is damaged${where}: members of the group ${group} whom no grant explains are held until their removal is confirmed`,
                );
                return undefined;
            }
            const { granted, unknown, released, names } = data;
            return data.group === group ? { granted, unknown, released, names } : undefined;
        },
        async write(memory) {
            try {
                await writeDurably(path, `${JSON.stringify({ format: 2, group, ...memory })}\n`);
            } catch (cause) {
                fail("ledger-unwritable", `cannot write ${path}: ${(cause as Error).message}`, { cause });
            }
        },
    };
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
