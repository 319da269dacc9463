import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";

import { type MetricsOptions, openMetrics } from "../../../src/agent/status/metrics";
import type { AgentView } from "../../../src/agent/status/view";
import { EVENTS } from "../../support/agentEvents";
import { agentView } from "../../support/agentView";

/** What interface.md and docs/guides/operations.md promise, with the labels of each. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
    reconciles_total: ["result"],
    okta_requests_total: ["method", "status"],
    writes_total: [],
    gateways: ["zone"],
    headroom: ["zone"],
    grants: ["state"],
    accept_latency_seconds_count: [],
    drift_total: [],
    source_healthy: [],
    last_success_timestamp_seconds: [],
    overstay_seconds_count: [],
};

describe("openMetrics", () => {
    it("has every promised metric, with its labels", async () => {
        const metrics = opened();
        metrics.countRequest("PUT", 200);
        const samples = samplesOf((await metrics.read()).text);
        for (const [name, labels] of Object.entries(PROMISED)) {
            const found = Object.keys(samples).find((sample) => sample.replace(/\{.*/, "") === `zonekeeper_${name}`);
            assert.ok(found, name);
            assert.deepEqual(
                [...found.matchAll(/(\w+)="/g)].map(([, label]) => label),
                labels,
            );
        }
    });

    it("has the members of a group where grants are bound to one, as soon as they are known", async () => {
        for (const [group, line] of [
            [undefined, ""],
            [{ id: "00g1" }, ""],
            [{ id: "00g1", members: ["ana", "bo"] }, 'zonekeeper_group_members{group="00g1"} 2'],
        ] as const) {
            const view = () => agentView(group === undefined ? {} : { group });
            const { text } = await openMetrics({ version: "test", view, withProcess: false }).read();
            const [found = ""] = text.match(/^zonekeeper_group_members.*$/m) ?? [];
            assert.equal(found, line);
        }
    });

    it("counts the states of grants without writing the grants as text", async () => {
        const texts = (): never => assert.fail("a grant was written as text");
        const view = {
            ...agentView(),
            eachState: () => [{ state: "effective" as const }, { state: "ended" as const }],
        };
        Object.defineProperties(view, { grants: { get: texts }, eachGrant: { get: texts } });
        const samples = samplesOf((await opened({ view: () => view }).read()).text);
        assert.equal(samples['zonekeeper_grants{state="effective"}'], 1);
        assert.equal(samples['zonekeeper_grants{state="ended"}'], 1);
        assert.equal(samples['zonekeeper_grants{state="pending"}'], 0);
    });

    it("reads its gauges from the view", async () => {
        const samples = samplesOf((await opened().read()).text);
        assert.deepEqual(
            pick(samples, /gateways|headroom|grants|held_|source|leader|ready|success|limit|pending|clock/),
            {
                'zonekeeper_gateways{zone="nzo1"}': 2,
                'zonekeeper_headroom{zone="nzo1"}': 148,
                'zonekeeper_grants{state="scheduled"}': 1,
                'zonekeeper_grants{state="pending"}': 0,
                'zonekeeper_grants{state="accepted"}': 1,
                'zonekeeper_grants{state="effective"}': 1,
                'zonekeeper_grants{state="refused"}': 0,
                'zonekeeper_grants{state="waiting"}': 0,
                'zonekeeper_grants{state="denied"}': 0,
                'zonekeeper_grants{state="leaving"}': 0,
                'zonekeeper_grants{state="ended"}': 0,
                zonekeeper_unusable_grants: 0,
                zonekeeper_held_removals: 0,
                zonekeeper_source_healthy: 1,
                zonekeeper_leader: 1,
                zonekeeper_ready: 1,
                zonekeeper_clock_departure_seconds: 0.2,
                zonekeeper_last_success_timestamp_seconds: 1796126398,
                zonekeeper_okta_rate_limit: 600,
                zonekeeper_okta_rate_limit_remaining: 588,
                zonekeeper_sessions_pending: 0,
            },
        );
    });

    it("counts whose sessions are still to be ended, and not those that failed for good", async () => {
        const clearing = { user: "ana@example.com", at: "2026-12-01T12:00:00.000Z", attempts: 1 };
        const clearings = (["due", "retrying", "failed"] as const).map((state) => ({ ...clearing, state }));
        const metrics = opened({ view: () => agentView({ clearings }) });
        assert.equal(samplesOf((await metrics.read()).text).zonekeeper_sessions_pending, 2);
    });

    it("forgets the zones and the moments that the view has no more", async () => {
        let view = agentView();
        const metrics = opened({ view: () => view });
        await metrics.read();
        const { lastSuccessAt: _, ...rest } = view;
        view = { ...rest, zones: [], okta: {} };
        const samples = samplesOf((await metrics.read()).text);
        assert.deepEqual(pick(samples, /gateways|headroom|success|limit/), {});
    });

    it("counts what events tell", async () => {
        const metrics = opened();
        for (const event of Object.values(EVENTS)) metrics.tell(event);
        const samples = samplesOf((await metrics.read()).text);
        assert.deepEqual(pick(samples, /_(writes|write_failures|drift|sessions)_total|_seconds_(sum|count)/), {
            zonekeeper_writes_total: 1,
            zonekeeper_write_failures_total: 1,
            zonekeeper_drift_total: 2,
            'zonekeeper_member_writes_total{result="accepted"}': 1,
            'zonekeeper_member_writes_total{result="failed"}': 1,
            'zonekeeper_sessions_total{result="cleared"}': 1,
            'zonekeeper_sessions_total{result="failed"}': 1,
            zonekeeper_accept_latency_seconds_sum: 0.2134,
            zonekeeper_accept_latency_seconds_count: 1,
            zonekeeper_overstay_seconds_sum: 12.4,
            zonekeeper_overstay_seconds_count: 1,
        });
        const told = Object.keys(EVENTS).map((type) => [`zonekeeper_events_total{type="${type}"}`, 1]);
        assert.deepEqual(pick(samples, /_events_total/), Object.fromEntries(told));
    });

    it("takes a time before the event, of a clock that was set back, as none", async () => {
        const metrics = opened();
        metrics.tell({ ...EVENTS["write.accepted"], latencySeconds: -5 });
        assert.equal(samplesOf((await metrics.read()).text).zonekeeper_accept_latency_seconds_sum, 0);
    });

    it("counts rounds by how they ended, from nought on, and requests", async () => {
        const metrics = opened();
        metrics.countRound("held");
        metrics.countRequest("GET", "none");
        assert.deepEqual(pick(samplesOf((await metrics.read()).text), /reconciles|requests/), {
            'zonekeeper_reconciles_total{result="idle"}': 0,
            'zonekeeper_reconciles_total{result="unchanged"}': 0,
            'zonekeeper_reconciles_total{result="written"}': 0,
            'zonekeeper_reconciles_total{result="held"}': 1,
            'zonekeeper_reconciles_total{result="waiting"}': 0,
            'zonekeeper_reconciles_total{result="failed"}': 0,
            'zonekeeper_okta_requests_total{method="GET",status="none"}': 1,
        });
    });

    it("passes promtool check metrics, Node's own included", async function () {
        if (spawnSync("promtool", ["--version"]).status !== 0) return this.skip();
        const metrics = opened({ withProcess: true });
        for (const event of Object.values(EVENTS)) metrics.tell(event);
        metrics.countRequest("PUT", 200);
        const { text } = await metrics.read();
        assert.match(text, /^process_cpu_seconds_total /m);
        const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
            input: text,
            encoding: "utf8",
        });
        assert.deepEqual({ status, said: stdout + stderr }, { status: 0, said: "" });
    });
});

function opened(options: Partial<MetricsOptions> = {}) {
    const view = (): AgentView => agentView();
    return openMetrics({ version: "0.1.0", view, withProcess: false, ...options });
}

/** `name{labels}` and its value, of every line that is no comment. */
function samplesOf(text: string): Readonly<Record<string, number>> {
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return Object.fromEntries(lines.map((line) => [line.replace(/ \S+$/, ""), Number(line.split(" ").at(-1))]));
}

function pick(samples: Readonly<Record<string, number>>, name: RegExp): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(samples).filter(([sample]) => name.test(sample.replace(/_bucket.*/, ""))));
}
