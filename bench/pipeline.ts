import { version as oktaPlugin } from "@pulumi/okta/package.json";

import { whyNotPulumiCli } from "../scripts/deploy/pulumiCli";
import { cliEngine } from "./cliEngine";
import { type OpenEngine, rehearsalEngine } from "./engine";
import { measure } from "./measure";
import { type Bench, FIGURES, figures, type Section } from "./section";
import { openStage, type Stage, type StageOptions } from "./stage";

const RUNS = 3;

const SHARDS = 10;

/** Ten zones, each full. */
const ENTRIES = SHARDS * 150;

/** What a pipeline does, with and without the policy pack, and with as much as ten zones hold. */
export async function pipeline(bench: Bench): Promise<Section> {
    const why = await whyNotPulumiCli(oktaPlugin, bench.env);
    const rehearsal = await rowsOf("rehearsal engine", rehearsalEngine, bench);
    const cli =
        why === undefined
            ? await rowsOf("Pulumi CLI", cliEngine, bench)
            : [["Pulumi CLI", `not measured: ${why}`, "", "", "", ""]];
    return {
        title: "A pipeline's steps, in seconds",
        headings: ["by", "step", ...FIGURES, "requests"],
        rows: [...rehearsal, ...cli],
        note: [
            `${RUNS} runs after one that does not count, but for the first up, which is one. With the refresh that Pulumi.yaml`,
            "asks for. Requests are those to Okta of one run. The rehearsal engine leaves out policies on the whole stack.",
        ],
    };
}

async function rowsOf(name: string, open: OpenEngine, bench: Bench): Promise<string[][]> {
    const small = async (asksPolicies: boolean) => {
        const what = asksPolicies ? "with the pack" : "without";
        const options = { name: `${name} ${what}`, open, directory: bench.directory, asksPolicies };
        return withStage(bench, options, async (stage) => [
            [name, `no-op preview, ${what}`, ...(await timed(bench, stage, () => stage.preview()))],
            [name, `no-op up, ${what}`, ...(await timed(bench, stage, () => stage.up("none")))],
        ]);
    };
    const config = { "zonekeeper:shards": String(SHARDS) };
    const big = { name: `${name} full`, open, directory: bench.directory, config, grants: manyGrants() };
    const what = `${SHARDS} shards, ${ENTRIES} entries`;
    const full = await withStage(bench, big, async (stage, first) => [
        [name, `first up, ${what}`, ...first],
        [name, `no-op up, ${what}`, ...(await timed(bench, stage, () => stage.up("none")))],
    ]);
    return [...(await small(false)), ...(await small(true)), ...full];
}

/** Deploys everything once, which is measured too, and goes on with what is there then. */
async function withStage<T>(
    bench: Bench,
    options: StageOptions,
    work: (stage: Stage, first: readonly string[]) => Promise<T>,
): Promise<T> {
    await using stage = await openStage(bench, options);
    return await work(stage, await timed(bench, stage, () => stage.up("changes"), 1));
}

/** Seconds, and the requests of the last run. */
async function timed({ now }: Bench, stage: Stage, run: () => Promise<void>, runs = RUNS): Promise<string[]> {
    let from = 0;
    const prepare = () => {
        from = stage.requests();
    };
    const { min, median, max } = await measure({ now, warmups: runs === 1 ? 0 : 1, runs, prepare, work: run });
    return [...figures({ min: min / 1000, median: median / 1000, max: max / 1000 }), String(stage.requests() - from)];
}

/** No two of them are neighbours, so each is an entry. */
function manyGrants(): string {
    const grants = Array.from({ length: ENTRIES }, (_, index) => {
        const ip = `11.0.${index >> 7}.${(index & 127) * 2}`;
        return { id: `g-${index}`, ip, permanent: true };
    });
    return JSON.stringify({ grants });
}
