import { version as oktaPlugin } from "@pulumi/okta/package.json";

import { pulumiCli, whyNotPulumiCli } from "../scripts/deploy/pulumiCli";
import { rehearsed } from "../scripts/deploy/rehearsed";
import { cliHome } from "./cliHome";
import { measure, type Summary } from "./measure";
import { type Bench, FIGURES, figures, type Section } from "./section";
import { emptyProgram, openStage, type Stage, type StageOptions } from "./stage";

const RUNS = 3;

/** How long `up` takes: the first one, one that changes nothing, and that of a program without resources. */
export async function deploying(bench: Bench): Promise<Section> {
    const empty = await emptyProgram(bench);
    const rehearsal = await rowsOf("rehearsal engine", rehearsed, bench, empty);
    return {
        title: "up, in seconds",
        headings: ["by", "what it has to do", ...FIGURES],
        rows: [...rehearsal, ...(await cliRows(bench, empty))],
        note: [
            `${RUNS} runs after one that does not count, each first up to an Okta emulator of its own. The refresh that`,
            "Pulumi.yaml asks for is in it; the CLI's times end when its outputs are read. The empty program is the",
            "same project with nothing in index.ts.",
        ],
    };
}

async function cliRows(bench: Bench, empty: string): Promise<string[][]> {
    const why = await whyNotPulumiCli(oktaPlugin, bench.env);
    if (why !== undefined) return [["Pulumi CLI", `not measured: ${why}`, "", "", ""]];
    const env = { ...bench.env, PULUMI_HOME: await cliHome(bench) };
    return rowsOf("Pulumi CLI", pulumiCli, { ...bench, env }, empty);
}

async function rowsOf(name: string, open: StageOptions["open"], bench: Bench, empty: string): Promise<string[][]> {
    const stages: Stage[] = [];
    const openNext = async (directory: string): Promise<Stage> => {
        const stage = await openStage(bench, { name: `${name} ${stages.length}`, open, directory });
        stages.push(stage);
        return stage;
    };
    const deployed = async (directory: string): Promise<Stage> => {
        const stage = await openNext(directory);
        await stage.up();
        return stage;
    };
    const timed = (prepare: () => Promise<Stage>, work: (stage: Stage) => Promise<void>) =>
        measure({ now: bench.now, warmups: 0, runs: RUNS, prepare, work });
    try {
        const [program, idle] = [await deployed(bench.directory), await deployed(empty)];
        const first = await timed(
            () => openNext(bench.directory),
            (stage) => stage.up(),
        );
        const again = async (stage: Stage) =>
            timed(
                async () => stage,
                () => stage.upAgain(),
            );
        return [
            [name, "everything: first up", ...seconds(first)],
            [name, "nothing: no change", ...seconds(await again(program))],
            [name, "nothing: empty program", ...seconds(await again(idle))],
        ];
    } finally {
        for (const stage of stages) await stage[Symbol.asyncDispose]();
    }
}

function seconds({ min, median, max }: Summary): string[] {
    return figures({ min: min / 1000, median: median / 1000, max: max / 1000 });
}
