import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { TaggedEvent } from "../events/events";
import type { RoundResult } from "../reconciler/event";
import { GAUGE_LABELS, GAUGES, type GaugeName, readingsOf, readingsOfEach } from "./gauges";
import { type CounterName, type HistogramName, measuresOf } from "./measures";
import type { AgentView, MembershipView } from "./view";

/** The metrics of the agent, for Prometheus. */
export interface Metrics {
    tell(event: TaggedEvent): void;
    /** Counts a round. @param membership Set if the configuration has a list of them. */
    countRound(result: RoundEnd, membership?: string): void;
    /** Counts a request to Okta; `status` is `none` if there was no answer. @param org Set if there are several. */
    countRequest(method: string, status: number | "none", org?: string): void;
    /** The exposition format of Prometheus, and its media type. */
    read(): Promise<{ readonly text: string; readonly contentType: string }>;
}

/** How a round ended; `failed` is one that threw. */
type RoundEnd = RoundResult | "failed";

const ROUND_ENDS = ["idle", "unchanged", "written", "held", "waiting", "failed"] as const satisfies readonly RoundEnd[];

export interface MetricsOptions {
    readonly version: string;
    view(): AgentView;
    /** Each of the memberships, where the configuration has a list of them. @default undefined */
    memberships?(): readonly MembershipView[] | undefined;
    /** Node's own: memory, event loop, garbage collection. @default true */
    readonly withProcess?: boolean;
}

/** In seconds: from a round trip on the same continent to a whole window of the rate limit. */
const LATENCY_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 120];

/** In seconds, up to an outage of an hour. */
const OVERSTAY_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600];

/** Metrics of Node that end in `_total` although they are gauges, which promtool rejects. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** A registry of the agent's own: nothing is registered globally. */
export function openMetrics(options: MetricsOptions): Metrics {
    const registry = new Registry();
    const { counters, histograms, rounds, requests } = openCounters(registry);
    const known = new Set<string>();
    const observed = new Set<string>();

    /** Starts series at 0: a series that starts with its first event hides that event from rate(). */
    function beginSeries(): void {
        const names = options.memberships?.()?.map(({ name }) => ({ membership: name })) ?? [{}];
        for (const label of names) {
            const key = JSON.stringify(label);
            if (known.has(key)) continue;
            known.add(key);
            for (const result of ROUND_ENDS) rounds.inc({ ...label, result }, 0);
            for (const result of ["cleared", "failed"]) counters.sessions_total.inc({ ...label, result }, 0);
            for (const name of ["writes_total", "write_failures_total", "drift_total"] as const) {
                counters[name].inc(label, 0);
            }
            for (const [name, histogram] of Object.entries(histograms)) {
                if (!observed.has(name + key)) histogram.zero(label);
            }
        }
    }

    const gauges = openGauges(registry, options);
    if (options.withProcess ?? true) collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    return {
        tell(event) {
            const { membership } = event;
            const own = membership !== undefined && options.memberships?.() !== undefined ? { membership } : {};
            for (const { name, value, labels = {} } of measuresOf(event)) {
                if (name in histograms) {
                    observed.add(name + JSON.stringify(own));
                    histograms[name as HistogramName].observe(own, value);
                } else counters[name as CounterName].inc({ ...labels, ...own }, value);
            }
        },
        countRound: (result, membership) => rounds.inc({ result, ...(membership !== undefined && { membership }) }),
        countRequest: (method, status, org) =>
            requests.inc({ method, status: String(status), ...(org !== undefined && { org }) }),
        async read() {
            beginSeries();
            await gauges.fill();
            return { text: await registry.metrics(), contentType: registry.contentType };
        },
    };
}

function openCounters(registry: Registry) {
    const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
        new Counter({ name: `zonekeeper_${name}`, help, labelNames: [...labelNames], registers: [registry] });
    const histogram = (name: HistogramName, help: string, buckets: readonly number[]) =>
        new Histogram({
            name: `zonekeeper_${name}`,
            help,
            buckets: [...buckets],
            labelNames: ["membership"],
            registers: [registry],
        });
    const counters: Readonly<Record<CounterName, Counter>> = {
        writes_total: counter("writes_total", "Writes of a zone that Okta took.", ["membership"]),
        write_failures_total: counter("write_failures_total", "Writes of a zone that failed, or whose fate is open.", [
            "membership",
        ]),
        drift_total: counter("drift_total", "Times that a zone held what the agent did not leave there.", [
            "membership",
        ]),
        sessions_total: counter("sessions_total", "People whose Okta sessions were to be ended, by what came of it.", [
            "result",
            "membership",
        ]),
        member_writes_total: counter(
            "member_writes_total",
            "Users who were to be put into the group of a membership or taken out of it, by what came of it.",
            ["result", "membership"],
        ),
        events_total: counter("events_total", "Everything that the agent records, by its type.", [
            "type",
            "membership",
        ]),
    };
    const rounds = counter("reconciles_total", "Rounds, by how they ended.", ["result", "membership"]);
    const requests = counter("okta_requests_total", "Requests to Okta, by method and status; none: no answer.", [
        "method",
        "status",
        "org",
    ]);
    const histograms = {
        accept_latency_seconds: histogram(
            "accept_latency_seconds",
            "From the source's event to Okta's answer 200. Okta needs about a minute more to spread it.",
            LATENCY_BUCKETS,
        ),
        overstay_seconds: histogram(
            "overstay_seconds",
            "How long the last of the ended grants had ended when Okta took the write that removed it.",
            OVERSTAY_BUCKETS,
        ),
    };
    return { counters, histograms, rounds, requests };
}

function openGauges(registry: Registry, { version, view, memberships }: MetricsOptions) {
    const gauge = (name: string, help: string, labelNames: readonly string[]) =>
        new Gauge({ name: `zonekeeper_${name}`, help, labelNames: [...labelNames], registers: [registry] });
    const gauges = Object.entries(GAUGES).map(([name, help]) => {
        return [name, gauge(name, help, GAUGE_LABELS[name as GaugeName])] as const;
    });
    const build = gauge("build_info", "Always 1; the versions are its labels.", ["version", "node"]);
    build.set({ version, node: process.versions.node }, 1);
    return {
        /** Sets all gauges from one view, so that they are consistent; a gauge without a value is removed. */
        async fill() {
            const views = memberships?.();
            const readings = await (views === undefined ? readingsOf(view()) : readingsOfEach(views));
            for (const [name, each] of gauges) {
                each.reset();
                // A gauge without labels would be 0 after that, which is not the same as unknown.
                if (GAUGE_LABELS[name as GaugeName].length === 0) each.remove();
                for (const { value, labels = {} } of readings.filter((reading) => reading.name === name)) {
                    each.set(labels, value);
                }
            }
        },
    };
}
