import type { Clock } from "../../clock";
import { hasCode, isCoded } from "../../core/errors/errors";
import { type KnownUsers, knownUsers } from "../../core/group/knownUsers";
import { type NamedUser, namedUser, type OktaUser } from "../../core/group/users";
import { userKey } from "../../core/membership/denials";
import { isMissing } from "../../okta/exchange/refused";
import type { GroupStore } from "../../okta/groups";
import { createWakeup } from "../wakeup";
import { pauseMs } from "./memberWrites";

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
    /** Removes a user who no longer exists at Okta. */
    forget(id: string): void;
    /** Increases whenever more is known. */
    version(): number;
    /** Looks users up until the signal aborts. @throws an error without a code, which is a bug */
    run(signal: AbortSignal): Promise<void>;
}

interface Entry {
    readonly named: NamedUser;
    /** When to look it up again; Infinity for a user that Okta found. */
    readonly againAtMs: number;
    readonly failures: number;
}

const ASKED: NamedUser = { state: "asked" };
/** The most requests in progress. */
const AT_ONCE = 8;
/** A user who is unknown to Okta, or suspended, is looked up again after this time. */
const REFUSED_FOR_MS = 60_000;
const LONGEST_SLEEP_MS = 15_000;

export function openUserLookup({ store, clock, onNews }: UserLookupOptions): UserLookup {
    const entries = new Map<string, Entry>();
    let wanted: ReadonlySet<string> = new Set();
    let version = 0;
    const wakeup = createWakeup(clock);

    function put(key: string, entry: Entry | undefined): void {
        const before = entries.get(key)?.named ?? ASKED;
        if (entry === undefined) entries.delete(key);
        else entries.set(key, entry);
        if (JSON.stringify(before) !== JSON.stringify(entry?.named ?? ASKED)) version++;
    }

    async function ask(key: string, signal: AbortSignal): Promise<void> {
        const failures = (entries.get(key)?.failures ?? 0) + 1;
        const entry = await answerOn(key, failures, { store, clock }, signal);
        if (entry !== undefined) put(key, entry);
    }

    const due = () => [...wanted].filter((key) => (entries.get(key)?.againAtMs ?? 0) <= clock.now());

    const userOf = (key: string) => entries.get(key)?.named ?? ASKED;

    return {
        userOf,
        ...knownUsers(() => entries.keys(), userOf),
        want(keys) {
            wanted = keys;
            for (const key of entries.keys()) if (!keys.has(key)) entries.delete(key);
            if (due().length > 0) wakeup.ring();
        },
        learn(users) {
            for (const key of givenAway(entries, users)) put(key, undefined);
            for (const user of users) {
                for (const key of keysOf(user)) if (wanted.has(key)) put(key, entryOf(key, user, clock.now()));
            }
        },
        forget(id) {
            for (const [key, { named }] of entries) {
                if (named.state === "found" && named.id === id) put(key, undefined);
            }
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
    return [...entries].flatMap(([key, { named }]) => {
        const user = named.state === "found" ? byId.get(named.id) : undefined;
        return user?.login !== undefined && key.includes("@") && !keysOf(user).includes(key) ? key : [];
    });
}

/** Okta's answer about a name; undefined if the signal aborts. @throws an error without a code */
async function answerOn(
    key: string,
    failures: number,
    { store, clock }: Pick<UserLookupOptions, "store" | "clock">,
    signal: AbortSignal,
): Promise<Entry | undefined> {
    try {
        return entryOf(key, await store.findUser(key, signal), clock.now());
    } catch (error) {
        if (signal.aborted) return undefined;
        if (!isCoded(error)) throw error;
        const isNobody = isMissing(error) || hasCode(error, "bad-input");
        const named: NamedUser = isNobody
            ? { state: "refused", why: `Okta has no user ${key}` }
            : { state: "asked", why: error.message };
        const waitMs = isNobody ? REFUSED_FOR_MS * (1 + clock.random() / 4) : pauseMs(failures, clock);
        return { named, againAtMs: clock.now() + waitMs, failures };
    }
}

/** How long nobody is to be looked up. */
function restMs(entries: Iterable<Entry>, nowMs: number): number {
    const firstMs = [...entries].reduce((first, { againAtMs }) => Math.min(first, againAtMs), Infinity);
    return Math.min(LONGEST_SLEEP_MS, Math.max(0, firstMs - nowMs));
}

function entryOf(key: string, user: OktaUser, nowMs: number): Entry {
    const named = namedUser(key, user);
    return { named, againAtMs: named.state === "found" ? Infinity : nowMs + REFUSED_FOR_MS, failures: 0 };
}

function keysOf({ id, login }: OktaUser): readonly string[] {
    return login === undefined ? [id] : [id, userKey(login)];
}
