import { join } from "node:path";

import { systemClock } from "../src/clock";
import { formatSpan } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";
import { readDocument } from "../src/sources/document/document";
import type { Connection } from "../src/sources/postgres/connect";
import { readRows } from "../src/sources/postgres/rows";
import { pushFile } from "../src/sources/webhook/pushFile";
import { openWebhookSource } from "../src/sources/webhook/webhook";
import { apart } from "./grants";
import { type Bench, figure, type Section, thousands } from "./section";
import { KEY, signedDelivery } from "./signedDelivery";

const SIZES = [1_000, 10_000, 100_000];

const RUNS = 2;

const LIMITS = { widestPrefix: 24 };

const END = "2099-12-01T18:00:00Z";

/** One way to read grants. `prepare` is not measured; the work has to leave as many grants as there are. */
interface Reader {
    readonly as: string;
    prepare(grants: readonly Grant[], scratch: string): () => Promise<unknown>;
}

const jsonOf = (grants: readonly Grant[]) => JSON.stringify({ grants: grants.map(entryOf) });

const document = (as: string, textOf: (grants: readonly Grant[]) => string): Reader => ({
    as,
    prepare(grants) {
        const bytes = Buffer.from(textOf(grants));
        return () => readDocument([bytes], LIMITS);
    },
});

const READERS: readonly Reader[] = [
    document("JSON", jsonOf),
    document("YAML", (grants) => `grants:\n${grants.map((grant) => line(grant, END)).join("")}`),
    document(
        "YAML with aliases",
        (grants) => `end: &end ${END}\ngrants:\n${grants.map((grant) => line(grant, "*end")).join("")}`,
    ),
    {
        as: "rows of PostgreSQL",
        prepare(grants) {
            const rows = grants.map((grant) => ({ id: grant.id, entry: JSON.stringify(entryOf(grant)) }));
            return () => readRows(connectionTo(rows), { sql: "", channel: "" }, LIMITS, new AbortController().signal);
        },
    },
    {
        as: "delivery",
        prepare(grants, scratch) {
            const source = webhookIn(scratch);
            const sent = signedDelivery(jsonOf(grants));
            return async () => {
                const { status } = await source.accept(sent, Date.now());
                if (status !== 200) throw new Error(`the delivery was answered ${status}`);
            };
        },
    },
    {
        as: "file of deliveries",
        prepare: (_, scratch) => () => webhookIn(scratch).read(new AbortController().signal),
    },
];

/** Reading grants: what it takes, and for how long nothing else of the agent's event loop can run meanwhile. */
export async function reading({ now, scratch }: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const { as, prepare } of READERS) {
        for (const size of SIZES) {
            const runs: { ms: number; stallMs: number }[] = [];
            for (let run = 0; run < RUNS; run++) {
                const work = prepare(apart(size, size), join(scratch, String(size)));
                const stalls = watchStalls();
                const begunMs = now();
                await work();
                runs.push({ ms: now() - begunMs, stallMs: stalls.end() });
            }
            const ms = Math.min(...runs.map((run) => run.ms));
            const stallMs = Math.min(...runs.map((run) => run.stallMs));
            rows.push([as, thousands(size), figure(ms), figure((ms * 1000) / size), figure(stallMs)]);
        }
    }
    return {
        title: "Reading grants",
        headings: ["as", "grants", "ms", "µs a grant", "longest stall, ms"],
        rows,
        note: [
            `The better of ${RUNS} runs each, the start of a thread included. The longest stall is the most CPU time of the agent's`,
            "own thread between two turns of its event loop, so other work on the machine does not count. The rows are",
            "those that a database would send; a delivery is checked, kept on the disk and answered.",
        ],
    };
}

function webhookIn(folder: string) {
    const store = pushFile({
        path: join(folder, "webhook.jsonl"),
        limits: LIMITS,
        isShared: false,
        sleep: systemClock.sleep,
    });
    return openWebhookSource({
        secrets: [{ setting: "env:HOOK", read: () => KEY.toString("base64") }],
        store,
        limits: LIMITS,
    });
}

/** A database that has these rows, and takes no time. */
function connectionTo(rows: readonly object[]): Connection {
    const left = [...rows];
    const next = () => left.splice(0, 2000);
    return {
        query: async (sql: string) => (/BEGIN/.test(sql) ? [{ rows: [] }, { rows: next() }] : { rows: next() }),
    } as unknown as Connection;
}

function entryOf({ id, spans }: Grant) {
    return { id, ip: spans.map(formatSpan), expiresAt: END };
}

function line({ id, spans }: Grant, end: string): string {
    return `- { id: ${id}, ip: [${spans.map(formatSpan).join(", ")}], expiresAt: ${end} }\n`;
}

/** By CPU time of this thread; Node has told it since 22.19. */
export function watchStalls() {
    const cpuMs = () => {
        const { user, system } = process.threadCpuUsage();
        return (user + system) / 1000;
    };
    let [turnMs, longestMs] = [cpuMs(), 0];
    const turn = () => {
        longestMs = Math.max(longestMs, cpuMs() - turnMs);
        turnMs = cpuMs();
    };
    const timer = setInterval(turn, 1);
    return {
        end() {
            turn();
            clearInterval(timer);
            return longestMs;
        },
    };
}
