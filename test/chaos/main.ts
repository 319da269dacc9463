import { historyOf } from "./history";
import { judge } from "./laws";
import { shorten } from "./shorten";
import { play } from "./world";

/** `npm run chaos -- --runs N --from SEED` plays so many histories; `--seed N` plays one again and tells of it. */
async function main(args: readonly string[]): Promise<number> {
    const seed = numberAfter(args, "--seed");
    if (seed !== undefined) return (await tell(seed)) ? 0 : 1;
    const [runs, from] = [numberAfter(args, "--runs") ?? 300, numberAfter(args, "--from") ?? 1];
    const broken: number[] = [];
    for (let at = from; at < from + runs; at++) {
        const violations = judge(await play(historyOf(at)));
        for (const { law, what } of violations.slice(0, 3)) print(`seed ${at}: ${law}: ${what}`);
        if (violations.length > 0) broken.push(at);
    }
    print(`${runs} histories, ${broken.length} against a law${broken.length > 0 ? `: ${broken.join(" ")}` : ""}`);
    return broken.length === 0 ? 0 : 1;
}

async function tell(seed: number): Promise<boolean> {
    const history = historyOf(seed);
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
    const index = args.indexOf(name);
    if (index < 0) return undefined;
    const value = Number(args[index + 1]);
    if (!Number.isInteger(value) || value < 0) throw new Error(`${name} wants a whole number`);
    return value;
}

function print(text: string): void {
    process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).then(
    (status) => process.exit(status),
    (error: Error) => {
        process.stderr.write(`zonekeeper: ${error.stack}\n`);
        process.exit(2);
    },
);
