import { formatSpan } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";
import { readDocument } from "../src/sources/document";
import { apart } from "./grants";
import { type Bench, figure, type Section, thousands } from "./section";

const SIZES = [1_000, 10_000, 100_000];

/** How a document says the same grants. */
const KINDS: Readonly<Record<string, (grants: readonly Grant[]) => string>> = {
    JSON: (grants) => JSON.stringify({ grants: grants.map((grant) => ({ ...entryOf(grant), expiresAt: END })) }),
    YAML: (grants) => `grants:\n${grants.map((grant) => line(grant, END)).join("")}`,
    "YAML with aliases": (grants) =>
        `end: &end ${END}\ngrants:\n${grants.map((grant) => line(grant, "*end")).join("")}`,
};

const END = "2099-12-01T18:00:00Z";

/** Reading documents in a thread: what it takes, and for how long the event loop stands still meanwhile. */
export async function reading({ now }: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const [kind, documentOf] of Object.entries(KINDS)) {
        for (const size of SIZES) {
            const bytes = Buffer.from(documentOf(apart(size, size)));
            const stalls = watchStalls(now);
            const begunMs = now();
            await readDocument([bytes], { widestPrefix: 24 });
            const tookMs = now() - begunMs;
            const perGrant = figure((tookMs * 1000) / size);
            rows.push([
                kind,
                thousands(size),
                figure(bytes.length / 1024),
                figure(tookMs),
                perGrant,
                figure(stalls.end()),
            ]);
        }
    }
    return {
        title: "Reading a document of grants",
        headings: ["as", "grants", "KiB", "ms", "µs a grant", "longest stall, ms"],
        rows,
        note: [
            "Once each, the start of the thread included; 1,000 grants as JSON are read at once, without one. The",
            "longest stall is the longest time between two turns of a timer of 1 ms in the thread of the agent.",
        ],
    };
}

function entryOf({ id, spans }: Grant) {
    return { id, ip: spans.map(formatSpan) };
}

function line({ id, spans }: Grant, end: string): string {
    return `- { id: ${id}, ip: [${spans.map(formatSpan).join(", ")}], expiresAt: ${end} }\n`;
}

function watchStalls(now: () => number) {
    let [turnMs, longestMs] = [now(), 0];
    const turn = () => {
        longestMs = Math.max(longestMs, now() - turnMs);
        turnMs = now();
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
