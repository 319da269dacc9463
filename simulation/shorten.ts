import type { History } from "./history";
import { judge, type Violation } from "./laws";
import { type Play, play } from "./world";

/** The same history with fewer events, as long as one of its laws is still broken: each event is left out in turn. */
export async function shorten(
    history: History,
    options: Play = {},
): Promise<{ readonly history: History; readonly violations: readonly Violation[] }> {
    let violations = judge(await play(history, options));
    const laws = new Set(violations.map(({ law }) => law));
    let short = history;
    for (let size = Math.ceil(short.events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
        for (let at = 0; at < short.events.length; ) {
            const events = short.events.filter((_, index) => index < at || index >= at + size);
            const fewer = { ...short, events };
            const found = judge(await play(fewer, options)).filter(({ law }) => laws.has(law));
            if (found.length > 0) [short, violations] = [fewer, found];
            else at += size;
        }
    }
    return { history: short, violations };
}
