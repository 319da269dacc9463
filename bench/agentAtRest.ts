import { setImmediate, setTimeout } from "node:timers/promises";

import { startEmulator } from "../emulator/emulator";
import { type Clock, systemClock } from "../src/clock";
import { parseRules } from "../src/core/membership/rules";
import { SENTINEL } from "../src/core/zones/zone";
import { fileSource } from "../src/sources/file/file";
import { agentOver, BENCH_ZONE } from "./agentStage";
import { severalOver, severalZones } from "./severalStage";

const MINUTE = 60_000;

const REAL_REST_MS = 90_000;

/** Prints what ten minutes of rest cost an agent with this file of grants, for one membership or for thirty of them. */
async function main([path = "", memberships = "1"]: readonly string[]): Promise<void> {
    const { staticGateways: _, ...limits } = parseRules({});
    const file = fileSource({ path, directory: process.cwd(), limits, ...systemClock });
    const record = async () => {};
    const gateways = [{ type: "CIDR" as const, value: SENTINEL }];
    const clock = fastClock();
    const isOne = memberships === "1";
    const zones = isOne ? [{ id: BENCH_ZONE, name: "Bench", gateways }] : severalZones();
    const emulator = await startEmulator({ seed: { zones }, now: clock.now });
    const fetchWithin: typeof fetch = (...args) => clock.during(emulator.fetch(...args));
    // Without its watch, which waits for the file system and not for the clock of the bench.
    const source = { name: file.name, read: (signal: AbortSignal) => clock.during(file.read(signal)) };
    const over = { orgUrl: emulator.url, fetch: fetchWithin, source, record, clock };
    const agent = isOne ? agentOver(over) : severalOver(over);
    agent.run(new AbortController().signal).catch((error: Error) => process.stderr.write(`${error.message}\n`));
    await clock.pass(MINUTE);
    const [cpu, requests] = [process.cpuUsage(), emulator.requests.length];
    await clock.pass(10 * MINUTE);
    const { user, system } = process.cpuUsage(cpu);
    // V8 gives memory back once nothing has been allocated for a while, which the clock of the bench does not let pass.
    await setTimeout(REAL_REST_MS);
    const rest = {
        cpuMs: (user + system) / 1000,
        rssMiB: process.memoryUsage().rss / 2 ** 20,
        requests: emulator.requests.length - requests,
    };
    process.stdout.write(JSON.stringify(rest));
}

interface FastClock extends Clock {
    /** Time stands still until the work is done. */
    during<T>(work: Promise<T>): Promise<T>;
    pass(ms: number): Promise<void>;
}

/** A clock that does not wait for time to pass. */
function fastClock(): FastClock {
    let nowMs = systemClock.now();
    let working = 0;
    const sleeping = new Set<{ readonly wakeAtMs: number; readonly wake: () => void }>();
    return {
        now: () => nowMs,
        elapsedMs: () => nowMs,
        random: () => 0,
        sleep: (ms, signal) =>
            new Promise((resolve, reject) => {
                const sleeper = { wakeAtMs: nowMs + ms, wake: () => done(resolve) };
                const done = (settle: () => void) => {
                    sleeping.delete(sleeper);
                    settle();
                };
                signal.addEventListener("abort", () => done(() => reject(signal.reason)), { once: true });
                sleeping.add(sleeper);
            }),
        async during(work) {
            working += 1;
            return work.finally(() => {
                working -= 1;
            });
        },
        async pass(ms) {
            const untilMs = nowMs + ms;
            for (;;) {
                do await setImmediate();
                while (working > 0);
                const [next] = [...sleeping].sort((a, b) => a.wakeAtMs - b.wakeAtMs);
                if (next === undefined || next.wakeAtMs > untilMs) break;
                nowMs = Math.max(nowMs, next.wakeAtMs);
                next.wake();
            }
            nowMs = untilMs;
        },
    };
}

main(process.argv.slice(2)).then(
    () => process.exit(0),
    (error: Error) => {
        process.stderr.write(`zonekeeper: ${error.message}\n`);
        process.exit(1);
    },
);
