import { formatSpan } from "../src/core/addresses/ip";
import { type ChainZone, evaluateChain } from "../src/core/chain/chain";
import { compileZone } from "../src/core/chain/compileZone";
import { GATEWAY_LIMIT } from "../src/core/zones/zone";
import { measure } from "./measure";
import { type Bench, FIGURES, figures, type Section, thousands } from "./section";

const CHAINS = 100_000;

/** Fewer for the way that is slow; its figures are scaled up. */
const CHAINS_ONE_BY_ONE = 2_000;

const RUNS = { warmups: 2, runs: 7 };

/** 10.0.0.0 and 172.16.0.0 */
const [GATEWAYS_FROM, PROXIES_FROM] = [10 * 2 ** 24, 172 * 2 ** 24 + 16 * 2 ** 16];

/** How long it takes to say of each chain of a log whether it is inside a full zone. */
export async function chains({ now }: Bench): Promise<Section> {
    const zone = fullZone();
    const isInside = compileZone(zone);
    const logs = ([1, 3, 5] as const).map((hops) => ({ hops, log: logOf(hops) }));
    const rows: string[][] = [];
    for (const { hops, log } of logs) {
        const some = log.slice(0, CHAINS_ONE_BY_ONE);
        const differs = some.find((chain) => isInside(chain) !== evaluateChain(zone, chain).inside);
        if (differs) throw new Error(`the two ways differ on ${differs.join(", ")}; they cannot be compared`);
        const inside = thousands(log.filter((chain) => isInside(chain)).length);
        const ways = [
            ["compileZone", log, () => count(log, compileZone(zone))],
            ["evaluateChain", some, () => count(some, (chain) => evaluateChain(zone, chain).inside)],
        ] as const;
        for (const [name, measured, work] of ways) {
            const { min, median, max } = await measure({ ...RUNS, now, prepare: () => undefined, work });
            const scale = CHAINS / measured.length;
            const scaled = { min: min * scale, median: median * scale, max: max * scale };
            rows.push([`${hops === 1 ? "1 address" : `${hops} addresses`}`, name, inside, ...figures(scaled)]);
        }
    }
    return {
        title: `${thousands(CHAINS)} chains against a full zone, in milliseconds`,
        headings: ["a chain of", "by", "inside", ...FIGURES],
        rows,
        note: [
            `The zone has ${GATEWAY_LIMIT.POLICY} gateways and as many trusted proxies, ${RUNS.runs} runs; from texts to yes or no.`,
            "compileZone: the preparation of the zone included. evaluateChain reads the zone anew for each chain and",
            `writes a reason; it was measured with ${thousands(CHAINS_ONE_BY_ONE)} chains, and its figures are scaled up.`,
        ],
    };
}

/** 150 entries in each list: addresses, CIDRs and ranges, with gaps between them. */
function fullZone(): ChainZone {
    const entries = (from: number) =>
        Array.from({ length: GATEWAY_LIMIT.POLICY }, (_, index) => {
            const low = from + index * 64;
            const size = [1, 16, 25][index % 3] ?? 1;
            return formatSpan({ low, high: low + size - 1 });
        });
    return { gateways: entries(GATEWAYS_FROM), proxies: entries(PROXIES_FROM) };
}

/** Clients in and between the gateways, each behind trusted proxies; the same each time. */
function logOf(hops: number): string[][] {
    const addressOf = (number: number) => formatSpan({ low: number, high: number }).replace("/32", "");
    return Array.from({ length: CHAINS }, (_, nth) => {
        const client = GATEWAYS_FROM + ((nth * 7_919) % (GATEWAY_LIMIT.POLICY * 64));
        const proxies = Array.from(
            { length: hops - 1 },
            (_, hop) => PROXIES_FROM + (((nth + hop * 31) * 64) % (150 * 64)),
        );
        return [client, ...proxies].map(addressOf);
    });
}

function count(log: readonly string[][], isInside: (chain: readonly string[]) => boolean): number {
    return log.filter((chain) => isInside(chain)).length;
}
