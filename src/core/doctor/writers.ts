import type { ChangeFacts, Facts } from "./facts";
import { bad, counted, judge, listed, ok, type Verdict, warn } from "./verdict";

/** A write that goes through proves more than any role: it was made, seen, and taken back. */
export function writesAreVerified({ writeTest }: Facts): Verdict | undefined {
    if (writeTest === undefined) return undefined;
    return judge(writeTest, (tests) => {
        const said = tests.map(({ zoneId, detail }) => (detail === undefined ? zoneId : `${zoneId}: ${detail}`));
        if (tests.some(({ outcome }) => outcome === "failed")) return bad(listed(said));
        if (tests.some(({ outcome }) => outcome === "left out")) {
            return warn(
                `not tried where it is not safe: ${listed(said)}`,
                "See to what the reason says, and try again.",
            );
        }
        return ok(`the sentinel of ${listed(said)} was written, seen and put back`);
    });
}

/** Whoever writes besides the account that asks: perhaps the agent under its own account, perhaps another tool. */
export function nobodyElseWrites({ log, changed, owner, credential, zoneIds }: Facts): Verdict | undefined {
    if (zoneIds.length === 0) return undefined;
    const moved = changed.value ?? [];
    if (moved.length > 0) return warn(`${listed(moved)} changed while the doctor looked`);
    return judge(log, (changes) => {
        const ownId = owner?.value?.id ?? credential.clientId;
        const foreign = changes.filter(({ actorId }) => actorId !== ownId);
        if (foreign.length === 0) return ok("nobody else in the last day");
        return warn(`${counted(foreign.length, "change")} in the last day, ${listed(whoIn(foreign))}`);
    });
}

/** `by Ana (00u1), last at 2026-…`, a phrase for each of them. */
function whoIn(changes: readonly ChangeFacts[]): string[] {
    const last = new Map<string, ChangeFacts>();
    for (const change of changes) {
        if (change.atMs >= (last.get(change.actorId)?.atMs ?? -Infinity)) last.set(change.actorId, change);
    }
    return [...last.values()].map(({ actorId, actorName, atMs }) => {
        return `by ${actorName} (${actorId}), last at ${new Date(atMs).toISOString()}`;
    });
}
