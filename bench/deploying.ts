import { version as oktaPlugin } from "@pulumi/okta/package.json";

import { whyNotPulumiCli } from "../scripts/deploy/pulumiCli";
import { cliEngine } from "./cliEngine";
import { watchCpu } from "./cpuOfTree";
import { type OpenEngine, rehearsalEngine } from "./engine";
import { measure, type Summary, summaryOf } from "./measure";
import { packedPrograms } from "./packedProgram";
import { type Bench, FIGURES, figure, figures, type Section } from "./section";
import { emptyProgram, openStage, type Stage } from "./stage";

const RUNS = 3;

/** How long `up` takes: the first one, one that changes nothing, and that of a program without resources. */
export async function deploying(bench: Bench): Promise<Section> {
    const empty = await emptyProgram(bench);
    const why = await whyNotPulumiCli(oktaPlugin, bench.env);
    const rehearsal = await rowsOf("rehearsal engine", rehearsalEngine, bench, empty);
    const cli =
        why === undefined
            ? [...(await rowsOf("Pulumi CLI", cliEngine, bench, empty)), ...(await packageRows(bench))]
            : [["Pulumi CLI", `not measured: ${why}`, "", "", "", ""]];
    return {
        title: "up, in seconds",
        headings: ["by", "what it has to do", ...FIGURES, "CPU"],
        rows: [...rehearsal, ...cli],
        note: [
            `${RUNS} runs after one that does not count, each first up to an Okta emulator of its own. Without preview; the`,
            "refresh that Pulumi.yaml asks for is in it. The empty program is the same project with nothing in index.ts. The",
            "rows of the package are of a TypeScript program in a folder of its own; those runs alternate. CPU is the median of the",
            "processor time of all processes. RUN_PROGRAM is PULUMI_RUN_PROGRAM=true, the quicker start that of zonekeeper init.",
        ],
    };
}

async function rowsOf(name: string, open: OpenEngine, bench: Bench, empty: string): Promise<string[][]> {
    const stages: Stage[] = [];
    const openNext = async (directory: string): Promise<Stage> => {
        const stage = await openStage(bench, { name: `${name} ${stages.length}`, open, directory });
        stages.push(stage);
        return stage;
    };
    const options = { now: bench.now, warmups: 0, runs: RUNS };
    const first = () =>
        measure({
            ...options,
            prepare: () => openNext(bench.directory),
            work: (stage) => stage.up("changes"),
        });
    const again = async (directory: string) => {
        const stage = await openNext(directory);
        await stage.up("changes");
        return measure({ ...options, prepare: () => stage, work: () => stage.up("none") });
    };
    try {
        const unchanged = await again(bench.directory);
        return [
            [name, "everything: first up", ...seconds(await first()), ""],
            [name, "nothing: no change", ...seconds(unchanged), ""],
            [name, "nothing: empty program", ...seconds(await again(empty)), ""],
        ];
    } finally {
        for (const stage of stages) await stage[Symbol.asyncDispose]();
    }
}

/**
 * What a program with the packed package takes, beside an empty one and one whose resources do nothing: a run of each in
 * turn, so that other work on the machine slows all of them.
 */
async function packageRows(bench: Bench): Promise<string[][]> {
    const { packed, quick, bare, empty } = await packedPrograms(bench);
    const runProgram = { PULUMI_RUN_PROGRAM: "true" };
    const PROGRAMS = [
        ["empty program", empty, {}],
        ["resources that do nothing", bare, {}],
        ["no change", packed, {}],
        ["no change, quicker start", quick, {}],
        ["resources that do nothing, RUN_PROGRAM", bare, runProgram],
        ["no change, RUN_PROGRAM", packed, runProgram],
        ["no change, RUN_PROGRAM, quicker start", quick, runProgram],
    ] as const;
    const stages: Stage[] = [];
    try {
        for (const [name, directory, env] of PROGRAMS) {
            const stage = await openStage(bench, { name: `package ${name}`, open: cliEngine, directory, env });
            stages.push(stage);
            await stage.up("changes");
            await stage.up("none"); // fills the compile cache
        }
        const samples = await inTurn(stages, bench);
        return PROGRAMS.map(([name], index) => {
            const own = samples.map((run) => run[index] ?? { ms: Number.NaN, cpu: undefined });
            const cpu = own.map((sample) => sample.cpu ?? Number.NaN);
            const inCpu = cpu.some(Number.isNaN) ? "" : figure(summaryOf(cpu).median);
            return ["CLI, the package", `nothing: ${name}`, ...seconds(summaryOf(own.map(({ ms }) => ms))), inCpu];
        });
    } finally {
        for (const stage of stages) await stage[Symbol.asyncDispose]();
    }
}

interface Sample {
    readonly ms: number;
    /** Seconds, where they can be told. */
    readonly cpu: number | undefined;
}

async function inTurn(stages: readonly Stage[], { now }: Bench): Promise<Sample[][]> {
    const samples: Sample[][] = [];
    for (let run = 0; run < RUNS; run++) {
        const row: Sample[] = [];
        for (const stage of stages) {
            const begunMs = now();
            const watch = watchCpu(process.pid);
            await stage.up("none").finally(() => watch.end());
            row.push({ ms: now() - begunMs, cpu: await watch.end() });
        }
        samples.push(row);
    }
    return samples;
}

function seconds({ min, median, max }: Summary): string[] {
    return figures({ min: min / 1000, median: median / 1000, max: max / 1000 });
}
