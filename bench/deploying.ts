import { version as oktaPlugin } from "@pulumi/okta/package.json";

import { whyNotPulumiCli } from "../scripts/deploy/pulumiCli";
import { cliEngine } from "./cliEngine";
import { type OpenEngine, rehearsalEngine } from "./engine";
import { measure, type Summary, summaryOf } from "./measure";
import { packedPrograms } from "./packedProgram";
import { type Bench, FIGURES, figures, type Section } from "./section";
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
            : [["Pulumi CLI", `not measured: ${why}`, "", "", ""]];
    return {
        title: "up, in seconds",
        headings: ["by", "what it has to do", ...FIGURES],
        rows: [...rehearsal, ...cli],
        note: [
            `${RUNS} runs after one that does not count, each first up to an Okta emulator of its own. Without preview; the`,
            "refresh that Pulumi.yaml asks for is in it. The empty program is the same project with nothing in index.ts. The",
            "rows of the package are of a TypeScript program in a folder of its own; those runs alternate.",
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
            [name, "everything: first up", ...seconds(await first())],
            [name, "nothing: no change", ...seconds(unchanged)],
            [name, "nothing: empty program", ...seconds(await again(empty))],
        ];
    } finally {
        for (const stage of stages) await stage[Symbol.asyncDispose]();
    }
}

/** What a program with the packed package takes, beside an empty one: a run of each in turn, so that all have the same neighbours. */
async function packageRows(bench: Bench): Promise<string[][]> {
    const { packed, empty } = await packedPrograms(bench);
    const open = async (name: string, directory: string, env: Readonly<Record<string, string>> = {}) => {
        const stage = await openStage(bench, { name: `package ${name}`, open: cliEngine, directory, env });
        await stage.up("changes");
        return { name, stage, samples: [] as number[] };
    };
    const all = [
        await open("empty program", empty),
        await open("no change", packed),
        await open("no change, PULUMI_RUN_PROGRAM=true", packed, { PULUMI_RUN_PROGRAM: "true" }),
    ];
    try {
        for (let run = 0; run < RUNS; run++) {
            for (const { stage, samples } of all) {
                const begunMs = bench.now();
                await stage.up("none");
                samples.push(bench.now() - begunMs);
            }
        }
        return all.map(({ name, samples }) => ["CLI, the package", `nothing: ${name}`, ...seconds(summaryOf(samples))]);
    } finally {
        for (const { stage } of all) await stage[Symbol.asyncDispose]();
    }
}

function seconds({ min, median, max }: Summary): string[] {
    return figures({ min: min / 1000, median: median / 1000, max: max / 1000 });
}
