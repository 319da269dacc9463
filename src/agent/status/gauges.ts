import { GRANT_STATES } from "../../core/membership/standing";
import { openSlices } from "../../sources/slices";
import type { AgentView, MembershipView } from "./view";

/** The value of one gauge. Names are without `zonekeeper_`. */
export interface Reading {
    readonly name: GaugeName;
    readonly value: number;
    readonly labels?: Readonly<Record<string, string>>;
}

export type GaugeName = keyof typeof GAUGES;

/** Every gauge of the agent, with its help text. */
export const GAUGES = {
    gateways: "Gateways of a zone.",
    headroom: "Entries that a zone has room for.",
    grants: "Grants, by state.",
    group_members: "Members of the group to which the grants are bound; absent while they are not known.",
    unusable_grants: "Entries of the source that cannot be used.",
    held_removals: "Addresses whose removal waits for a confirmation.",
    sessions_pending: "People whose Okta sessions are still to be ended.",
    source_healthy: "Whether the source could be read last: 1 or 0.",
    leader: "Whether this agent leads, 1, or stands by, 0.",
    clock_departure_seconds: "How far the machine's clock is ahead of Okta's time, or behind as a negative number.",
    ready: "Whether the last round is in force and fresh: 1 or 0.",
    last_success_timestamp_seconds: "When a round last ended well, in seconds since 1970; absent until then.",
    okta_rate_limit: "Requests that Okta allows in a window; absent until Okta said so.",
    okta_rate_limit_remaining: "Requests left in the window, as Okta's last answer said.",
} as const;

/**
 * The labels of each gauge. `membership` is there where the configuration has a list of them, and `org` where it has
 * several orgs.
 */
export const GAUGE_LABELS: Readonly<Record<GaugeName, readonly string[]>> = {
    gateways: ["zone", "membership"],
    headroom: ["zone", "membership"],
    grants: ["state", "membership"],
    group_members: ["group", "membership"],
    unusable_grants: ["membership"],
    held_removals: ["membership"],
    sessions_pending: ["membership"],
    source_healthy: ["membership"],
    ready: ["membership"],
    last_success_timestamp_seconds: ["membership"],
    okta_rate_limit: ["org"],
    okta_rate_limit_remaining: ["org"],
    leader: [],
    clock_departure_seconds: [],
};

/**
 * Every gauge that has a value now. A state that no grant has is 0, so that an alert can distinguish it from absent.
 */
export async function readingsOf(view: AgentView): Promise<readonly Reading[]> {
    return [...(await ofMembership(view)), ...ofOrg(view), ...ofProcess(view)];
}

/** The same for several memberships: the gauges of each have its label, and those of an org are there once. */
export async function readingsOfEach(views: readonly MembershipView[]): Promise<readonly Reading[]> {
    const orgs = new Map(views.map((view) => [view.org, view]));
    const [first] = views;
    const memberships: Reading[] = [];
    for (const view of views) memberships.push(...withLabel(await ofMembership(view), { membership: view.name }));
    return [
        ...memberships,
        ...[...orgs].flatMap(([org, view]) => withLabel(ofOrg(view), orgs.size > 1 ? { org } : {})),
        ...(first === undefined ? [] : ofProcess(first)),
    ];
}

function withLabel(readings: readonly Reading[], label: Readonly<Record<string, string>>): readonly Reading[] {
    return readings.map((reading) => ({ ...reading, labels: { ...reading.labels, ...label } }));
}

function ofProcess(view: AgentView): readonly Reading[] {
    return [
        { name: "leader", value: Number(view.isLeading) },
        ...known("clock_departure_seconds", view.clock?.aheadSeconds),
    ];
}

function ofOrg({ okta }: AgentView): readonly Reading[] {
    return [
        ...known("okta_rate_limit", okta.rateLimit?.limit),
        ...known("okta_rate_limit_remaining", okta.rateLimit?.remaining),
    ];
}

async function ofMembership(view: AgentView): Promise<readonly Reading[]> {
    const { zones, source, lastSuccessAt } = view;
    return [
        ...zones.map(({ id, gateways }) => labelled("gateways", gateways.length, { zone: id })),
        ...zones.map(({ id, gateways, limit }) => labelled("headroom", limit - gateways.length, { zone: id })),
        ...(await tally(view)).map(([state, value]) => labelled("grants", value, { state })),
        ...membersOf(view),
        { name: "unusable_grants", value: view.unusable.length },
        { name: "held_removals", value: view.held.length },
        { name: "sessions_pending", value: view.clearings.filter(({ state }) => state !== "failed").length },
        { name: "source_healthy", value: Number(source.healthy) },
        { name: "ready", value: Number(view.notReady.length === 0) },
        ...known("last_success_timestamp_seconds", lastSuccessAt && Date.parse(lastSuccessAt) / 1000),
    ];
}

function membersOf({ group }: AgentView): readonly Reading[] {
    return group?.members === undefined ? [] : [labelled("group_members", group.members.length, { group: group.id })];
}

function labelled(name: GaugeName, value: number, labels: Readonly<Record<string, string>>): Reading {
    return { name, value, labels };
}

function known(name: GaugeName, value: number | "" | undefined): readonly Reading[] {
    return typeof value === "number" ? [{ name, value }] : [];
}

/** What a grant costs to count, in microseconds. */
const COUNT_COST = 1;

/** Counts in slices, between which timers and requests run. */
async function tally(view: AgentView): Promise<readonly (readonly [string, number])[]> {
    const counts = new Map<string, number>(GRANT_STATES.map((state) => [state, 0]));
    const slices = openSlices();
    for (const { state } of view.eachState()) {
        counts.set(state, (counts.get(state) ?? 0) + 1);
        const turn = slices.spend(COUNT_COST);
        if (turn !== undefined) await turn;
    }
    return [...counts];
}
