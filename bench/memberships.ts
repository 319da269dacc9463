import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";

import type { Grant } from "../src/core/grants/grants";
import { byAgent, changesOf, manyGrants, memoriesIn, newcomer, type Step, type Took, toldOf } from "./accept";
import { benchLedger } from "./benchLedger";
import { type Bench, type Section, thousands } from "./section";
import { MEMBERSHIPS, ofMembership, openSeveralStage, type SeveralStage, spread } from "./severalStage";

/** How many grants there are in all, and one more to come. */
const SIZES = [1_000, 100_000];

const ROUND_TRIPS_MS = [0, 50];

/** The same as `accept` measures, of one membership and of one of thirty that share a source. */
export async function memberships(bench: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const size of SIZES) {
        for (const roundTripMs of ROUND_TRIPS_MS) {
            const shown = [thousands(size), String(roundTripMs)];
            rows.push(["1", ...shown, ...toldOf(await byAgent(bench, manyGrants(size), roundTripMs))]);
            rows.push([
                String(MEMBERSHIPS),
                ...shown,
                ...toldOf(await ofThirty(bench, spread(manyGrants(size)), roundTripMs)),
            ]);
        }
    }
    return {
        title: "From a grant to Okta's 200 in one and in thirty memberships, in milliseconds",
        headings: ["memberships", "grants in all", "round trip", "p50", "p95", "p99", "CPU", "syncs"],
        rows,
        note: [
            `One grant comes or goes at a time, 100 times, over loopback; of the thirty, each time in another membership. All`,
            "hear of each change, as they share the source, and the one that it is about writes its zone. The agent appends what",
            "it does to a file and syncs it before it asks Okta.",
        ],
    };
}

async function ofThirty({ scratch, now }: Bench, grants: readonly Grant[], roundTripMs: number): Promise<Took> {
    const folder = await mkdtemp(join(scratch, "agent-"));
    await using ledger = await benchLedger(folder);
    const memoriesOf = memoriesOfThirty(folder);
    await using stage = await openSeveralStage({ grants, roundTripMs, record: ledger.record, memoriesOf });
    return await changesOf(now, stepsOfThirty(stage, grants), ledger.syncs);
}

export function memoriesOfThirty(folder: string) {
    return (name: string) => memoriesIn(folder, name);
}

/** A grant comes, and goes with the next change, each time in another membership. */
export function stepsOfThirty(stage: SeveralStage, grants: readonly Grant[]) {
    return (change: number): Step => {
        // Who comes goes with the next change.
        const index = Math.floor(change / 2) % MEMBERSHIPS;
        const come = ofMembership(newcomer(change), index);
        return {
            written: stage.nextWrite(),
            change: () => stage.change(change % 2 === 0 ? [...grants, come] : grants),
        };
    };
}
