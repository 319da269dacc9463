import { formatSpan } from "../../core/addresses/ip";
import { codeNamed } from "../../core/errors/codes";
import { quote } from "../../core/errors/quote";
import type { Held } from "../../core/membership/held";
import type { Refusal } from "../../core/membership/plan";
import type { TimeReading } from "../../core/time/checkedTime";
import { departureText } from "../../core/time/departureText";
import { GATEWAY_LIMIT } from "../../core/zones/zone";
import type { RateLimit } from "../../okta/exchange/rateLimit";
import { tellMoment } from "../events/format";
import type { SourceHealth } from "../grants/overheard";
import type { LockState } from "../leadership/leadership";
import { refusedNow } from "../reconciler/decide";
import type { Failure } from "../reconciler/failures";
import { heldBecause, heldNow, isClosed, type Known, readingNow } from "../reconciler/grantsNow";
import { SPREAD_MS } from "../reconciler/writes";
import type { PendingClearing } from "../sessions/clearingState";
import type { ZoneState } from "../zones/zoneState";
import { shownGrantViews } from "./grantViews";
import type { AgentView, ClockView, GrantView, HoldView, ZoneView } from "./view";

export interface ViewInput {
    readonly sourceType: string;
    readonly known: Known;
    /** The health of the source, by the latest reads. */
    readonly health: SourceHealth;
    /** Why the memory could not be written; undefined if it was. */
    readonly unkept: string | undefined;
    readonly rateLimit: RateLimit | undefined;
    readonly clearings: readonly PendingClearing[];
    /** What is known of the lock while this agent does not lead. @default nothing */
    readonly lockState?: LockState | undefined;
    /** The longest time since the last success that still counts as fresh, in milliseconds. */
    readonly freshMs: number;
    readonly nowMs: number;
    /** Undefined where the time is not checked. */
    readonly time?: TimeReading | undefined;
}

/** How long a change may be due before the agent reports that it is not ready: longer than a normal round takes. */
const PATIENCE_MS = 10_000;

/** The view of the agent's state, for the page and `GET /api/status`. */
export function viewOf(input: ViewInput): AgentView {
    const { known, health, rateLimit, nowMs } = input;
    const { state } = known;
    const { lastReadAtMs, problem } = health;
    const lastError = state.timing.lastError ?? sourceError(health);
    const held = heldNow(state);
    const shown = shownGrantViews(input);
    let views: readonly GrantView[] | undefined;
    return {
        zones: state.zones.map(zoneView),
        // Computed on demand: a probe every few seconds does not need a hundred thousand grants.
        get grants() {
            views ??= [...shown.eachGrant()];
            return views;
        },
        eachState: () => shown.eachState(),
        eachGrant: () => shown.eachGrant(),
        source: {
            type: input.sourceType,
            healthy: problem === undefined && lastReadAtMs !== undefined,
            ...(lastReadAtMs !== undefined && { lastReadAt: tellMoment(lastReadAtMs) }),
            ...(problem !== undefined && { problem }),
        },
        okta: rateLimit === undefined ? {} : { rateLimit: rateLimitView(rateLimit) },
        ...(lastError !== undefined && { lastError }),
        ...(input.time !== undefined && { clock: clockView(input.time) }),
        isLeading: state.isLeading,
        ...(!state.isLeading && input.lockState !== undefined && { lockState: input.lockState }),
        held: held.map(({ address }) => address),
        holds: held.map(holdView),
        ...becauseOf(known),
        staticGateways: (state.memory?.staticGateways ?? []).map(formatSpan),
        refused: refusedNow(state.decided).map(refusalView),
        unusable: readingNow(known)?.unusable ?? [],
        clearings: input.clearings,
        notReady: reasonsAgainst(input, nowMs),
        ...(state.timing.lastSuccessMs !== undefined && { lastSuccessAt: tellMoment(state.timing.lastSuccessMs) }),
    };
}

function holdView({ address, why, grants }: Held): HoldView {
    return { address, why, grants: grants.map(({ id, user }) => ({ id, ...(user !== undefined && { user }) })) };
}

function becauseOf(known: Known): Pick<AgentView, "heldBecause"> {
    const because = heldBecause(known);
    return because === undefined ? {} : { heldBecause: because };
}

function zoneView({ id, zone, acceptedAtMs, inForceSinceMs }: ZoneState): ZoneView {
    return {
        id,
        name: zone?.name ?? id,
        ...(zone !== undefined && { status: zone.status, usage: zone.usage }),
        gateways: zone?.gateways ?? [],
        proxies: zone?.proxies ?? [],
        limit: GATEWAY_LIMIT[zone?.usage ?? "POLICY"],
        ...(inForceSinceMs !== undefined && { inForceSince: tellMoment(inForceSinceMs) }),
        ...(acceptedAtMs !== undefined && {
            acceptedAt: tellMoment(acceptedAtMs),
            effectiveAt: tellMoment(acceptedAtMs + SPREAD_MS),
        }),
    };
}

