import { readdir, readFile } from "node:fs/promises";

/** How often the processes are looked at, in milliseconds: a process counts without its last moment. */
const EVERY_MS = 50;

/** What Linux counts processor time in. */
const TICKS_PER_SECOND = 100;

interface Process {
    readonly parent: number;
    readonly ticks: number;
}

/** The processor time of all that a process starts. */
export interface CpuWatch {
    /** @returns seconds, user and system; undefined where there is no /proc */
    end(): Promise<number | undefined>;
}

/**
 * Watches the descendants of a process in /proc, without the process itself. What the system counts for a parent lacks children that it did not wait for,
 * as Pulumi does not for all of its plugins.
 */
export function watchCpu(pid: number): CpuWatch {
    const ticks = new Map<number, number>();
    /** What children had taken before. */
    let before: ReadonlyMap<number, number> | undefined;
    const family = new Set([pid]);
    const look = async () => {
        const all = await processes();
        for (let size = 0; size !== family.size; ) {
            size = family.size;
            for (const [id, { parent }] of all) if (family.has(parent)) family.add(id);
        }
        for (const id of family) if (id !== pid) ticks.set(id, all.get(id)?.ticks ?? ticks.get(id) ?? 0);
        before ??= new Map(ticks);
    };
    let last = look();
    const timer = setInterval(() => {
        last = last.then(look);
    }, EVERY_MS);
    return {
        async end() {
            clearInterval(timer);
            await last;
            const sum = [...ticks].reduce((total, [id, each]) => total + each - (before?.get(id) ?? 0), 0);
            return sum === 0 ? undefined : sum / TICKS_PER_SECOND;
        },
    };
}

async function processes(): Promise<Map<number, Process>> {
    const names = await readdir("/proc").catch(() => []);
    const ids = names.map(Number).filter((id) => id > 0);
    const all = await Promise.all(ids.map(async (id) => [id, await processOf(id)] as const));
    return new Map(all.flatMap(([id, found]) => (found === undefined ? [] : [[id, found]])));
}

/** The fields after the name, which may have spaces and brackets: proc(5). */
async function processOf(id: number): Promise<Process | undefined> {
    const text = await readFile(`/proc/${id}/stat`, "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}
