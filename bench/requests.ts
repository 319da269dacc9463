import { type Emulator, startEmulator } from "../emulator/emulator";
import { systemClock } from "../src/clock";
import type { Grant } from "../src/core/grants/grants";
import { parseRules } from "../src/core/membership/rules";
import { oktaHttp } from "../src/okta/http";
import { httpZones } from "../src/okta/zones/httpZones";
import { zoneLock } from "../src/okta/zones/zoneLock";
import { reconcile } from "../src/reconcile";
import { CASES, type Case } from "./cases";
import { NOW_MS } from "./grants";
import { oneByOne } from "./oneByOne";
import type { Section } from "./section";

/** How often Okta is asked and written to for a change, beside one who writes each grant by itself. */
export async function requests(): Promise<Section> {
    const rows: string[][] = [];
    for (const each of CASES) {
        const [ours, naive] = [await count(each, "round"), await count(each, "one by one")];
        if (ours.gateways !== naive.gateways) throw new Error(`"${each.name}": the two ways end with other gateways`);
        rows.push([each.name, ...ours.counts, ...naive.counts]);
    }
    return {
        title: "Requests to Okta for a change of the grants",
        headings: ["change", "GET", "PUT", "GET one by one", "PUT one by one"],
        rows,
        note: [
            "Counted by the emulator; a count is the same in every run. A round reads every zone, writes those that",
            "differ, and reads what it wrote. One by one: a GET and a PUT for each grant, told what changed and where.",
        ],
    };
}

interface Counted {
    /** GETs and PUTs. */
    readonly counts: readonly string[];
    /** What the zones hold in the end. */
    readonly gateways: string;
}

async function count(each: Case, way: "round" | "one by one"): Promise<Counted> {
    await using emulator = await startEmulator({ seed: { zones: seededZones(each.shards) } });
    const zones = zonesOf(emulator);
    const zoneIds = [...emulator.org.zones.values()].filter(({ name }) => name.startsWith("Bench")).map(({ id }) => id);
    const signal = AbortSignal.timeout(30_000);
    const round = (grants: readonly Grant[], nowMs: number) =>
        reconcile({
            source: { name: "bench", read: async () => ({ grants, unusable: [] }) },
            zones,
            lock: zoneLock(),
            zoneIds,
            rules: parseRules({}),
            clock: { ...systemClock, now: () => nowMs },
            signal,
        });
    await round(each.before, NOW_MS);
    const seen = emulator.requests.length;
    if (way === "round") await round(each.after, NOW_MS + (each.laterMs ?? 0));
    else await oneByOne({ zones, zoneIds, changes: each.changes, signal });
    return counted(emulator, seen, zoneIds);
}

/** @param seen How many requests were made before. */
function counted({ requests: all, history }: Emulator, seen: number, zoneIds: readonly string[]): Counted {
    const made = all.slice(seen);
    const refused = made.find(({ status }) => status !== 200);
    if (refused !== undefined)
        throw new Error(`${refused.method} ${refused.path}: the emulator said ${refused.status}`);
    const last = zoneIds.map((id) => history.findLast(({ zoneId }) => zoneId === id)?.gateways ?? []);
    return {
        counts: ["GET", "PUT"].map((method) => String(made.filter((one) => one.method === method).length)),
        gateways: JSON.stringify(last.map((gateways) => [...gateways].sort())),
    };
}

function seededZones(shards: number) {
    return Array.from({ length: shards }, (_, index) => {
        return { name: `Bench ${index + 1}`, gateways: [{ type: "CIDR" as const, value: "192.0.2.0/32" }] };
    });
}

function zonesOf({ url: orgUrl }: Emulator) {
    const connection = { orgUrl, credential: { kind: "api-token", apiToken: "any-token-will-do" } } as const;
    return httpZones(oktaHttp({ connection, fetch, ...systemClock }));
}
