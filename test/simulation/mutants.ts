import type { History } from "../../simulation/history";
import type { Play } from "../../simulation/world";
import type { AgentOptions } from "../../src/agent/agent";
import type { Zone } from "../../src/okta/zones/zones";

/** One way to be wrong, and the law that is broken first of all by it. */
export interface Wrong extends Play {
    readonly law: string;
    /** A seed from which on histories show it soon, or histories made by hand where random ones do so too rarely. */
    readonly from: number | readonly History[];
}

/** Ways in which an agent could be wrong, as far as its ports reach. */
export const MUTANTS: Readonly<Record<string, Wrong>> = {
    "takes an unreadable source for an empty one": {
        law: "appliesInTime",
        from: 8,
        spoil: (options) => ({
            ...options,
            source: {
                ...options.source,
                read: (signal) => options.source.read(signal).catch(() => ({ grants: [], unusable: [] })),
            },
        }),
    },
    "forgets that grants end": {
        law: "appliesInTime",
        from: 1,
        spoil: (options) => reading(options, ({ expiresAtMs: _, ...grant }) => grant),
    },
    "forgets that grants begin": {
        law: "writesForGrantsOnly",
        from: 1,
        spoil: (options) => reading(options, ({ startsAtMs: _, ...grant }) => grant),
    },
    "hears no hints": {
        law: "hears",
        from: 1,
        spoil: ({ source, ...options }) => ({
            ...options,
            source: { name: source.name, read: source.read },
        }),
    },
    "hears hints only": {
        law: "hears",
        from: 3,
        spoil: (options) => ({ ...options, settings: { ...options.settings, pollMs: 86_400_000 } }),
    },
    "announces no write": {
        law: "keepsItsLedger",
        from: 1,
        spoil: (options) => ({
            ...options,
            record: async (event) => (event.type === "write.intended" ? undefined : options.record(event)),
        }),
    },
    "announces a write when it is done": {
        law: "keepsItsLedger",
        from: 1,
        spoil: (options) => ({
            ...options,
            async record(event) {
                if (event.type === "write.intended") void options.record(event);
                else await options.record(event);
            },
        }),
    },
    "tells of no outcome": {
        law: "keepsItsLedger",
        from: 29,
        spoil: (options) => ({
            ...options,
            record: async (event) => (event.type === "write.failed" ? undefined : options.record(event)),
        }),
    },
    "believes that each write was carried out": {
        law: "settlesByReading",
        from: 7,
        spoil: (options) => ({
            ...options,
            zones: {
                ...options.zones,
                write: (...args) => options.zones.write(...args).catch(() => ({ status: 200 })),
            },
        }),
    },
    "sends a lost write again at once": {
        law: "settlesByReading",
        from: 4,
        spoil: (options) => ({
            ...options,
            zones: {
                ...options.zones,
                write: (...args) => options.zones.write(...args).catch(() => options.zones.write(...args)),
            },
        }),
    },
    "looks at a zone once, and never again": {
        law: "goesOnFromWhatItSaw",
        from: 1,
        spoil: (options) => seeing(options, (seen) => seen),
    },
    "takes its own write for what it sees": {
        law: "appliesInTime",
        from: 35,
        spoil: (options) => seeing(options, (seen, written) => ({ ...seen, gateways: written ?? seen.gateways })),
    },
    "forgets what it wrote": {
        law: "writesNothingInVain",
        from: 1,
        spoil: (options) => {
            const before = new Map<string, readonly string[]>();
            return {
                ...options,
                zones: {
                    async read(id, signal) {
                        const zone = await options.zones.read(id, signal);
                        return { ...zone, gateways: before.get(id) ?? zone.gateways };
                    },
                    write(zone, gateways, signal) {
                        before.set(zone.id, zone.gateways);
                        return options.zones.write(zone, gateways, signal);
                    },
                },
            };
        },
    },
    "has no budget": {
        law: "asksWithinItsBudget",
        from: 5,
        spoil: (options) => ({
            ...options,
            budget: { waitMs: () => 0, mayAsk: () => true, perMinute: () => 6000 },
        }),
    },
    "looks at each of many zones as often as at one": {
        law: "appliesInTime",
        from: 7,
        spoil: (options) => ({ ...options, budget: { ...options.budget, perMinute: () => 6000 } }),
    },
    "writes on while its ledger cannot be written": {
        law: "keepsItsLedger",
        from: 3,
        spoil: (options) => ({ ...options, record: (event) => options.record(event).catch(() => {}) }),
    },
    "leads without the lock": {
        law: "leadsAlone",
        from: 1,
        spoil: (options) => ({
            ...options,
            leadership: {
                name: "nothing",
                async close() {},
                lead: async () => ({ lost: new AbortController().signal, async end() {} }),
            },
        }),
    },
    "stands by for ever once it has led": {
        law: "isLed",
        from: 1,
        spoil: ({ leadership, ...options }) => {
            let times = 0;
            const lead: typeof leadership.lead = (signal) =>
                times++ === 0 ? leadership.lead(signal) : new Promise(() => {});
            return { ...options, leadership: { ...leadership, lead } };
        },
    },
    "renames the zone": {
        law: "keepsTheRest",
        from: 1,
        spoil: (options) => ({
            ...options,
            zones: {
                ...options.zones,
                write: (zone, gateways, signal) =>
                    options.zones.write(
                        { ...zone, document: { ...zone.document, name: "Zonekeeper" } },
                        gateways,
                        signal,
                    ),
            },
        }),
    },
    "writes the first address only": {
        law: "appliesInTime",
        from: 1,
        spoil: (options) => writing(options, (gateways) => gateways.slice(0, 1)),
    },
    "lets a neighbour in": {
        law: "writesForGrantsOnly",
        from: 1,
        spoil: (options) => writing(options, (gateways) => [...gateways, "203.0.113.99/32"]),
    },
    "has no brake": {
        law: "losesNobodyByAccident",
        from: 63,
        spoil: (options) => ({
            ...options,
            settings: { ...options.settings, rules: { ...options.settings.rules, maxRemovals: "off" } },
        }),
    },
};

type Grant = Awaited<ReturnType<AgentOptions["source"]["read"]>>["grants"][number];

function reading(options: AgentOptions, change: (grant: Grant) => Grant): AgentOptions {
    const { source } = options;
    return {
        ...options,
        source: {
            ...source,
            async read(signal) {
                const { grants, unusable } = await source.read(signal);
                return { grants: grants.map(change), unusable };
            },
        },
    };
}

/** Each zone is read once; later reads see what `see` makes of that. */
function seeing(
    options: AgentOptions,
    see: (first: Zone, written: readonly string[] | undefined) => Zone,
): AgentOptions {
    const [first, written] = [new Map<string, Zone>(), new Map<string, readonly string[]>()];
    return {
        ...options,
        zones: {
            async read(id, signal) {
                const zone = first.get(id) ?? (await options.zones.read(id, signal));
                first.set(id, zone);
                return see(zone, written.get(id));
            },
            async write(zone, gateways, signal) {
                const receipt = await options.zones.write(zone, gateways, signal);
                written.set(zone.id, gateways);
                return receipt;
            },
        },
    };
}

function writing(options: AgentOptions, change: (gateways: readonly string[]) => readonly string[]): AgentOptions {
    return {
        ...options,
        zones: {
            ...options.zones,
            write: (zone, gateways, signal) => options.zones.write(zone, change(gateways), signal),
        },
    };
}
