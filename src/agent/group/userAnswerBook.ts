import { isDoubted, keptUser } from "../../core/group/keptUsers";
import type { NamedUser } from "../../core/group/users";
import type { Entry } from "./userAnswers";

/** What is known of names, by userKey: Okta's answers, and the ids that are remembered of them. */
export interface UserAnswerBook {
    readonly entries: ReadonlyMap<string, Entry>;
    userOf(key: string): NamedUser;
    /** The id that is remembered of a name. */
    knownId(key: string): string | undefined;
    /** How many answers contradict what is remembered. */
    doubted(): number;
    /** Replaces what is known of a name; undefined: it has to be looked up. */
    put(key: string, entry: Entry | undefined): void;
    /** Removes the names that are no longer asked for. */
    retain(keys: ReadonlySet<string>): void;
    /** Replaces the remembered ids. An answer that contradicts one of them is then due again. */
    know(names: Readonly<Record<string, string>>): void;
    /** Increases whenever a name means something else. */
    version(): number;
}

const ASKED: NamedUser = { state: "asked" };
const NOT_ASKED = { answer: ASKED, holder: "there" } as const;

export function openUserAnswerBook(): UserAnswerBook {
    const entries = new Map<string, Entry>();
    const doubted = new Set<string>();
    let known: ReadonlyMap<string, string> = new Map();
    let version = 0;

    function userOf(key: string): NamedUser {
        const { answer, holder } = entries.get(key) ?? NOT_ASKED;
        return keptUser({ key, answer, knownId: known.get(key), holder });
    }

    /** Makes a change of a name, and counts it where the name means something else then. */
    function change(key: string, work: () => void): void {
        const before = JSON.stringify(userOf(key));
        work();
        const { answer } = entries.get(key) ?? NOT_ASKED;
        doubted[isDoubted({ answer, knownId: known.get(key) }) ? "add" : "delete"](key);
        if (before !== JSON.stringify(userOf(key))) version++;
    }

    function knowOne(key: string, id: string | undefined, next: Map<string, string>): void {
        change(key, () => {
            if (id === undefined) next.delete(key);
            else next.set(key, id);
            const entry = entries.get(key);
            if (entry !== undefined && isDoubted({ ...entry, knownId: id })) {
                entries.set(key, { ...entry, holder: "there", againAtMs: 0 });
            }
        });
    }

    return {
        entries,
        userOf,
        knownId: (key) => known.get(key),
        doubted: () => doubted.size,
        put: (key, entry) =>
            change(key, () => {
                if (entry === undefined) entries.delete(key);
                else entries.set(key, entry);
            }),
        retain(keys) {
            for (const key of entries.keys()) {
                if (keys.has(key)) continue;
                entries.delete(key);
                doubted.delete(key);
            }
        },
        know(names) {
            const next = new Map(known);
            known = next;
            for (const key of next.keys()) if (!Object.hasOwn(names, key)) knowOne(key, undefined, next);
            for (const [key, id] of Object.entries(names)) if (next.get(key) !== id) knowOne(key, id, next);
        },
        version: () => version,
    };
}