function rateLimitView({ limit, remaining, resetAtMs }: RateLimit) {
    return { limit, remaining, resetAt: tellMoment(resetAtMs) };
}

function clockView({ aheadMs, departure }: TimeReading): ClockView {
    return { aheadSeconds: Math.round(aheadMs) / 1000, follows: departure?.from ?? "wall" };
}

function refusalView({ id, reason, kind, isRange }: Refusal): AgentView["refused"][number] {
    return { id, reason, ...(kind === "held" && isRange && { isHeldRange: true }) };
}

/** The latest failure, if nothing is wrong with the zones: that of the source. */
function sourceError({ problem, failingSinceMs }: SourceHealth): Failure | undefined {
    if (problem === undefined || failingSinceMs === undefined) return undefined;
    return { code: "source-unreadable", message: problem, at: tellMoment(failingSinceMs) };
}

/** A zone may have the right gateways and still admit nobody: Okta ignores one that is inactive, and blocks by a blocklist. */
function uselessness({ id, zone }: ZoneState): string[] {
    if (zone === undefined) return [];
    const title = `the zone ${quote(zone.name)} (${id})`;
    const inactive = `${title} is inactive: nobody is inside it until it is activated [${codeNamed("zone-inactive").code}]`;
    const blocklist =
        `${title} is a blocklist: Okta refuses every request from the granted addresses, for all apps, ` +
        `until its blocking is switched off [${codeNamed("zone-blocklist").code}]`;
    if (zone.status === "INACTIVE") return [inactive];
    return zone.usage === "BLOCKLIST" ? [blocklist] : [];
}

/** What is held until it is confirmed, with a sentence for each kind. */
function heldTexts(known: Known): string[] {
    const { code } = codeNamed("removals-held");
    const because = heldBecause(known);
    const count = (why: Held["why"]) => heldNow(known.state).filter((held) => held.why === why).length;
    const [unknown, statics] = [count("unknown"), count("static")];
    return [
        ...(because === undefined ? [] : [`the reading is ${because} [${code}]`]),
        ...(unknown === 0
            ? []
            : [
                  `entries found at first contact that no grant admits are held: ${unknown}; confirm or grant them [${code}]`,
              ]),
        ...(statics === 0 ? [] : [`static gateways that left the settings are held: ${statics} [${code}]`]),
    ];
}

function departed(time: TimeReading | undefined): readonly string[] {
    const { code } = codeNamed("clock-departed");
    return time?.departure === undefined ? [] : [`${departureText(time.departure)} [${code}]`];
}

/** Says that another agent leads only if that is known; it may also be that none does. */
function standbyText(lockState: LockState | undefined): string {
    const { code } = codeNamed("agent-not-leading");
    if (lockState?.kind === "held") {
        const { by } = lockState;
        return `this agent stands by: another one leads${by === undefined ? "" : `, ${by}`} [${code}]`;
    }
    const why = lockState === undefined ? "" : `: ${lockState.why}`;
    return `this agent does not lead, and nobody is known to${why} [${code}]`;
}

/** Why no recent round is known to have ended well. */
function staleText({ state: { timing, zones } }: Known): string {
    if (timing.lastSuccessMs !== undefined) return "the zones have not been seen as they should be for too long";
    return zones.some(({ zone }) => zone === undefined)
        ? "the zones have not been read yet"
        : "the zones have not been seen as they should be yet";
}

/** Each reason why the last reconciliation may not be in force, or not be fresh. */
function reasonsAgainst(input: ViewInput, nowMs: number): string[] {
    const { known } = input;
    const { isLeading, timing, zones } = known.state;
    if (!isLeading) return [standbyText(input.lockState)];
    const { lastReadAtMs, problem } = input.health;
    const { unkept } = input;
    const isLate = timing.dueSinceMs !== undefined && nowMs - timing.dueSinceMs > PATIENCE_MS;
    const isStale = timing.lastSuccessMs === undefined || nowMs - timing.lastSuccessMs > input.freshMs;
    return [
        ...(lastReadAtMs === undefined && problem === undefined ? ["the source has not been read yet"] : []),
        ...(problem !== undefined ? [problem] : []),
        ...(unkept !== undefined
            ? [`the memory cannot be written, so a restart would not know of the latest changes: ${unkept}`]
            : []),
        ...(isClosed(known)
            ? [
                  `the grants that were read last are too old, so nobody is inside [${codeNamed("snapshot-too-old").code}]`,
              ]
            : []),
        ...(timing.lastError !== undefined ? [timing.lastError.message] : []),
        ...zones.flatMap((zone) => (zone.problem === undefined ? [] : [zone.problem])),
        ...zones.flatMap(uselessness),
        ...heldTexts(known),
        ...departed(input.time),
        ...(isLate ? ["a change has not reached the zones yet"] : []),
        ...(isStale ? [staleText(known)] : []),
    ];
}
