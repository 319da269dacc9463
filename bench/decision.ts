import { changes, type PlanInput, planGateways } from "../src/core/membership/plan";
import { GATEWAY_LIMIT, SENTINEL } from "../src/core/zones/zone";
import { apart, GRANTS, inRows, NOW_MS, type Workload } from "./grants";
import { measure } from "./measure";
import { type Bench, FIGURES, figures, type Section, thousands } from "./section";

const SHARDS = 20;

const RUNS = { warmups: 3, runs: 9 };

/** The three ways in which as many grants meet as much room: 3,000 entries. */
export const WORKLOADS: readonly Workload[] = [
    { name: "2,900 addresses, all fit", grants: apart(GRANTS, 2_900) },
    { name: "10,000 in rows of 4, merged", grants: inRows(GRANTS) },
    { name: "10,000 apart, most refused", grants: apart(GRANTS, GRANTS) },
];

/** How long it takes to decide where all grants go, and to see that they are there already. */
export async function decision({ now }: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const { name, grants } of WORKLOADS) {
        const first = firstPlacing(grants);
        const { refused, input: again } = secondTime(first);
        for (const [what, input] of [["first", first] as const, ["again", again] as const]) {
            const summary = await measure({ ...RUNS, now, prepare: () => input, work: planGateways });
            rows.push([name, what, thousands(refused), ...figures(summary)]);
        }
    }
    return {
        title: `Decision for ${thousands(GRANTS)} grants over ${SHARDS} shards, in milliseconds`,
        headings: ["addresses", "placing", "refused", ...FIGURES],
        rows,
        note: [
            `planGateways alone, ${RUNS.runs} runs; "again" is with the zones as the first placing leaves them: no change.`,
        ],
    };
}

/** Shards that hold nobody yet. */
export function firstPlacing(grants: PlanInput["grants"]): PlanInput {
    const zones = Array.from({ length: SHARDS }, (_, index) => {
        return { id: `zone ${index + 1}`, gateways: [SENTINEL], limit: GATEWAY_LIMIT.POLICY };
    });
    return { zones, grants, nowMs: NOW_MS };
}

/** The same grants over the zones as the first placing leaves them. */
function secondTime(first: PlanInput): { readonly refused: number; readonly input: PlanInput } {
    const { zones, refused } = planGateways(first);
    const input = {
        ...first,
        zones: zones.map(({ id, gateways }) => ({ id, gateways, limit: GATEWAY_LIMIT.POLICY })),
    };
    const changed = planGateways(input).zones.filter(changes);
    if (changed.length > 0) throw new Error(`a second plan changes ${changed.length} zones, and should change none`);
    return { refused: refused.length, input };
}
