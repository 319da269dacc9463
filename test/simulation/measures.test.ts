import { strict as assert } from "node:assert";

import { boundsOf } from "../../simulation/bounds";
import { factsOf } from "../../simulation/facts";
import type { History } from "../../simulation/history";
import { measuresOf } from "../../simulation/measures";
import { play } from "../../simulation/world";

const HISTORY: History = {
    seed: 1,
    zones: 1,
    agents: 1,
    limit: 600,
    share: 25,
    staticGateways: [],
    maxRemovals: undefined,
    maxStaleMs: undefined,
    onRevoke: "keep-sessions",
    ledger: { rotateBytes: 3_000, keepFiles: 0 },
    events: [
        {
            atMs: 200_000,
            kind: "grant",
            id: "g1",
            user: "ana",
            ranges: ["198.51.100.1/32"],
            startsInMs: undefined,
            endsInMs: 100_000,
            hint: "at once",
        },
    ],
    endsAtMs: 400_000,
};

describe("measuresOf", () => {
    it("tells how long it takes until somebody is in by a hint, and out by time alone", async () => {
        const trace = await play(HISTORY);
        const { delays, writes, changes } = measuresOf(factsOf(trace), boundsOf(HISTORY));
        const [came, went] = trace.states.filter(({ by }) => by === "agent").map(({ atMs }) => atMs);
        assert.deepEqual(delays, [
            { what: "in force", because: "hint", isCalm: true, ms: (came ?? 0) - 200_000 },
            { what: "out again", because: "time", isCalm: true, ms: (went ?? 0) - 300_000 },
        ]);
        assert.deepEqual([writes, changes], [2, 2]);
    });
});
