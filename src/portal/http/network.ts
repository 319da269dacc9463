import ipaddr from "ipaddr.js";

/** An IPv4 address; of IPv6, the 64 bits that one customer has. */
export function networkOf(address: string): string {
    if (!ipaddr.isValid(address) || !address.includes(":")) return address;
    return ipaddr.parse(address).toByteArray().slice(0, 8).join(".");
}

/** How much of what strangers do is written down: of one network, so many lines in so long. */
const [MOST_LINES, WINDOW_MS, MOST_NETWORKS] = [20, 10 * 60_000, 10_000];

/**
 * Whether a line is written of what somebody from an address did who is not known: strangers could fill the disk otherwise. The last line
 * before the others are left out says so.
 */
export function openStrangerLines(now: () => number) {
    const seen = new Map<string, { readonly sinceMs: number; count: number }>();
    return (address: string): "written" | "last" | "left-out" => {
        const network = networkOf(address);
        const known = seen.get(network);
        const isOver = known === undefined || Math.abs(now() - known.sinceMs) >= WINDOW_MS;
        const entry = isOver ? { sinceMs: now(), count: 0 } : known;
        seen.delete(network);
        seen.set(network, entry);
        const [oldest] = seen.keys();
        if (seen.size > MOST_NETWORKS && oldest !== undefined) seen.delete(oldest);
        entry.count += 1;
        if (entry.count === MOST_LINES) return "last";
        return entry.count < MOST_LINES ? "written" : "left-out";
    };
}
