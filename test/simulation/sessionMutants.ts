import { granted, handmade, withdrawn } from "../../simulation/histories/handmade";
import { SPARED } from "../../simulation/histories/sessions";
import type { AgentOptions } from "../../src/agent/agent";
import type { InForce } from "../../src/agent/reconciler/inForce";
import type { SessionClearingOptions } from "../../src/agent/sessions/clearing";
import { fail } from "../../src/core/errors/errors";
import type { Wrong } from "./mutants";

/** Somebody is let in, the agent dies before it hears so, and the grant is gone when it runs again. */
const LET_IN_AND_DEAD = handmade([
    { atMs: 60_000, kind: "okta", fault: "crash after", on: "PUT", times: 1 },
    granted(61_000, "g1", "ana", 1),
    { ...withdrawn(62_500, "g1"), hint: "lost" },
]);

/** The sessions of somebody cannot be ended when the grant is gone, but later. */
const NOT_ENDED_AT_FIRST = handmade(
    [
        granted(30_000, "g1", "ana", 1),
        { atMs: 59_000, kind: "okta", fault: "unavailable", on: "DELETE", times: 3 },
        withdrawn(60_000, "g1"),
    ],
    { endsAtMs: 1_500_000 },
);

/** Ways in which the ending of sessions could be wrong, as far as its ports reach. */
export const SESSION_MUTANTS: Readonly<Record<string, Wrong>> = {
    "ends sessions once only": {
        law: "endsSessionsInTime",
        from: 64,
        spoilSessions: (options) => {
            const done = new Set<string>();
            return clearing(options, async (userId, signal) => {
                if (done.delete(userId)) return { status: 204 };
                const answer = await options.sessions.clear(userId, signal);
                done.add(userId);
                return answer;
            });
        },
    },
    "gives up where sessions could not be ended once": {
        law: "endsAllSessions",
        from: [NOT_ENDED_AT_FIRST],
        spoilSessions: ({ sessions, ...options }) => ({
            ...options,
            sessions: {
                findUser: (user, signal) => sessions.findUser(user, signal).catch(giveUp),
                clear: (userId, signal) => sessions.clear(userId, signal).catch(giveUp),
            },
        }),
    },
    "leaves no receipt": {
        law: "endsSessionsInTime",
        from: 64,
        spoilSessions: (options) => ({
            ...options,
            record: async (event) => (event.type === "sessions.cleared" ? undefined : options.record(event)),
        }),
    },
    "forgets over a restart whose sessions are due": {
        law: "endsAllSessions",
        from: 27,
        spoilSessions: (options) => ({
            ...options,
            file: { ...options.file, read: () => ({ inside: undefined, due: [] }) },
        }),
    },
    "notes nobody before a write": {
        law: "endsAllSessions",
        from: [LET_IN_AND_DEAD],
        spoil: (options) =>
            hearing(options, async (inForce, hear) => {
                if (inForce.state === "settled") await hear(inForce);
            }),
    },
    "ends sessions of who has a grant": {
        law: "sparesTheGranted",
        from: 1,
        spoil: (options) => hearing(options, (inForce, hear) => hear({ ...inForce, active: inForce.active.slice(1) })),
    },
    "acts at once on what an earlier time of leading left": {
        law: "sparesTheGranted",
        from: spared("another grant lets a user in while another agent leads, each with its state folder"),
        ...hasty(),
    },
    "takes a user for two whom one grant names by id": {
        law: "sparesTheGranted",
        from: spared("the grant of 00uana ends while ana has one"),
        spoilSessions: ({ sessions, ...options }) => ({
            ...options,
            sessions: {
                ...sessions,
                findUser: async (user, signal) => ({ id: (await sessions.findUser(user, signal)).id }),
            },
        }),
    },
    "goes on ending sessions of a user who is let in again": {
        law: "sparesTheGranted",
        from: spared('ending sessions meets "lost", and the user is let in again'),
        spoilSessions: (options) =>
            clearing(options, (userId) => options.sessions.clear(userId, new AbortController().signal)),
    },
    "ends sessions of whom a brake holds inside": {
        law: "sparesTheGranted",
        from: spared("a brake holds users whose grants are gone"),
        spoil: (options) => {
            const ids = new Set<string>();
            const { source } = options;
            return hearing(
                {
                    ...options,
                    source: {
                        ...source,
                        async read(signal) {
                            const reading = await source.read(signal);
                            ids.clear();
                            for (const { id } of reading.grants) ids.add(id);
                            return reading;
                        },
                    },
                },
                (inForce, hear) => hear({ ...inForce, active: inForce.active.filter(({ id }) => ids.has(id)) }),
            );
        },
    },
};

function spared(title: string) {
    return SPARED[title] ?? fail("bad-input", `there is no history "${title}"`);
}

/** Takes the users of its file for those who are inside, as soon as it leads. */
function hasty(): Pick<Wrong, "spoil" | "spoilSessions"> {
    let left: readonly string[] = [];
    return {
        spoilSessions: (options) => ({
            ...options,
            file: {
                ...options.file,
                read() {
                    const queue = options.file.read();
                    left = queue.inside ?? [];
                    return queue;
                },
            },
        }),
        spoil: ({ besides = [], onInForce = async () => {}, ...options }, { now }) => ({
            ...options,
            onInForce,
            besides: besides.map((run) => async (signal) => {
                const running = run(signal);
                const active = left.map((user) => ({ id: user, user, spans: [], labels: {} }));
                await onInForce({ active, atMs: now(), state: "settled" });
                await running;
            }),
        }),
    };
}

function giveUp({ message }: Error): never {
    return fail("okta-refused", message);
}

function clearing(options: SessionClearingOptions, clear: SessionClearingOptions["sessions"]["clear"]) {
    return { ...options, sessions: { ...options.sessions, clear } };
}

type Hear = (inForce: InForce) => Promise<void>;

function hearing(options: AgentOptions, change: (inForce: InForce, hear: Hear) => Promise<void>): AgentOptions {
    const { onInForce = async () => {} } = options;
    return { ...options, onInForce: (inForce) => change(inForce, onInForce) };
}
