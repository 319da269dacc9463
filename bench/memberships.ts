import { join } from "node:path";

import type { Grant } from "../src/core/grants/grants";
import { manyGrants, newcomer, quantiles, syncedFile } from "./accept";
import { openAgentStage } from "./agentStage";
import { type Bench, type Section, thousands } from "./section";
import { MEMBERSHIPS, ofMembership, openSeveralStage, spread } from "./severalStage";

/** How many grants there are in all, and one more to come. */
const SIZES = [1_000, 100_000];

const ROUND_TRIPS_MS = [0, 50];

const CHANGES = 100;

/** Between two changes, so that each meets an agent that is done with the one before. */
const PAUSE_MS = 20;

/** The same as `accept` measures, of one membership and of one of thirty that share a source. */
export async function memberships(bench: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const size of SIZES) {
        for (const roundTripMs of ROUND_TRIPS_MS) {
            const shown = [thousands(size), String(roundTripMs)];
            rows.push(["1", ...shown, ...quantiles(await ofOne(bench, manyGrants(size), roundTripMs))]);
            rows.push([
                String(MEMBERSHIPS),
                ...shown,
                ...quantiles(await ofThirty(bench, spread(manyGrants(size)), roundTripMs)),
            ]);
        }
    }
    return {
        title: "From a grant to Okta's 200 in one and in thirty memberships, in milliseconds",
        headings: ["memberships", "grants in all", "round trip", "p50", "p95", "p99"],
        rows,
        note: [
            `One grant comes or goes at a time, ${CHANGES} times, over loopback; of the thirty, each time in another membership. All`,
            "hear of each change, as they share the source, and the one that it is about writes its zone. The agent appends what",
            "it does to a file and syncs it before it asks Okta.",
        ],
    };
}

async function ofOne({ scratch, now }: Bench, grants: readonly Grant[], roundTripMs: number): Promise<number[]> {
    await using file = await syncedFile(join(scratch, "ledger.jsonl"));
    await using stage = await openAgentStage({ grants, roundTripMs, record: file.record, rateLimit: 1_000_000 });
    return await changes(now, grants, () => ({
        accepted: stage.next("write.accepted"),
        change: stage.change,
        come: newcomer,
    }));
}

async function ofThirty({ scratch, now }: Bench, grants: readonly Grant[], roundTripMs: number): Promise<number[]> {
    await using file = await syncedFile(join(scratch, "ledger.jsonl"));
    await using stage = await openSeveralStage({ grants, roundTripMs, record: file.record });
    return await changes(now, grants, (change) => {
        // Who comes goes with the next change.
        const index = Math.floor(change / 2) % MEMBERSHIPS;
        return {
            accepted: stage.nextWrite(index),
            change: stage.change,
            come: (address) => ofMembership(newcomer(address), index),
        };
    });
}

interface Step {
    readonly accepted: Promise<void>;
    change(grants: readonly Grant[]): void;
    come(address: number): Grant;
}

async function changes(now: () => number, grants: readonly Grant[], step: (change: number) => Step): Promise<number[]> {
    const took: number[] = [];
    for (let change = 0; change < CHANGES; change++) {
        const { accepted, come, ...stage } = step(change);
        const begunMs = now();
        stage.change(change % 2 === 0 ? [...grants, come(change)] : grants);
        await accepted;
        took.push(now() - begunMs);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return took;
}
