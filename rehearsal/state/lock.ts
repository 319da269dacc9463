import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { fail } from "../../src/core/errors/errors";

/**
 * Keeps a second rehearsal away from a state while one changes it. A lock whose
 * process is gone is taken over.
 *
 * @returns what gives the lock back
 * @throws `bad-input` while another process holds the lock
 */
export async function lockState(statePath: string): Promise<() => Promise<void>> {
    const path = `${statePath}.lock`;
    await mkdir(dirname(statePath), { recursive: true });
    if (!(await claim(path))) {
        const holder = Number(await readFile(path, "utf8").catch(() => ""));
        if (isAlive(holder))
            fail("bad-input", `process ${holder} is rehearsing with the state ${statePath}; wait for it`);
        await rm(path, { force: true });
        if (!(await claim(path))) fail("bad-input", `another process is rehearsing with the state ${statePath}`);
    }
    return () => rm(path, { force: true });
}

async function claim(path: string): Promise<boolean> {
    try {
        await writeFile(path, String(process.pid), { flag: "wx", mode: 0o600 });
        return true;
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return code === "EEXIST" ? false : fail("bad-input", `cannot write ${path}: ${code}`, { cause: error });
    }
}

/** Signal 0 reaches nobody; EPERM says that there is a process. */
function isAlive(pid: number): boolean {
    if (!Number.isInteger(pid) || pid <= 0) return false;
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
