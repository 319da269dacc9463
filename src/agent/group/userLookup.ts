import type { Clock } from "../../clock";
import { isDoubted } from "../../core/group/keptUsers";
import { type KnownUsers, knownUsers } from "../../core/group/knownUsers";
import type { NamedUser, OktaUser } from "../../core/group/users";
import { userKey } from "../../core/membership/denials";
import type { GroupStore } from "../../okta/groups";
import { createWakeup } from "../wakeup";
import { openUserAnswerBook, type UserAnswerBook } from "./userAnswerBook";
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

/** The most requests in progress. */
const AT_ONCE = 8;
const LONGEST_SLEEP_MS = 15_000;
/** A name whose answer contradicts what is remembered is looked up again after this time; later where there are many. */
const [DOUBTED_FOR_MS, FOR_EACH_DOUBTED_MS] = [10_000, 500];

export function openUserLookup({ store, clock, onNews }: UserLookupOptions): UserLookup {
    const book = openUserAnswerBook();
    const { entries, userOf, version } = book;
    /** Ids of the members of the group, as last read. */
    let members: ReadonlySet<string> | undefined;
    let wanted: ReadonlySet<string> = new Set();
    const wakeup = createWakeup(clock);

    const due = () => [...wanted].filter((key) => (entries.get(key)?.againAtMs ?? 0) <= clock.now());
    const ringIfDue = () => {
        if (due().length > 0) wakeup.ring();
    };

    return {
        userOf,
        version,
        ...knownUsers(() => entries.keys(), userOf),
        want(keys) {
            wanted = keys;
            book.retain(keys);
            ringIfDue();
        },
        learn(users) {
            members = new Set(users.map(({ id }) => id));
            for (const key of givenAway(entries, users)) book.put(key, undefined);
            for (const user of users) {
                for (const key of keysOf(user))
                    if (wanted.has(key)) learned(book, key, entryOf(key, user, clock.now()));
            }
            ringIfDue();
        },
        know(names) {
            const before = version();
            book.know(names);
            ringIfDue();
            if (version() !== before) onNews();
        },
        forget(id) {
            for (const [key, { answer }] of entries) if (answer.id === id) book.put(key, undefined);
            wakeup.ring();
        },
        async run(signal) {
            while (!signal.aborted) {
                const before = version();
                const keys = due().slice(0, AT_ONCE);
                await Promise.all(keys.map((key) => ask(key, { store, clock, book, members }, signal)));
                if (version() !== before) onNews();
                if (keys.length > 0) continue;
                await wakeup.sleep(restMs(entries.values(), clock.now()), signal).catch(() => {});
            }
        },
    };
}

interface Asking extends Pick<UserLookupOptions, "store" | "clock"> {
    readonly book: UserAnswerBook;
    /** Ids of the members of the group, as last read. */
    readonly members: ReadonlySet<string> | undefined;
}

/** Asks who a name is, and, where that contradicts what is remembered, what became of the user of before. */
async function ask(key: string, { store, clock, book, members }: Asking, signal: AbortSignal): Promise<void> {
    const failures = (book.entries.get(key)?.failures ?? 0) + 1;
    const entry = await answerOn(key, failures, { store, clock }, signal);
    if (entry === undefined) return;
    const knownId = book.knownId(key);
    if (knownId === undefined || !isDoubted({ ...entry, knownId })) return book.put(key, entry);
    const holder = await holderOf(knownId, entry.answer, { store, members }, signal);
    const waitMs = Math.max(DOUBTED_FOR_MS, FOR_EACH_DOUBTED_MS * book.doubted());
    if (holder !== undefined) book.put(key, { ...entry, holder, againAtMs: clock.now() + waitMs });
}

/** Another user than is remembered: it has to be found out at once what became of that one. */
function learned(book: UserAnswerBook, key: string, entry: Entry): void {
    if (JSON.stringify(book.entries.get(key)?.answer) === JSON.stringify(entry.answer)) return;
    const isInDoubt = isDoubted({ ...entry, knownId: book.knownId(key) });
    book.put(key, isInDoubt ? { ...entry, againAtMs: 0 } : entry);
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
