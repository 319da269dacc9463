import { activeDenials, userKey } from "../../core/membership/denials";
import { openQueue } from "../../queue";
import type { DenialsChange } from "./denialList";
import { type AddedDenial, type Denials, type LiftedDenial, MOST_DENIALS, type NewDenial } from "./denials";
import { LATEST_MS } from "./denialsDocument";
import { openStoredList, type StoredListOptions } from "./storedList";

export interface DenialsFileOptions extends StoredListOptions {
    /** Makes a unique id. */
    readonly newId: () => string;
}

/** Denials in a file of the state folder. */
export interface DenialsFile extends Denials {
    /** Calls back after each change of the list, by any process. @returns a function that ends the subscription */
    subscribe(listener: (change: DenialsChange) => void): () => void;
    /**
     * Follows the changes of other agents of this host, until the signal aborts. Does nothing if the file is not
     * shared.
     */
    follow(signal: AbortSignal, onTrouble: (problem: string) => void): Promise<void>;
}

/**
 * Opens the denials that a file keeps. Without a file there are no denials.
 *
 * @throws `bad-input` for a file that cannot be read: a denial that is lost would admit a denied user
 */
export async function openDenialsFile(options: DenialsFileOptions): Promise<DenialsFile> {
    const { clock, newId, isShared } = options;
    const { denials, refresh, replace, watch } = await openStoredList(options);
    const { list, kept, unkept, become } = denials;
    const inTurn = openQueue();

    async function add({ untilMs, ...given }: NewDenial): Promise<AddedDenial> {
        const wanted = { ...given, ...(untilMs !== undefined && { untilMs: Math.min(untilMs, LATEST_MS) }) };
        const nowMs = clock.now();
        const active = activeDenials(list(), nowMs);
        const before = active.find((each) => isSame(each, wanted));
        if (before !== undefined && !unkept().includes(before)) return { denial: before, isNew: false };
        if (before === undefined && active.length >= MOST_DENIALS) return { problem: "too-many" };
        const denial = before ?? { id: newId(), ...wanted, atMs: nowMs };
        const isNew = before === undefined;
        try {
            await replace(() => (isNew ? [...list(), denial] : list()));
            return { denial, isNew };
        } catch (error) {
            if (isNew) become(kept(), [...unkept(), denial], "own");
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
        version: denials.version,
        add: (denial) => inTurn(() => add(denial)),
        lift: (id) => inTurn(() => lift(id)),
        subscribe: denials.subscribe,
        async follow(signal, onTrouble) {
            if (!isShared) return;
            const look = () => void inTurn(refresh).catch((error: unknown) => onTrouble((error as Error).message));
            await watch(look, signal);
        },
    };
}

/** Whether two denials are equal, apart from who gave them: a repeated one may come from another client. */
function isSame(a: NewDenial, b: NewDenial): boolean {
    const keyOf = ({ user, span, grant, untilMs, reason }: NewDenial) =>
        JSON.stringify([user === undefined ? null : userKey(user), span?.low, span?.high, grant, untilMs, reason]);
    return keyOf(a) === keyOf(b);
}
