import { type AgentReport, grantState } from "../../core/portal/agentReport";
import type { PortalState } from "../../core/portal/state";
import { isLive, isWaiting } from "../../core/portal/types";

export interface MetricsOptions {
    readonly state: PortalState;
    readonly reports: readonly AgentReport[];
    readonly nowMs: number;
    readonly version: string;
}

/** What `/metrics` of a portal says in the format of Prometheus; it names nobody. */
export function portalMetrics({ state, reports, nowMs, version }: MetricsOptions): string {
    const states = new Map<string, number>();
    for (const grant of state.grants.values()) {
        if (!isLive(grant, nowMs)) continue;
        const { state: of } = grantState(grant, reports, nowMs);
        states.set(of, (states.get(of) ?? 0) + 1);
    }
    const waiting = [...state.requests.values()].filter((request) => isWaiting(request, nowMs)).length;
    return [
        "# HELP zonekeeper_portal_info The version of the portal.",
        "# TYPE zonekeeper_portal_info gauge",
        `zonekeeper_portal_info{version="${version}"} 1`,
        "# HELP zonekeeper_portal_grants Grants that have not ended, by state.",
        "# TYPE zonekeeper_portal_grants gauge",
        ...[...states].map(([name, count]) => `zonekeeper_portal_grants{state="${name}"} ${count}`),
        "# HELP zonekeeper_portal_requests_waiting Requests that wait for approvers.",
        "# TYPE zonekeeper_portal_requests_waiting gauge",
        `zonekeeper_portal_requests_waiting ${waiting}`,
        "# HELP zonekeeper_portal_sessions Sessions of people.",
        "# TYPE zonekeeper_portal_sessions gauge",
        `zonekeeper_portal_sessions ${state.sessions.size}`,
        "# HELP zonekeeper_portal_notices_waiting Messages that are still to be sent.",
        "# TYPE zonekeeper_portal_notices_waiting gauge",
        `zonekeeper_portal_notices_waiting ${state.notices.size}`,
        "# HELP zonekeeper_portal_agent_heartbeat_seconds How long ago the latest agent said that it lives.",
        "# TYPE zonekeeper_portal_agent_heartbeat_seconds gauge",
        ...heartbeatOf(reports, nowMs),
        "",
    ].join("\n");
}

function heartbeatOf(reports: readonly AgentReport[], nowMs: number): string[] {
    if (reports.length === 0) return [];
    // One from ahead is as doubtful as one from as long ago: see isSilent.
    const nearest = Math.min(...reports.map(({ heartbeatAtMs }) => Math.abs(nowMs - heartbeatAtMs)));
    return [`zonekeeper_portal_agent_heartbeat_seconds ${nearest / 1000}`];
}
