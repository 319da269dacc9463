import { type Bounds, UNHEARD_MS } from "../bounds";
import type { Facts } from "../facts";

/**
 * What the source says is read in time: at once where a hint came, and
 * otherwise when it is read anyway. Not while the source cannot be read or was
 * just down, and not around troubles with Okta or the host.
 */
export function hears(facts: Facts, bounds: Bounds): string[] {
    const { trace } = facts;
    return trace.documents.slice(1).flatMap(({ atMs, heardAtMs = Infinity }) => {
        const byMs = Math.min(heardAtMs, atMs + UNHEARD_MS) + bounds.hearMs;
        const fromMs = atMs - bounds.sourceRecoverMs;
        const term = facts.termAt(atMs);
        if (term === undefined || term.fromMs > atMs - bounds.recoverMs) return [];
        if (term.toMs <= byMs || byMs >= trace.history.endsAtMs) return [];
        if (!facts.isSourceCalm(fromMs, byMs) || !facts.isCalm(atMs - bounds.recoverMs, byMs)) return [];
        const isRead = trace.lessons.some(
            (lesson) =>
                lesson.process === term.process && lesson.kind === "read" && atMs <= lesson.atMs && lesson.atMs <= byMs,
        );
        return isRead ? [] : [`what the source says from ${atMs} ms on is not read by ${byMs} ms`];
    });
}
