/** Since when news of the source has been on its way to the zones; for the latency that people see. */
export interface Latency {
    /** The source rang its bell. */
    hinted(atMs: number): void;
    /** A read begins: it may bring what was hinted at before. @returns since when that has been waiting */
    reading(atMs: number): number;
    /** The read brought nothing, because it failed: what was hinted at still waits. */
    failed(sinceMs: number): void;
    /** The read brought this version of the grants. */
    brought(version: number, sinceMs: number): void;
    /** Since when the oldest news waits that is not in force; undefined when none does. */
    sinceMs(): number | undefined;
    /** This version is in force, and so are those before it; what came meanwhile still waits. */
    served(version: number): void;
}

export function openLatency(): Latency {
    let hintedAtMs: number | undefined;
    let news: readonly { readonly version: number; readonly sinceMs: number }[] = [];
    return {
        hinted(atMs) {
            hintedAtMs ??= atMs;
        },
        reading(atMs) {
            const sinceMs = hintedAtMs ?? atMs;
            hintedAtMs = undefined;
            return sinceMs;
        },
        failed(sinceMs) {
            hintedAtMs = Math.min(hintedAtMs ?? Infinity, sinceMs);
        },
        brought(version, sinceMs) {
            news = [...news, { version, sinceMs }];
        },
        sinceMs() {
            return news.length === 0 ? undefined : Math.min(...news.map((each) => each.sinceMs));
        },
        served(version) {
            news = news.filter((each) => each.version > version);
        },
    };
}
