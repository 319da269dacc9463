import type { Clock } from "../../clock";
import { isDoubted, keptUser } from "../../core/group/keptUsers";
import { type KnownUsers, knownUsers } from "../../core/group/knownUsers";
import type { NamedUser, OktaUser } from "../../core/group/users";
import { userKey } from "../../core/membership/denials";
import type { GroupStore } from "../../okta/groups";
import { createWakeup } from "../wakeup";
import { answerOn, type Entry, entryOf, holderOf } from "./userAnswers";

export interface UserLookupOptions {
    readonly store: Pick<GroupStore, "findUser">;
    readonly clock: Clock;
    /** Called when more is known than before. */
    readonly onNews: () => void;
}

/** Looks up the users that grants name: each name once. */
export interface UserLookup extends KnownUsers {
    /** By userKey. */
    userOf(key: string): NamedUser;
    /** Looks up these, and no others. */
    want(keys: ReadonlySet<string>): void;
    /**
     * Adds users from other answers of Okta: their ids and logins need not be looked up, and a login may have a new
     * owner.
     */
    learn(users: readonly OktaUser[]): void;
    /** Receives the ids that are remembered of names, by userKey, instead of those of before: see GroupMemory and keptUser. */
    know(names: Readonly<Record<string, string>>): void;
    /** Looks up a user again who seems not to exist at Okta any more. */
    forget(id: string): void;
    /** Increases whenever more is known. */
    version(): number;
    /** Looks users up until the signal aborts. @throws an error without a code, which is a bug */
    run(signal: AbortSignal): Promise<void>;
}

const ASKED: NamedUser = { state: "asked" };
const NOT_ASKED = { answer: ASKED, holder: "there" } as const;
/** The most requests in progress. */
const AT_ONCE = 8;
const LONGEST_SLEEP_MS = 15_000;
/** A name whose answer contradicts what is remembered is looked up again after this time; later where there are many. */
const [DOUBTED_FOR_MS, FOR_EACH_DOUBTED_MS] = [10_000, 500];

export function openUserLookup({ store, clock, onNews }: UserLookupOptions): UserLookup {
    const entries = new Map<string, Entry>();
    const doubted = new Set<string>();
    let known: ReadonlyMap<string, string> = new Map();
    /** Ids of the members of the group, as last read. */
    let members: ReadonlySet<string> | undefined;
    let wanted: ReadonlySet<string> = new Set();
    let version = 0;
    const wakeup = createWakeup(clock);

    const userOf = (key: string): NamedUser => {
        const { answer, holder } = entries.get(key) ?? NOT_ASKED;
        return keptUser({ key, answer, knownId: known.get(key), holder });
    };

    const isInDoubt = (key: string) =>
        isDoubted({ answer: entries.get(key)?.answer ?? ASKED, knownId: known.get(key) });

    function put(key: string, entry: Entry | undefined): void {
        const before = userOf(key);
        if (entry === undefined) entries.delete(key);
        else entries.set(key, entry);
        doubted[isInDoubt(key) ? "add" : "delete"](key);
        if (JSON.stringify(before) !== JSON.stringify(userOf(key))) version++;
    }

    async function ask(key: string, signal: AbortSignal): Promise<void> {
        const failures = (entries.get(key)?.failures ?? 0) + 1;
        const entry = await answerOn(key, failures, { store, clock }, signal);
        if (entry === undefined) return;
        const knownId = known.get(key);
        if (knownId === undefined || !isDoubted({ ...entry, knownId })) return put(key, entry);
        const holder = await holderOf(knownId, entry.answer, { store, members }, signal);
        const waitMs = Math.max(DOUBTED_FOR_MS, FOR_EACH_DOUBTED_MS * doubted.size);
        if (holder !== undefined) put(key, { ...entry, holder, againAtMs: clock.now() + waitMs });
    }

    const due = () => [...wanted].filter((key) => (entries.get(key)?.againAtMs ?? 0) <= clock.now());

    return {
        userOf,
        ...knownUsers(() => entries.keys(), userOf),
        want(keys) {
            wanted = keys;
            for (const key of entries.keys()) {
                if (keys.has(key)) continue;
                entries.delete(key);
                doubted.delete(key);
            }
            if (due().length > 0) wakeup.ring();
        },
        learn(users) {
            members = new Set(users.map(({ id }) => id));
            for (const key of givenAway(entries, users)) put(key, undefined);
            for (const user of users) {
                for (const key of keysOf(user)) {
                    const entry = entryOf(key, user, clock.now());
                    const isNews = JSON.stringify(entries.get(key)?.answer) !== JSON.stringify(entry.answer);
                    if (!wanted.has(key) || !isNews) continue;
                    // Another user than is remembered: it has to be found out what became of that one.
                    put(key, isDoubted({ ...entry, knownId: known.get(key) }) ? { ...entry, againAtMs: 0 } : entry);
                }
            }
            if (due().length > 0) wakeup.ring();
        },
        know(names) {
            const next = new Map(Object.entries(names));
            const changed = [...new Set([...known.keys(), ...next.keys()])].filter(
                (key) => known.get(key) !== next.get(key),
            );
            const before = new Map(changed.map((key) => [key, JSON.stringify(userOf(key))]));
            const wasVersion = version;
            known = next;
            for (const key of changed) {
                if (before.get(key) !== JSON.stringify(userOf(key))) version++;
                const entry = entries.get(key);
                const isNew = isInDoubt(key) && !doubted.has(key);
                if (entry !== undefined && isNew) put(key, { ...entry, againAtMs: 0 });
                if (!isInDoubt(key)) doubted.delete(key);
            }
            wakeup.ring();
            if (version !== wasVersion) onNews();
        },
        forget(id) {
            for (const [key, { answer }] of entries) if (answer.id === id) put(key, undefined);
            wakeup.ring();
        },
        version: () => version,
        async run(signal) {
            while (!signal.aborted) {
                const before = version;
                const keys = due().slice(0, AT_ONCE);
                await Promise.all(keys.map((key) => ask(key, signal)));
                if (version !== before) onNews();
                if (keys.length > 0) continue;
                await wakeup.sleep(restMs(entries.values(), clock.now()), signal).catch(() => {});
            }
        },
    };
}

/** The logins that another user has now: their previous owners must not be taken for the new ones. */
function givenAway(entries: ReadonlyMap<string, Entry>, users: readonly OktaUser[]): readonly string[] {
    const byId = new Map(users.map((user) => [user.id, user]));
    return [...entries].flatMap(([key, { answer }]) => {
        const user = answer.state === "found" ? byId.get(answer.id) : undefined;
        return user?.login !== undefined && key.includes("@") && !keysOf(user).includes(key) ? key : [];
    });
}

/** How long nobody is to be looked up. */
function restMs(entries: Iterable<Entry>, nowMs: number): number {
    const firstMs = [...entries].reduce((first, { againAtMs }) => Math.min(first, againAtMs), Infinity);
    return Math.min(LONGEST_SLEEP_MS, Math.max(0, firstMs - nowMs));
}

function keysOf({ id, login }: OktaUser): readonly string[] {
    return login === undefined ? [id] : [id, userKey(login)];
}
