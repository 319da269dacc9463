import type { Clock } from "../clock";
import { isCoded } from "../core/errors/errors";
import type { Reading } from "../core/grants/grantsDocument";
import type { SourceShare } from "../core/membership/brake";
import { type Decision, decideMembership } from "../core/membership/decide";
import type { Denial } from "../core/membership/denials";
import { type Memory, type MemoryStore, NO_MEMORY } from "../core/membership/memory";
import { shareOf, sumOfShares } from "../core/membership/sourceShare";
import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";
import type { GrantSource } from "../sources/source";
import type { BindOptions, BoundSource } from "./group/groupDryRun";
import { leavingIds, type MovedGrant, movedGrants, withoutMoved } from "./reconciler/movedGrants";
import { sourceIdentity } from "./sourceIdentity";

/** Another membership with the same source, and its memory. */
export interface Mate {
    readonly mate: MembershipSettings;
    readonly memory: MemoryStore;
    /**
     * Binds the source to users, and names each denied user in every way that grants do, as an agent does. Resolves to
     * undefined where its group cannot be used, which its own dry run reports.
     * @default its grants are not bound to users
     */
    readonly bind?: ((source: GrantSource, options: BindOptions) => Promise<BoundSource | undefined>) | undefined;
}

/** The input of a dry run of a membership whose source has other memberships. */
export interface BesideMates {
    /** The reading of the source, without the grants that another membership holds. */
    readonly said: GrantSource;
    readonly moved: readonly MovedGrant[];
    /** The effect of the same reading on the others. */
    readonly others: SourceShare | undefined;
}

export interface DecidingBy {
    /** Undefined where nothing is remembered. */
    readonly memory: Memory | undefined;
    readonly denials: readonly Denial[];
    readonly clock: Pick<Clock, "now" | "elapsedMs">;
}

/** The other memberships with its source. */
export function matesOf(membership: MembershipSettings, { memberships }: AgentSettings): readonly MembershipSettings[] {
    if (memberships.length < 2) return [];
    const identity = identityOf(membership);
    return memberships.filter((each) => each.name !== membership.name && identityOf(each) === identity);
}

/** Reads the source once, and decides for the other memberships too, as an agent does. */
export async function besideMates(
    source: GrantSource,
    membership: MembershipSettings,
    mates: readonly Mate[],
    by: DecidingBy,
    signal: AbortSignal,
): Promise<BesideMates> {
    if (mates.length === 0) return { said: source, moved: [], others: undefined };
    const reading = await source.read(signal);
    const { rules } = membership;
    const named = { ...source, read: async () => reading };
    const decided = (await Promise.all(mates.map((each) => decisionOf(each, named, by, signal)))).flatMap(
        (each) => each ?? [],
    );
    const holders = decided.map(({ mate, decision }) => ({
        name: mate.name,
        leaving: (said: Reading) => leavingIds(decision.memory, mate.rules.selector, said),
        share: () => undefined,
        version: () => 0,
    }));
    const moved = movedGrants(reading, by.memory ?? NO_MEMORY, rules.selector, holders);
    const shares = decided.map(({ decision, memory }) =>
        shareOf(decision.judgement, new Set(memory.confirmation?.items)),
    );
    return {
        said: { name: source.name, read: async () => withoutMoved(reading, moved) },
        moved,
        others: shares.length === 0 ? undefined : sumOfShares(shares),
    };
}

interface DecidedMate {
    readonly mate: MembershipSettings;
    readonly memory: Memory;
    readonly decision: Decision;
}

/** The decision of another membership about the reading; undefined if it remembers nothing. */
async function decisionOf(
    { mate, memory: store, bind }: Mate,
    said: GrantSource,
    { denials, clock }: DecidingBy,
    signal: AbortSignal,
): Promise<DecidedMate | undefined> {
    const memory = (await store.read())?.memory;
    if (memory === undefined) return undefined;
    const { rules, firstContact, onRevoke } = mate;
    const endsSessions = onRevoke === "clear-sessions";
    const { source, ...bound } = (await bind?.(said, { denials, remembered: memory.grants })) ?? {
        source: said,
        denials,
    };
    const reading = await source.read(signal);
    const [nowMs, elapsedMs] = [clock.now(), clock.elapsedMs()];
    return {
        mate,
        memory,
        decision: decideMembership({
            memory,
            reading,
            zones: [],
            rules,
            firstContact,
            endsSessions,
            nowMs,
            elapsedMs,
            ...bound,
        }),
    };
}

/** Undefined for a source that cannot be used, which its own dry run reports. */
function identityOf(membership: MembershipSettings): string | undefined {
    try {
        return sourceIdentity(membership);
    } catch (error) {
        if (!isCoded(error)) throw error;
        return undefined;
    }
}
