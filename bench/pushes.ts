import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startEmulator } from "../emulator/emulator";
import { runAgent } from "../src/agent/main";
import { systemClock } from "../src/clock";
import { formatSpan } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";
import { SENTINEL } from "../src/core/zones/zone";
import { pushFile } from "../src/sources/webhook/pushFile";
import { manyGrants, newcomer, quantiles } from "./accept";
import { BENCH_ZONE } from "./agentStage";
import { type Bench, type Section, thousands } from "./section";
import { KEY, signedDelivery } from "./signedDelivery";

/** How many grants were pushed before, on as many addresses as a zone has room for. */
const SIZES = [1_000, 100_000];

const PUSHES = 100;

/** Between two deliveries, so that each meets an agent that is done with the one before. */
const PAUSE_MS = 20;

/** From the moment at which a delivery is sent until the agent has kept it, and until Okta has said 200 to what it changes. */
export async function pushes(bench: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const size of SIZES) {
        const { kept, accepted } = await pushed(bench, manyGrants(size));
        rows.push(["until the sender has 200", thousands(size), ...quantiles(kept)]);
        rows.push(["until Okta has said 200", thousands(size), ...quantiles(accepted)]);
    }
    return {
        title: "From a delivery of the webhook to Okta's 200, in milliseconds",
        headings: ["", "grants known", "p50", "p95", "p99"],
        rows,
        note: [
            `One grant is set or removed at a time: ${PUSHES} times, over HTTP and loopback, to the whole agent: it checks the`,
            "signature, keeps the delivery, reads, decides, writes its ledger and the grants, and asks Okta.",
        ],
    };
}

async function pushed({ scratch, now }: Bench, grants: readonly Grant[]) {
    const directory = join(scratch, String(grants.length));
    await mkdir(join(directory, "state"), { recursive: true });
    await seed(join(directory, "state", "webhook.jsonl"), grants);
    const gateways = [{ type: "CIDR" as const, value: SENTINEL }];
    await using emulator = await startEmulator({
        rateLimit: 1_000_000,
        seed: { zones: [{ id: BENCH_ZONE, name: "Bench", gateways }] },
    });
    const agent = await openAgent(directory, emulator.url);
    const [kept, accepted]: [number[], number[]] = [[], []];
    try {
        await agent.written();
        for (let push = 0; push < PUSHES; push++) {
            const written = agent.written();
            const sent = signed(push);
            const begunMs = now();
            const { status } = await fetch(`${agent.url}/hooks/grants`, sent);
            if (status !== 200) throw new Error(`the delivery was answered ${status}`);
            kept.push(now() - begunMs);
            await written;
            accepted.push(now() - begunMs);
            await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
    } finally {
        await agent.stop();
    }
    return { kept, accepted };
}

async function seed(path: string, grants: readonly Grant[]): Promise<void> {
    const entries = grants.map(({ id, spans, expiresAtMs }, index) => ({
        id,
        ip: spans.map(formatSpan),
        expiresAt: new Date((expiresAtMs ?? 0) + index * 1000).toISOString(),
    }));
    const store = pushFile({ path, limits: { widestPrefix: 24 }, isShared: false, sleep: systemClock.sleep });
    await store.take({ id: "seed", push: { type: "replaced", atMs: 0, grants: entries } });
}

/** The whole agent, in this process. */
async function openAgent(directory: string, oktaUrl: string) {
    const settings = {
        zones: [BENCH_ZONE],
        source: { type: "webhook", secret: "env:HOOK" },
        listen: "127.0.0.1:0",
        state: "state",
    };
    await writeFile(join(directory, "agent.yaml"), JSON.stringify(settings));
    const stop = new AbortController();
    let onWritten = () => {};
    let listening = (_: string) => {};
    const url = new Promise<string>((resolve) => {
        listening = resolve;
    });
    const ended = runAgent({
        config: "agent.yaml",
        directory,
        oktaUrl,
        env: { OKTA_API_TOKEN: "any-token-will-do", HOOK: KEY.toString("base64") },
        clock: systemClock,
        nonce: randomUUID,
        version: "0.0.0",
        write: () => {},
        format: "json",
        stop: stop.signal,
        onReload: () => {},
        onListening: listening,
        fetch: async (input, init) => {
            const answer = await fetch(input, init);
            if (init?.method === "PUT" && answer.status === 200) onWritten();
            return answer;
        },
    });
    return {
        url: await Promise.race([url, ended.then(() => "")]),
        /** Resolves when Okta has next said 200 to a write. */
        written: () =>
            new Promise<void>((resolve) => {
                onWritten = resolve;
            }),
        async stop() {
            stop.abort("the measure is over");
            await ended;
        },
    };
}

function signed(push: number): RequestInit {
    const { id, spans } = newcomer(push - (push % 2));
    const timestamp = new Date().toISOString();
    const payload =
        push % 2 === 0
            ? { type: "grant.set", timestamp, data: { grant: { id, ip: spans.map(formatSpan), permanent: true } } }
            : { type: "grant.removed", timestamp, data: { id } };
    const body = JSON.stringify(payload);
    const headers = { "content-type": "application/json", ...signedDelivery(body).headers } as Record<string, string>;
    return { method: "POST", body, headers };
}
