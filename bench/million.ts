import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";

import { manyGrants, quantiles } from "./accept";
import { benchLedger } from "./benchLedger";
import { memoriesOfThirty, stepsOfThirty } from "./memberships";
import { watchStalls } from "./reading";
import { type Bench, figure, type Section, thousands } from "./section";
import { MEMBERSHIPS, openSeveralStage, spread } from "./severalStage";

const SIZE = 1_000_000;

/** Fewer than elsewhere: each keeps a million grants in view. */
const CHANGES = 40;

/** A million grants in thirty memberships: what the start and a change cost, and the memory. Only on request. */
export async function million({ scratch, now }: Bench): Promise<Section> {
    const folder = await mkdtemp(join(scratch, "agent-"));
    await using ledger = await benchLedger(folder);
    const grants = spread(manyGrants(SIZE));
    const [ofStart, begunMs] = [watchStalls(), now()];
    const memoriesOf = memoriesOfThirty(folder);
    await using stage = await openSeveralStage({ grants, roundTripMs: 0, record: ledger.record, memoriesOf });
    const start = [figure((now() - begunMs) / 1000), figure(ofStart.end())];
    const step = stepsOfThirty(stage, grants);
    const stalls = watchStalls();
    const took: number[] = [];
    for (let change = 0; change < CHANGES; change++) {
        const { written, ...each } = step(change);
        const changedMs = now();
        each.change();
        await written;
        took.push(now() - changedMs);
    }
    const memory = figure(process.memoryUsage.rss() / 2 ** 20);
    return {
        title: `A million grants in ${MEMBERSHIPS} memberships`,
        headings: ["grants", "start, s", "its stall, ms", "p50, ms", "p95, ms", "p99, ms", "stall, ms", "memory, MiB"],
        rows: [[thousands(SIZE), ...start, ...quantiles(took), figure(stalls.end()), memory]],
        note: [
            `One grant comes or goes at a time, ${CHANGES} times, until Okta's 200. A stall is the most CPU time of the thread between two`,
            "turns of its event loop. The grants are a list in this process: a table, or a file of JSON, has some 200,000 at most, so a",
            "million takes five of them. Memory is that of this process at the end, with garbage and the emulator.",
        ],
    };
}
