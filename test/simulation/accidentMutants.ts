import { granted, handmade } from "../../simulation/histories/handmade";
import type { Event, History } from "../../simulation/history";
import type { AgentOptions } from "../../src/agent/agent";
import { formatSpan } from "../../src/core/addresses/ip";
import type { Wrong } from "./mutants";

const GRANTS = ["ana", "bob", "cyd", "dan"].map((user, index) =>
    granted(30_000 + index * 4000, `g${index + 1}`, user, index * 2 + 1, { endsInMs: 600_000 + index * 1000 }),
);

/** Four grants, and what happens then. */
function afterwards(events: readonly Event[], world: Partial<History> = {}): readonly History[] {
    return [handmade([...GRANTS, ...events], { maxRemovals: "50%", confirmsAfterMs: "never", ...world })];
}

function accident(how: "empty" | "moved"): Event {
    return { atMs: 200_000, kind: "accident", how, of: "all", forMs: 300_000, hint: "at once" };
}

/** Ways in which an agent could be wrong where something is held, found, denied, or has left the settings. */
export const ACCIDENT_MUTANTS: Readonly<Record<string, Wrong>> = {
    "lets an empty source put everybody out": {
        law: "losesNobodyByAccident",
        from: afterwards([accident("empty")]),
        spoil: ({ settings, ...options }) => ({
            ...options,
            settings: { ...settings, rules: { ...settings.rules, maxRemovals: "off" } },
        }),
    },
    "leaves out whom somebody else took out of a zone": {
        law: "keepsTheKnown",
        from: afterwards([accident("empty"), { atMs: 250_000, kind: "rogue", zone: 0, gateways: [] }]),
        spoil: ({ settings, ...options }) => ({ ...options, settings: { ...settings, drift: "report" } }),
    },
    "keeps whose time is over while a reading is held": {
        law: "putsOutOnTime",
        from: afterwards([accident("empty")]),
        spoil: (options) => reading(options, ({ expiresAtMs: _, ...grant }) => grant),
    },
    "lets in by a reading that is held": {
        law: "admitsNobodyOfAHeldReading",
        from: afterwards([accident("moved"), { atMs: 250_000, kind: "rogue", zone: 0, gateways: [] }]),
        spoil(options) {
            let latest: readonly string[] = [];
            const heard = reading(
                options,
                (grant) => grant,
                (grants) => {
                    latest = grants.flatMap(({ spans }) => spans.map(formatSpan));
                },
            );
            const { zones } = options;
            return {
                ...heard,
                zones: {
                    ...zones,
                    write: (zone, gateways, signal) =>
                        zones.write(zone, [...new Set([...gateways, ...latest])], signal),
                },
            };
        },
    },
    "takes out what it found in a zone": {
        law: "keepsWhatItFound",
        from: afterwards([], { found: { 0: ["100.64.0.9/32"] } }),
        spoil: ({ settings, ...options }) => ({ ...options, settings: { ...settings, firstContact: "apply" } }),
    },
    "forgets the static gateways of the settings before": {
        law: "keepsLeftStatics",
        from: afterwards([{ atMs: 200_000, kind: "reload", change: { staticGateways: [] } }], {
            staticGateways: ["192.0.2.77/32"],
        }),
        spoil: ({ memories, ...options }) => ({
            ...options,
            memories: {
                ...memories,
                async read() {
                    const kept = await memories.read();
                    return kept && { ...kept, memory: { ...kept.memory, staticGateways: [] } };
                },
            },
        }),
    },
    "does not know who is denied": {
        law: "denies",
        from: afterwards([{ atMs: 200_000, kind: "deny", user: "ana", forMs: 300_000 }]),
        spoil: (options) => ({ ...options, denials: { list: () => [], version: () => 0 } }),
    },
};

type Grant = Awaited<ReturnType<AgentOptions["source"]["read"]>>["grants"][number];

function reading(
    options: AgentOptions,
    change: (grant: Grant) => Grant,
    hear: (grants: readonly Grant[]) => void = () => {},
): AgentOptions {
    const { source } = options;
    return {
        ...options,
        source: {
            ...source,
            async read(signal) {
                const said = await source.read(signal);
                hear(said.grants);
                return { ...said, grants: said.grants.map(change) };
            },
        },
    };
}
