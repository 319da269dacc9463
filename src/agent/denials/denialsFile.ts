import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import type { Clock } from "../../clock";
import { fail, hasCode } from "../../core/errors/errors";
import { activeDenials, type Denial, userKey } from "../../core/membership/denials";
import { readIfThere, writeDurably } from "../../durable";
import { whileHostLocked } from "../../hostLock";
import { stampOf, watchFile } from "../../sources/watchFile";
import { type AddedDenial, type Denials, type LiftedDenial, MOST_DENIALS, type NewDenial } from "./denials";
import { denialsIn, denialsText, LATEST_MS } from "./denialsDocument";

export interface DenialsFileOptions {
    readonly path: string;
    readonly clock: Pick<Clock, "now" | "sleep">;
    /** A text that nobody else has. */
    readonly newId: () => string;
    /** Whether other agents of this host have the same file, so that whoever writes has to lock it. */
    readonly isShared: boolean;
}

/** Denials in a file of the state folder. */
export interface DenialsFile extends Denials {
    /** Calls back after each change of the list, whoever made it. Returns how to stop that. */
    subscribe(listener: (change: DenialsChange) => void): () => void;
    /** Follows what other agents of this host write, until the signal aborts. Does nothing where the file is not shared. */
    follow(signal: AbortSignal, onTrouble: (problem: string) => void): Promise<void>;
}

export interface DenialsChange {
    readonly added: readonly Denial[];
    /** Removed before their end. */
    readonly lifted: readonly Denial[];
    /** `own`: by `add` or `lift` of this process; `found`: in the file. */
    readonly origin: "own" | "found";
}

/** How long a denial is kept after its end: a clock that ran ahead must not have removed it. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Opens the denials that a file keeps. Where there is no file, nobody is denied.
 *
 * @throws `bad-input` for a file that cannot be read: to forget a denial would let somebody in
 */
export async function openDenialsFile(options: DenialsFileOptions): Promise<DenialsFile> {
    const { path, clock, newId, isShared } = options;
    const listeners = new Set<(change: DenialsChange) => void>();
    let { state: seen } = await stampOf(path);
    let kept = await readDenials(path);
    /** In force, and not in the file, as it could not be written. */
    let unkept: readonly Denial[] = [];
    let version = 1;
    let work: Promise<unknown> = Promise.resolve();

    const list = () => (unkept.length === 0 ? kept : [...kept, ...unkept]);

    function inTurn<T>(next: () => Promise<T>): Promise<T> {
        const result = work.then(next);
        work = result.catch(() => {});
        return result;
    }

    function become(nextKept: readonly Denial[], nextUnkept: readonly Denial[], origin: DenialsChange["origin"]): void {
        const before = list();
        [kept, unkept] = [nextKept, nextUnkept];
        const added = without(list(), before);
        const lifted = activeDenials(without(before, list()), clock.now());
        if (added.length === 0 && lifted.length === 0) return;
        version += 1;
        for (const listener of listeners) listener({ added, lifted, origin });
    }

    /** Takes in what another agent wrote. A file that is gone or broken changes nothing: who is denied stays so. */
    async function refresh(): Promise<void> {
        const { state } = await stampOf(path);
        if (state === seen) return;
        const text = await readIfThere(path);
        const found = text === undefined ? kept : denialsIn(text, path);
        become(found, without(unkept, found), "found");
        seen = state;
    }

    /** Replaces the list, as `next` makes it of the one that is there now. */
    async function replace(next: () => readonly Denial[]): Promise<void> {
        const write = async () => {
            await refresh().catch((error: unknown) => {
                if (!hasCode(error, "bad-input")) throw error;
            });
            const denials = activeDenials(next(), clock.now() - KEPT_MS);
            await writeDurably(path, denialsText(denials));
            ({ state: seen } = await stampOf(path));
            become(denials, [], "own");
        };
        if (!isShared) return write();
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        return whileHostLocked(`${path}.lock`, clock, write);
    }

    async function add({ untilMs, ...given }: NewDenial): Promise<AddedDenial> {
        const wanted = { ...given, ...(untilMs !== undefined && { untilMs: Math.min(untilMs, LATEST_MS) }) };
        const nowMs = clock.now();
        const known = () => activeDenials(list(), nowMs).find((each) => isSame(each, wanted));
        const before = known();
        if (before !== undefined && !unkept.includes(before)) return { denial: before, isNew: false };
        if (before === undefined && activeDenials(list(), nowMs).length >= MOST_DENIALS) return { problem: "too-many" };
        const denial = before ?? { id: newId(), ...wanted, atMs: nowMs };
        const isNew = before === undefined;
        try {
            await replace(() => (isNew ? [...list(), denial] : list()));
            return { denial, isNew };
        } catch (error) {
            if (isNew) become(kept, [...unkept, denial], "own");
            return { denial, isNew, unkept: (error as Error).message };
        }
    }

    async function lift(id: string): Promise<LiftedDenial> {
        await refresh().catch(() => {});
        const denial = list().find((each) => each.id === id);
        if (denial === undefined) return { problem: "unknown" };
        try {
            await replace(() => list().filter((each) => each.id !== id));
            return { denial };
        } catch (error) {
            return { unkept: (error as Error).message };
        }
    }

    return {
        list,
        version: () => version,
        add: (denial) => inTurn(() => add(denial)),
        lift: (id) => inTurn(() => lift(id)),
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
        async follow(signal, onTrouble) {
            if (!isShared) return;
            const look = () => void inTurn(refresh).catch((error: unknown) => onTrouble((error as Error).message));
            await watchFile(path, { seen: () => seen, sleep: clock.sleep }, look, signal);
        },
    };
}

async function readDenials(path: string): Promise<readonly Denial[]> {
    const text = await readIfThere(path).catch((cause: Error) =>
        fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause }),
    );
    return text === undefined ? [] : denialsIn(text, path);
}

function without(these: readonly Denial[], those: readonly Denial[]): readonly Denial[] {
    const ids = new Set(those.map(({ id }) => id));
    return these.filter(({ id }) => !ids.has(id));
}

/** Whoever gave it: a script that sends it again need not be the same. */
function isSame(a: NewDenial, b: NewDenial): boolean {
    const keyOf = ({ user, span, grant, untilMs, reason }: NewDenial) =>
        JSON.stringify([user === undefined ? null : userKey(user), span?.low, span?.high, grant, untilMs, reason]);
    return keyOf(a) === keyOf(b);
}
