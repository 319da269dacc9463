import type { Clock } from "../../clock";
import { formatSpan } from "../../core/addresses/ip";
import type { Facts } from "../../core/doctor/facts";
import type { Reading } from "../../core/grants/grantsDocument";
import { decideMembership } from "../../core/membership/decide";
import type { Denial } from "../../core/membership/denials";
import { isOfOtherZones, type MemoryStore, NO_MEMORY } from "../../core/membership/memory";
import type { Rules } from "../../core/membership/rules";
import type { AgentStatus } from "../../core/why/agentStatus";
import { grantsNow } from "../../core/why/grantsNow";
import type { WhyFacts } from "../../core/why/whyFacts";
import { zoneNow } from "../../reconcile";
import type { GrantSource } from "../../sources/source";
import type { Asker } from "./asker";
import { fitZones } from "./gatherZones";

export interface MembershipOptions {
    readonly zoneIds: readonly string[];
    readonly zones: Facts["zones"];
    readonly source: GrantSource | undefined;
    readonly rules: Rules;
    readonly firstContact: "hold" | "apply";
    /** Whether the Okta sessions of users without a grant are ended. */
    readonly endsSessions: boolean;
    /** Undefined where no state folder was given. */
    readonly memory: MemoryStore | undefined;
    readonly denials: readonly Denial[];
    /** The status of a running agent. */
    readonly agent: AgentStatus | undefined;
    readonly clock: Clock;
    readonly signal: AbortSignal;
}

type Found = Pick<WhyFacts, "membership" | "unusable" | "sourceProblem">;

/**
 * Who is to be inside.
 *
 *   an agent answers and leads   the source   a memory   it is
 *   yes                          any          any        what the agent says; the source tells of unusable entries only
 *   no                           is read      any        what the first round of an agent would decide
 *   no                           fails        yes        what was known before
 *   no                           fails        no         not known
 */
export async function membershipNow(options: MembershipOptions, ask: Asker): Promise<Found> {
    const { source, agent, rules, signal } = options;
    const reading = source && (await ask.other(() => source.read(signal)));
    const unusable = reading?.value?.unusable ?? [];
    if (agent?.isLeading) {
        const staticGateways = rules.staticGateways.map(formatSpan);
        const { sourceProblem } = agent;
        return { membership: { value: { ...agent.membership, staticGateways } }, unusable, sourceProblem };
    }
    if (reading === undefined) return { membership: undefined, unusable, sourceProblem: undefined };
    const sourceProblem = reading.unknown && (reading.unknown.message ?? reading.unknown.reason);
    return { membership: await decided(reading.value, options), unusable, sourceProblem };
}

async function decided(reading: Reading | undefined, options: MembershipOptions): Promise<Found["membership"]> {
    const { zones, zoneIds, rules, firstContact, endsSessions, denials, clock } = options;
    if (zones.unknown !== undefined) return zones;
    const fit = fitZones(zoneIds, zones.value);
    if (fit.length === 0) {
        const reason = "none of these zones can hold grants";
        return { unknown: { name: "zone-unfit", reason, remedy: "See to the zones first." } };
    }
    const remembered = (await options.memory?.read())?.memory;
    const isOurs = remembered !== undefined && !isOfOtherZones(remembered, zoneIds);
    const memory = options.memory === undefined ? undefined : isOurs ? remembered : NO_MEMORY;
    const nowMs = clock.now();
    const decision = decideMembership({
        memory,
        reading,
        zones: fit.map(zoneNow),
        rules,
        firstContact,
        endsSessions,
        denials,
        nowMs,
        elapsedMs: clock.elapsedMs(),
    });
    return {
        value: grantsNow({
            decision,
            grants: reading?.grants ?? [],
            zones: fit.filter(({ status }) => status === "ACTIVE").map(zoneNow),
            selector: rules.selector,
            windowMs: rules.windowMs,
            staticGateways: rules.staticGateways,
            nowMs,
            isKnown: reading !== undefined || isOurs,
            isRemembered: isOurs,
        }),
    };
}
