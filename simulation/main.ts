import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { judge } from "./laws";
import type { Measures } from "./measures";
import { reportOf } from "./report";
import { historyOf, type Profile } from "./seeds";
import { shorten } from "./shorten";
import { playSeeds } from "./workers";
import { play } from "./world";

/**
 * `npm run chaos -- --runs N --from SEED` plays so many histories, with `--charts FOLDER` it draws what they
 * came to; `--jobs N` is how many are played at the same time, and by default one for each core; `--seed N` plays one again
 * and tells of it. `--profile plain` and `--profile nasty` play one kind of histories only, see seeds.ts.
 */
async function main(args: readonly string[]): Promise<number> {
    const unknown = args.find((arg) => arg.startsWith("-") && !OPTIONS.includes(arg));
    if (unknown !== undefined) throw new Error(`there is no option "${unknown}", only ${OPTIONS.join(", ")}`);
    const profile = profileAfter(args);
    const seed = numberAfter(args, "--seed");
    if (seed !== undefined) return (await tell(seed, profile)) ? 0 : 1;
    const [runs, from] = [numberAfter(args, "--runs") ?? 300, numberAfter(args, "--from") ?? 1];
    const jobs = numberAfter(args, "--jobs") ?? availableParallelism();
    if (jobs < 1) throw new Error("--jobs wants at least 1");
    const broken: number[] = [];
    const measures: Measures[] = [];
    const startMs = performance.now();
    await playSeeds({
        from,
        runs,
        jobs,
        profile,
        onOutcome(outcome) {
            measures.push(outcome.measures);
            for (const { law, what } of outcome.violations.slice(0, 3)) print(`seed ${outcome.seed}: ${law}: ${what}`);
            if (outcome.violations.length > 0) broken.push(outcome.seed);
        },
    });
    const seconds = (performance.now() - startMs) / 1000;
    const { table, charts } = reportOf(measures);
    for (const line of table) print(line);
    const folder = textAfter(args, "--charts");
    if (folder !== undefined) {
        mkdirSync(folder, { recursive: true });
        for (const [name, svg] of Object.entries(charts)) writeFileSync(join(folder, name), svg);
    }
    print(
        `seeds ${from} to ${from + runs - 1}: ${runs} histories, ${broken.length} against a law${broken.length > 0 ? `: ${broken.join(" ")}` : ""}`,
    );
    // Not a part of the report, which is the same each time.
    process.stderr.write(`${(runs / seconds).toFixed(1)} histories a second, ${jobs} at a time\n`);
    return broken.length === 0 ? 0 : 1;
}

const OPTIONS = ["--runs", "--from", "--charts", "--seed", "--jobs", "--profile"];

function profileAfter(args: readonly string[]): Profile {
    const text = textAfter(args, "--profile") ?? "mixed";
    if (text !== "plain" && text !== "nasty" && text !== "mixed")
        throw new Error(`--profile is plain, nasty or mixed, and not "${text}"`);
    return text;
}

async function tell(seed: number, profile: Profile): Promise<boolean> {
    const history = historyOf(seed, profile);
    const violations = judge(await play(history));
    if (violations.length === 0) {
        print(`seed ${seed}: ${history.events.length} events, nothing against a law`);
        return true;
    }
    const { history: short, violations: left } = await shorten(history);
    const { events, ...world } = short;
    print(`seed ${seed}: ${history.events.length} events, of which ${events.length} are enough\n`);
    print(JSON.stringify(world));
    for (const event of events) print(JSON.stringify(event));
    print("");
    for (const { law, what } of left) print(`${law}: ${what}`);
    return false;
}

function numberAfter(args: readonly string[], name: string): number | undefined {
    const text = textAfter(args, name);
    if (text === undefined) return undefined;
    if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} wants a whole number, and got "${text}"`);
    return Number(text);
}

function textAfter(args: readonly string[], name: string): string | undefined {
    const index = args.indexOf(name);
    return index < 0 ? undefined : (args[index + 1] ?? "");
}

function print(text: string): void {
    process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).then(
    (status) => process.exit(status),
    (error: Error) => {
        process.stderr.write(`zonekeeper: ${error.message}\n`);
        process.exit(2);
    },
);
