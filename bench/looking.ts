import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startEmulator } from "../emulator/emulator";
import { main } from "../src/cli/main";
import { measure } from "./measure";
import { type Bench, FIGURES, figures, type Section } from "./section";

const RUNS = 3;

/** What an answer of Okta's takes from an office, and more. */
const WAY_MS = 100;

const [ZONES, POLICIES, RULES] = [100, 60, 500];

/** How long somebody waits for `doctor` and `why` in a large org, and what they ask of it. */
export async function looking(bench: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const wayMs of [0, WAY_MS]) {
        for (const command of ["doctor", "why"] as const) rows.push(await look(command, wayMs, bench));
    }
    return {
        title: "doctor and why in a large org, in seconds",
        headings: ["command", "an answer takes", "requests", ...FIGURES],
        rows,
        note: [
            `${ZONES} zones with 20 entries, ${POLICIES} policies with ${RULES} rules, of which one names the zone; 100 grants in a file. ${RUNS} runs`,
            "after one that does not count, in the bench's own process; the emulator is in it, too.",
        ],
    };
}

async function look(command: "doctor" | "why", wayMs: number, bench: Bench): Promise<string[]> {
    await using okta = await startEmulator({ rateLimit: 100_000, seed: seed() });
    if (wayMs > 0) okta.inject({ on: { path: "/" }, times: 1_000_000, do: { delayMs: wayMs } });
    const grants = Array.from({ length: 100 }, (_, n) => {
        return { id: `g-${n}`, user: `user${n}@example.com`, ip: addressOf(0, n % 20), permanent: true };
    });
    await writeFile(join(bench.scratch, "grants.json"), JSON.stringify({ grants }));
    const subject = command === "why" ? ["user7@example.com"] : [];
    const flags = ["--zone", "nzoBench000", "--source", "grants.json", "--okta", okta.url];
    let requests = 0;
    const took = await measure({
        now: bench.now,
        warmups: 1,
        runs: RUNS,
        prepare: () => okta.requests.length,
        work: async (before) => {
            const said: string[] = [];
            const env = { OKTA_API_TOKEN: "any-token-will-do" };
            const silent = { out: () => {}, err: (text: string) => said.push(text) };
            await main([command, ...subject, ...flags], { env, directory: bench.scratch, ...silent });
            if (said.length > 0) throw new Error(said.join("; "));
            requests = okta.requests.length - before;
        },
    });
    const seconds = { min: took.min / 1000, median: took.median / 1000, max: took.max / 1000 };
    return [command, wayMs === 0 ? "no time" : `${wayMs} ms`, String(requests), ...figures(seconds)];
}

function seed() {
    const zones = Array.from({ length: ZONES }, (_, zone) => ({
        id: zone === 0 ? "nzoBench000" : `nzoBench${String(zone).padStart(3, "0")}`,
        name: `Bench ${zone}`,
        gateways: Array.from({ length: 20 }, (_, n) => ({ type: "CIDR" as const, value: `${addressOf(zone, n)}/32` })),
    }));
    const policies = Array.from({ length: POLICIES }, (_, policy) => ({
        name: `Bench ${policy}`,
        rules: Array.from({ length: rulesOf(policy) }, (_, rule) => ({
            name: `Rule ${rule}`,
            conditions: { network: { connection: "ZONE", include: [policy === 0 ? "nzoBench000" : "nzoBench001"] } },
            actions: { appSignOn: { access: "ALLOW" } },
        })),
    }));
    const users = Array.from({ length: 10 }, (_, n) => ({ login: `user${n}@example.com` }));
    return { zones, policies, users } as never;
}

/** The catch-all rules count, too. */
function rulesOf(policy: number): number {
    const own = RULES - POLICIES;
    return Math.floor(own / POLICIES) + (policy < own % POLICIES ? 1 : 0);
}

function addressOf(zone: number, n: number): string {
    return `203.${zone}.113.${n}`;
}
