import type { Event, History } from "../history";
import { granted, handmade, withdrawn } from "./handmade";

/** Ways in which an agent stops leading. */
const ENDS: Readonly<Record<string, (atMs: number, agent: number) => Event>> = {
    "loses the lead": (atMs) => ({ atMs, kind: "lose lead" }),
    "is restarted": (atMs, agent) => ({ atMs, kind: "restart", agent, downMs: 1000 }),
    crashes: (atMs, agent) => ({ atMs, kind: "crash", agent, downMs: 15_000 }),
};

/** Ways in which a user who was put out at 100 s comes in again, while another agent leads. */
const BACK: Readonly<Record<string, readonly Event[]>> = {
    "another grant": [granted(160_000, "g2", "ana", 3)],
    "the same grant": [granted(160_000, "g1", "ana", 1)],
    "a grant that starts later": [granted(120_000, "g2", "ana", 3, { startsInMs: 60_000 })],
    "a grant that names the user by id": [granted(160_000, "g2", "00uana", 3)],
};

/** The first agent puts ana out, the second lets ana in again, and then the first leads again with its queue of before. */
function staleQueues(): Record<string, readonly History[]> {
    const ways = Object.values(ENDS);
    const pairs = ways.flatMap((end) => ways.map((endAgain) => [end, endAgain] as const));
    return Object.fromEntries(
        Object.entries(BACK).flatMap(([way, back]) =>
            [false, true].map((sharedState) => [
                `${way} lets a user in while another agent leads, ${sharedState ? "from one state folder" : "each with its state folder"}`,
                pairs.map(([end, endAgain]) =>
                    handmade(
                        [
                            granted(60_000, "g1", "ana", 1),
                            withdrawn(100_000, "g1"),
                            ...back,
                            end(110_000, 0),
                            endAgain(260_000, 1),
                        ],
                        { agents: 2, sharedState },
                    ),
                ),
            ]),
        ),
    );
}

/** What the source says while a write is under way by which ana stays inside: a later reading, which is not written yet. */
const LATER: Readonly<Record<string, (atMs: number) => Event>> = {
    "the grant goes to another user and address": (atMs) => granted(atMs, "g7", "cyd", 5),
    "the grant goes to another user": (atMs) => granted(atMs, "g7", "cyd", 1),
    "the grant is withdrawn": (atMs) => withdrawn(atMs, "g7"),
    "the grant has another address": (atMs) => granted(atMs, "g7", "ana", 5),
    "the grant is for later": (atMs) => granted(atMs, "g7", "ana", 1, { startsInMs: 100_000 }),
    "the grant is over": (atMs) => granted(atMs, "g7", "ana", 1, { endsInMs: -1000 }),
};

/**
 * Time ends bob's grant at 120 s, which is written at once. The source says something else of ana's grant so much before that
 * the reading may end in the middle of the write: between them, the moments meet it, however long a reading takes. The org
 * has few requests, and those before have used them up, so that the next write comes seconds later.
 */
function laterReadings(): Record<string, readonly History[]> {
    const before = Array.from({ length: 16 }, (_, index) => index * 20 + 5);
    return Object.fromEntries(
        Object.entries(LATER).map(([title, later]) => [
            `${title} in a reading that ends while a write is under way`,
            before.map((ms) =>
                handmade(
                    [
                        granted(30_000, "g7", "ana", 1),
                        granted(85_000, "g8", "bob", 3, { endsInMs: 35_000 }),
                        ...[95, 103, 110, 117].map((second) => granted(second * 1000, `g${second}`, "eve", second)),
                        later(120_000 - ms),
                    ],
                    { seed: ms, limit: 20, share: 25 },
                ),
            ),
        ]),
    );
}

/** A brake holds ana and bob inside, whose grants are gone, for the 20 s until somebody confirms it. */
function held(): Record<string, readonly History[]> {
    const start = [1, 3, 5].map((host, index) => granted(30_000, `g${host}`, ["ana", "bob", "cyd"][index] ?? "", host));
    const gone = [withdrawn(90_000, "g1"), withdrawn(90_000, "g3")];
    const world = { maxRemovals: "1", agents: 2 };
    return Object.fromEntries([
        ["a brake holds users whose grants are gone", [handmade([...start, ...gone], world)]],
        ...Object.entries(ENDS).map(([way, end]) => [
            `the first agent ${way} while a brake holds users whose grants are gone`,
            [handmade([...start, ...gone, end(100_000, 0)], world)],
        ]),
        [
            "a grant changes its user while a brake holds others",
            [handmade([...start, ...gone, granted(95_000, "g5", "dan", 7)], world)],
        ],
    ]);
}

/** One user, whom one grant names by login and another by id. */
function names(): Record<string, readonly History[]> {
    const [login, id] = ["ana", "00uana"];
    const pairs = [
        [login, id],
        [id, login],
    ] as const;
    return Object.fromEntries(
        pairs.map(([gone, left]) => [
            `the grant of ${gone} ends while ${left} has one`,
            [handmade([granted(30_000, "g1", gone, 1), granted(40_000, "g2", left, 3), withdrawn(90_000, "g1")])],
        ]),
    );
}

/** A request to end ana's sessions is to be made again, and ana is let in again meanwhile. */
function waiting(): Record<string, readonly History[]> {
    return Object.fromEntries(
        (["throttled", "unavailable", "answer lost", "lost", "silent"] as const).map((fault) => [
            `ending sessions meets "${fault}", and the user is let in again`,
            [
                handmade([
                    granted(30_000, "g1", "ana", 1),
                    { atMs: 59_000, kind: "okta", fault, on: "DELETE", times: 3 },
                    withdrawn(60_000, "g1"),
                    granted(61_000, "g2", "ana", 3),
                ]),
            ],
        ]),
    );
}

/** Histories in which a user is inside although something says otherwise; the laws have to find nothing. */
export const SPARED: Readonly<Record<string, readonly History[]>> = {
    ...staleQueues(),
    ...laterReadings(),
    ...held(),
    ...names(),
    ...waiting(),
};
