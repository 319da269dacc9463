import { type Chart, drawChart } from "./chart";
import type { Measure, Measures } from "./measures";

/** What many histories came to: a table, and charts by the name of their file. */
export interface Report {
    readonly table: readonly string[];
    readonly charts: Readonly<Record<string, string>>;
}

const STEPS_MS = [50, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, Infinity];

const GROUPS = [
    { name: "after a hint", because: "hint" },
    { name: "without a hint", because: "silence" },
    { name: "by time alone", because: "time" },
] as const;

export function reportOf(all: readonly Measures[]): Report {
    const delays = all.flatMap((each) => each.delays);
    const calm = delays.filter(({ isCalm }) => isCalm);
    const rows = (["in force", "out again"] as const).flatMap((what) =>
        GROUPS.flatMap(({ name, because }) =>
            [true, false].map((isCalm) => {
                const own = delays.filter(
                    (each) => each.what === what && each.because === because && each.isCalm === isCalm,
                );
                return row(`${what}, ${name}, ${isCalm ? "in calm" : "in trouble"}`, own);
            }),
        ),
    );
    const [writes, changes] = [sum(all.map((each) => each.writes)), sum(all.map((each) => each.changes))];
    return {
        table: [
            `${"delay in milliseconds".padEnd(42)}${["count", "median", "p95", "p99", "longest"].map((head) => head.padStart(9)).join("")}`,
            ...rows,
            `${changes} changes of who is granted, ${writes} writes: ${(writes / Math.max(1, changes)).toFixed(2)} a change`,
        ],
        charts: {
            "in-force.svg": distribution("From a grant to the zone that holds it, nothing wrong", calm, "in force"),
            "over-stay.svg": distribution(
                "From the end of a grant to the zone without it, nothing wrong",
                calm,
                "out again",
            ),
            "over-stay-in-trouble.svg": distribution(
                "From the end of a grant to the zone without it, in trouble",
                delays.filter(({ isCalm }) => !isCalm),
                "out again",
            ),
            "writes.svg": writesChart(all),
        },
    };
}

function row(name: string, delays: readonly Measure[]): string {
    const sorted = delays.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const figures = [sorted.length, at(0.5), at(0.95), at(0.99), sorted.at(-1)];
    return `${name.padEnd(42)}${figures.map((value) => String(Math.round(value ?? 0)).padStart(9)).join("")}`;
}

function distribution(title: string, delays: readonly Measure[], what: Measure["what"]): string {
    const series = GROUPS.map(({ name, because }) => {
        const own = delays.filter((each) => each.what === what && each.because === because);
        return {
            name,
            values: countsIn(
                own.map(({ ms }) => ms),
                STEPS_MS,
            ),
        };
    });
    return drawChart({
        title,
        labels: STEPS_MS.map(tellStep),
        axis: "at most so long; the number of addresses",
        series,
    });
}

function writesChart(all: readonly Measures[]): string {
    const steps = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, Infinity];
    const ratios = all.filter(({ changes }) => changes > 0).map(({ writes, changes }) => writes / changes);
    const chart: Chart = {
        title: "Writes for each change of who is granted",
        labels: steps.map((step) => (step === Infinity ? "more" : String(step))),
        axis: "at most so many, over all zones; the number of histories",
        series: [{ name: "histories", values: countsIn(ratios, steps) }],
    };
    return drawChart(chart);
}

function countsIn(values: readonly number[], steps: readonly number[]): number[] {
    return steps.map(
        (step, index) => values.filter((value) => value <= step && value > (steps[index - 1] ?? -1)).length,
    );
}

function tellStep(ms: number): string {
    if (ms === Infinity) return "more";
    return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function sum(values: readonly number[]): number {
    return values.reduce((total, value) => total + value, 0);
}
