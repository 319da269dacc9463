import { readFile, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";

interface Entry {
    readonly id: string;
    readonly user?: string;
    readonly ip: string | readonly string[];
    readonly expiresAt?: string;
}

/** What changes in the grants during the walk-through. */
export interface Change {
    readonly added: Entry;
    readonly revoked: Entry;
    readonly expired: Entry;
}

/** Copies the grants of the checkout, so that the walk-through changes no file of it. */
export async function copyGrants(from: string, to: string): Promise<void> {
    await writeFile(to, await readFile(from));
}

/** One grant is added, one is revoked, and the end of one is moved up to this moment. */
export async function changeGrants(path: string, nowMs: number): Promise<Change> {
    const { grants } = parse(await readFile(path, "utf8")) as { grants: Entry[] };
    const [expiring, revoked, ...rest] = grants;
    if (expiring === undefined || revoked === undefined) throw new Error(`${path} holds fewer than two grants`);
    const expiresAt = (ms: number) => new Date(ms).toISOString();
    const expired = { ...expiring, expiresAt: expiresAt(nowMs) };
    const added = {
        id: "g-103",
        user: "cleo@example.com",
        ip: "198.51.100.77",
        expiresAt: expiresAt(nowMs + 8 * 3_600_000),
    };
    await writeFile(path, stringify({ grants: [expired, ...rest, added] }));
    return { added, revoked, expired };
}
