import { boundsOf } from "./bounds";
import { factsOf } from "./facts";
import { judge, type Violation } from "./laws";
import { type Measures, measuresOf } from "./measures";
import { historyOf, type Profile } from "./seeds";
import { play } from "./world";

/** What the history of a seed came to: plain data, so that another process can have played it. */
export interface Outcome {
    readonly seed: number;
    readonly violations: readonly Violation[];
    readonly measures: Measures;
}

export async function outcomeOf(seed: number, profile: Profile = "mixed"): Promise<Outcome> {
    const trace = await play(historyOf(seed, profile));
    const measures = measuresOf(factsOf(trace), boundsOf(trace.history));
    return { seed, violations: judge(trace), measures };
}
