import { zoneTitles } from "../reasons/zoneTitles";
import type { ChangeFacts, Facts } from "./facts";
import { bad, counted, judge, listed, ok, type Verdict, warn } from "./verdict";

/** Reports the test write, which proves more than any role: the zone was written, read, and restored. */
export function writesAreVerified(facts: Facts): Verdict | undefined {
    if (facts.writeTest === undefined) return undefined;
    return judge(facts.writeTest, ({ startedAtMs, tests }) => {
        const title = zoneTitles(facts.zones.value);
        const said = tests.map(({ zoneId, detail }) => title(zoneId) + (detail === undefined ? "" : `: ${detail}`));
        const failed = tests.find(({ outcome }) => outcome === "failed");
        if (failed !== undefined) return bad(listed(said), failed.remedy);
        const written = tests.filter(({ outcome }) => outcome === "verified").map(({ zoneId }) => zoneId);
        const meanwhile = foreignChanges(facts).filter(
            ({ zoneId, atMs }) => written.includes(zoneId) && atMs >= startedAtMs,
        );
        if (meanwhile.length > 0) return clash(meanwhile);
        if (tests.some(({ outcome }) => outcome === "left out")) {
            return warn(
                `not tried where it is not safe: ${listed(said)}`,
                "See to what the reason says, and try again.",
            );
        }
        return ok(`the sentinel of ${listed(said)} was written, seen and put back`);
    });
}

/**
 * Okta has no conditional write, so the test may have restored a list that another writer had changed in the meantime.
 */
function clash(meanwhile: readonly ChangeFacts[]): Verdict {
    const remedy =
        "See that the agent or the pipeline writes the zone once more, and try again when no other writer does.";
    return bad(`during the test another writer wrote, and may have been undone: ${listed(whoIn(meanwhile))}`, remedy);
}

/** Reports the other writers of the zones: an agent with its own account, or another tool. */
export function nobodyElseWrites(facts: Facts): Verdict | undefined {
    if (facts.zoneIds.length === 0) return undefined;
    const moved = facts.changed.value ?? [];
    if (moved.length > 0)
        return warn(`${listed(moved.map(zoneTitles(facts.zones.value)))} changed while the doctor looked`);
    return judge(facts.log, (changes) => {
        const foreign = ownId(facts) === undefined ? changes : foreignChanges(facts);
        if (foreign.length === 0) return ok("nobody else in the last day");
        return warn(`${counted(foreign.length, "change")} in the last day, ${listed(whoIn(foreign))}`);
    });
}

/** Empty if the id of this account is not known. */
function foreignChanges(facts: Facts): readonly ChangeFacts[] {
    const own = ownId(facts);
    return own === undefined ? [] : (facts.log.value ?? []).filter(({ actorId }) => actorId !== own);
}

function ownId({ owner, credential }: Facts): string | undefined {
    return owner?.value?.id ?? credential.clientId;
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
