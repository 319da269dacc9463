import type { AgentOptions } from "../../src/agent/agent";
import type { InForce } from "../../src/agent/keeping/rounds";
import type { SessionClearingOptions } from "../../src/agent/sessions/clearing";
import { fail } from "../../src/core/errors/errors";
import type { History } from "./history";
import type { Wrong } from "./mutants";

/** Somebody is let in, the agent dies before it hears so, and the grant is gone when it runs again. */
const LET_IN_AND_DEAD: History = {
    seed: 1,
    zones: 1,
    agents: 1,
    limit: 600,
    share: 50,
    staticGateways: [],
    maxRemovals: undefined,
    maxStaleMs: undefined,
    onRevoke: "clear-sessions",
    ledger: { rotateBytes: 1_000_000, keepFiles: 0 },
    events: [
        { atMs: 60_000, kind: "okta", fault: "crash after", on: "PUT", times: 1 },
        {
            atMs: 61_000,
            kind: "grant",
            id: "g1",
            user: "ana",
            ranges: ["198.51.100.1/32"],
            startsInMs: undefined,
            endsInMs: undefined,
            hint: "at once",
        },
        { atMs: 62_500, kind: "withdraw", id: "g1", hint: "lost" },
    ],
    endsAtMs: 900_000,
};

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
        from: 151,
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
        from: 26,
        spoilSessions: (options) => ({
            ...options,
            record: async (event) => (event.type === "sessions.cleared" ? undefined : options.record(event)),
        }),
    },
    "forgets over a restart whose sessions are due": {
        law: "endsAllSessions",
        from: 1,
        spoilSessions: (options) => ({
            ...options,
            file: { ...options.file, read: () => ({ inside: undefined, due: [] }) },
        }),
    },
    "notes nobody before a write": {
        law: "endsAllSessions",
        from: LET_IN_AND_DEAD,
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
    "ends sessions of whom a brake holds inside": {
        law: "sparesTheGranted",
        from: 783,
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
