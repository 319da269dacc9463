import type { AgentEvent } from "../events/events";

/** An increment of a counter, or an observation of a histogram. Names are without `zonekeeper_`. */
export interface Measure {
    readonly name: CounterName | HistogramName;
    readonly value: number;
    readonly labels?: Readonly<Record<string, string>>;
}

export type CounterName =
    | "writes_total"
    | "write_failures_total"
    | "drift_total"
    | "sessions_total"
    | "events_total"
    | "member_writes_total";
export type HistogramName = "accept_latency_seconds" | "overstay_seconds";

/**
 * The measures of an event. Gauges are not among them: they are read from
 * the view when metrics are scraped.
 *
 *   event              measures, besides events_total{type}
 *   write.accepted     writes_total; accept_latency_seconds and overstay_seconds where known
 *   write.failed       write_failures_total
 *   drift.found        drift_total
 *   member.accepted    member_writes_total{result="accepted"}
 *   member.failed      member_writes_total{result="failed"}
 *   members.drift      drift_total
 *   sessions.cleared   sessions_total{result="cleared"}
 *   sessions.failed    sessions_total{result="failed"}
 */
export function measuresOf(event: AgentEvent): readonly Measure[] {
    return [{ name: "events_total", value: 1, labels: { type: event.type } }, ...ownMeasures(event)];
}

function ownMeasures(event: AgentEvent): readonly Measure[] {
    switch (event.type) {
        case "write.accepted":
            return [
                { name: "writes_total", value: 1 },
                ...observed("accept_latency_seconds", event.latencySeconds),
                ...observed("overstay_seconds", event.overstaySeconds),
            ];
        case "write.failed":
            return [{ name: "write_failures_total", value: 1 }];
        case "member.accepted":
            return [{ name: "member_writes_total", value: 1, labels: { result: "accepted" } }];
        case "member.failed":
            return [{ name: "member_writes_total", value: 1, labels: { result: "failed" } }];
        case "drift.found":
        case "members.drift":
            return [{ name: "drift_total", value: 1 }];
        case "sessions.cleared":
            return [{ name: "sessions_total", value: 1, labels: { result: "cleared" } }];
        case "sessions.failed":
            return [{ name: "sessions_total", value: 1, labels: { result: "failed" } }];
        default:
            return [];
    }
}

/** A clock that was set back may give a negative time, which would stay in a histogram for good. */
function observed(name: HistogramName, value: number | undefined): readonly Measure[] {
    return value === undefined ? [] : [{ name, value: Math.max(0, value) }];
}
