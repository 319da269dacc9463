import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

interface Rule {
    readonly alert: string;
    readonly expr: string;
    readonly labels: { readonly severity: string };
    readonly annotations: { readonly summary: string; readonly runbook: string; readonly runbook_url: string };
}

const root = resolve(__dirname, "../..");
/** On the agent, and on the portal. */
const paths = ["alerts.yaml", "portal-alerts.yaml"].map((name) => join(root, "ops/prometheus", name));
const rules: readonly Rule[] = paths.flatMap((path) =>
    parse(readFileSync(path, "utf8")).groups.flatMap(({ rules }: { rules: Rule[] }) => rules),
);

/** Of an agent that leads, and of one that stands by; a sample a minute for an hour. */
const A = 'job="zk",instance="a"';
const B = 'job="zk",instance="b"';
const GOOD: Readonly<Record<string, string>> = {
    [`zonekeeper_leader{${A}}`]: "1x60",
    [`zonekeeper_leader{${B}}`]: "0x60",
    [`zonekeeper_ready{${A}}`]: "1x60",
    [`zonekeeper_ready{${B}}`]: "0x60",
    [`zonekeeper_clock_departure_seconds{${A}}`]: "60x60",
    [`zonekeeper_source_healthy{${A}}`]: "1x60",
    [`zonekeeper_source_healthy{${B}}`]: "0x60",
    [`zonekeeper_last_success_timestamp_seconds{${A}}`]: "0+60x60",
    [`zonekeeper_held_removals{${A}}`]: "0x60",
    [`zonekeeper_grants{${A},state="leaving"}`]: "0x60",
    [`zonekeeper_grants{${A},state="refused"}`]: "0x60",
    [`zonekeeper_unusable_grants{${A}}`]: "0x60",
    [`zonekeeper_headroom{${A},zone="nzo1"}`]: "15x60",
    [`zonekeeper_sessions_pending{${A}}`]: "0x60",
    [`zonekeeper_write_failures_total{${A}}`]: "2x60",
    [`zonekeeper_drift_total{${A}}`]: "1x60",
    [`zonekeeper_okta_requests_total{${A},method="PUT",status="200"}`]: "0+10x60",
    [`zonekeeper_okta_requests_total{${A},method="PUT",status="401"}`]: "1x60",
    [`zonekeeper_okta_requests_total{${A},method="GET",status="429"}`]: "3x60",
    [`zonekeeper_accept_latency_seconds_bucket{${A},le="5"}`]: "0+100x60",
    [`zonekeeper_accept_latency_seconds_bucket{${A},le="10"}`]: "0+100x60",
    [`zonekeeper_accept_latency_seconds_bucket{${A},le="+Inf"}`]: "0+100x60",
};

const P = 'job="portal",instance="p"';
const GOOD_PORTAL: Readonly<Record<string, string>> = {
    [`zonekeeper_portal_info{${P},version="0.1.0"}`]: "1x60",
    [`zonekeeper_portal_agent_heartbeat_seconds{${P}}`]: "1x60",
    [`zonekeeper_portal_grants{${P},state="pending"}`]: "0x60",
    [`zonekeeper_portal_grants{${P},state="effective"}`]: "7x60",
    [`zonekeeper_portal_notices_waiting{${P}}`]: "0x60",
};

/** What goes wrong, and the only alert that it raises within the hour. */
const ROWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    ZonekeeperTwoLeaders: {
        [`zonekeeper_leader{${B}}`]: "1x60",
        [`zonekeeper_ready{${B}}`]: "1x60",
        [`zonekeeper_source_healthy{${B}}`]: "1x60",
    },
    ZonekeeperNotReady: { [`zonekeeper_ready{${A}}`]: "0x60" },
    ZonekeeperStale: { [`zonekeeper_last_success_timestamp_seconds{${A}}`]: "600x60" },
    ZonekeeperSourceUnreadable: { [`zonekeeper_source_healthy{${A}}`]: "0x60" },
    ZonekeeperRemovalsHeld: { [`zonekeeper_held_removals{${A}}`]: "7x60" },
    ZonekeeperRemovalsAboveLimit: { [`zonekeeper_events_total{${A},type="removals.above-limit"}`]: "0+1x60" },
    ZonekeeperOverstay: { [`zonekeeper_grants{${A},state="leaving"}`]: "1x60" },
    ZonekeeperWritesFail: { [`zonekeeper_write_failures_total{${A}}`]: "0+1x60" },
    ZonekeeperOktaRefuses: { [`zonekeeper_okta_requests_total{${A},method="PUT",status="401"}`]: "0+1x60" },
    ZonekeeperClockDeparts: { [`zonekeeper_clock_departure_seconds{${A}}`]: "-61x60" },
    ZonekeeperThrottled: { [`zonekeeper_okta_requests_total{${A},method="GET",status="429"}`]: "0+1x60" },
    ZonekeeperSlowAccept: { [`zonekeeper_accept_latency_seconds_bucket{${A},le="5"}`]: "0+90x60" },
    ZonekeeperZoneNearlyFull: { [`zonekeeper_headroom{${A},zone="nzo1"}`]: "14x60" },
    ZonekeeperGrantsRefused: { [`zonekeeper_grants{${A},state="refused"}`]: "2x60" },
    ZonekeeperEntriesUnusable: { [`zonekeeper_unusable_grants{${A}}`]: "1x60" },
    ZonekeeperDrift: { [`zonekeeper_drift_total{${A}}`]: "1x30 2x30" },
    ZonekeeperSessionsNotEnded: { [`zonekeeper_sessions_pending{${A}}`]: "1x60" },
    // A series without samples: the portal cannot be asked.
    ZonekeeperPortalDown: Object.fromEntries(Object.keys(GOOD_PORTAL).map((name) => [name, "_x60"])),
    ZonekeeperPortalNoAgent: { [`zonekeeper_portal_agent_heartbeat_seconds{${P}}`]: "61x60" },
    ZonekeeperPortalGrantsPending: { [`zonekeeper_portal_grants{${P},state="pending"}`]: "1x60" },
    ZonekeeperPortalMessagesWait: { [`zonekeeper_portal_notices_waiting{${P}}`]: "3x60" },
    ZonekeeperNoLeader: { [`zonekeeper_leader{${A}}`]: "0x60" },
};

/** Series of one membership, of thirty that an agent keeps beside one that stands by. */
const of = (membership: string): Readonly<Record<string, string>> => ({
    [`zonekeeper_ready{${A},membership="${membership}"}`]: "1x60",
    [`zonekeeper_ready{${B},membership="${membership}"}`]: "0x60",
    [`zonekeeper_source_healthy{${A},membership="${membership}"}`]: "1x60",
    [`zonekeeper_last_success_timestamp_seconds{${A},membership="${membership}"}`]: "0+60x60",
    [`zonekeeper_held_removals{${A},membership="${membership}"}`]: "0x60",
    [`zonekeeper_grants{${A},state="leaving",membership="${membership}"}`]: "0x60",
    [`zonekeeper_grants{${A},state="refused",membership="${membership}"}`]: "0x60",
    [`zonekeeper_unusable_grants{${A},membership="${membership}"}`]: "0x60",
    // The same zone id in several orgs.
    [`zonekeeper_headroom{${A},zone="nzo1",membership="${membership}"}`]: "15x60",
    [`zonekeeper_sessions_pending{${A},membership="${membership}"}`]: "0x60",
    [`zonekeeper_write_failures_total{${A},membership="${membership}"}`]: "2x60",
    [`zonekeeper_drift_total{${A},membership="${membership}"}`]: "1x60",
    [`zonekeeper_accept_latency_seconds_bucket{${A},le="5",membership="${membership}"}`]: "0+100x60",
    [`zonekeeper_accept_latency_seconds_bucket{${A},le="10",membership="${membership}"}`]: "0+100x60",
    [`zonekeeper_accept_latency_seconds_bucket{${A},le="+Inf",membership="${membership}"}`]: "0+100x60",
});

const THIRTY: Readonly<Record<string, string>> = Object.assign(
    { [`zonekeeper_leader{${A}}`]: "1x60", [`zonekeeper_leader{${B}}`]: "0x60" },
    ...Array.from({ length: 30 }, (_, index) => of(`m${index}`)),
);

/** What goes wrong in the membership m7 alone. */
const OF_ONE_OF_THIRTY: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.fromEntries(
    [
        "ZonekeeperNotReady",
        "ZonekeeperStale",
        "ZonekeeperSourceUnreadable",
        "ZonekeeperRemovalsHeld",
        "ZonekeeperOverstay",
        "ZonekeeperWritesFail",
        "ZonekeeperSlowAccept",
        "ZonekeeperZoneNearlyFull",
        "ZonekeeperGrantsRefused",
        "ZonekeeperEntriesUnusable",
        "ZonekeeperDrift",
        "ZonekeeperSessionsNotEnded",
    ].map((alert) => [
        alert,
        Object.fromEntries(
            Object.entries(ROWS[alert] ?? {}).map(([name, values]) => [name.replace("}", ',membership="m7"}'), values]),
        ),
    ]),
);

describe("alert rules", () => {
    it("say how bad it is, what it is, and what to do; docs/guides/operations.md has them all", () => {
        assert.ok(rules.length > 10);
        const docs = readFileSync(join(root, "docs/guides/operations.md"), "utf8");
        for (const { alert, labels, annotations } of rules) {
            assert.match(labels.severity, /^(critical|warning)$/, alert);
            const anchor = alert.toLowerCase();
            const row = `| <a id="${anchor}"></a>\`${alert}\` | ${annotations.summary} | ${annotations.runbook} |`;
            assert.ok(docs.includes(row), `docs/guides/operations.md has not the row\n${row}`);
            assert.ok(
                annotations.runbook_url.endsWith(`/docs/guides/operations.md#${anchor}`),
                annotations.runbook_url,
            );
        }
    });

    it("are each tried below", () => {
        assert.deepEqual(rules.map(({ alert }) => alert).sort(), Object.keys(ROWS).sort());
    });

    it("pass promtool check rules", function () {
        needPromtool(this);
        const { status, stderr } = spawnSync("promtool", ["check", "rules", "--lint-fatal", ...paths], {
            encoding: "utf8",
        });
        assert.deepEqual([status, stderr], [0, ""]);
    });

    it("are silent on a good day", function () {
        needPromtool(this);
        assert.equal(failuresWith({}, []), "");
    });

    for (const [alert, series] of Object.entries(ROWS)) {
        it(`raise ${alert}, and no other`, function () {
            needPromtool(this);
            assert.equal(failuresWith(series, [alert]), "");
        });
    }

    for (const [alert, series] of Object.entries(OF_ONE_OF_THIRTY)) {
        it(`raise ${alert} once where one of thirty memberships has it, with its name`, function () {
            needPromtool(this);
            assert.equal(failuresWith(series, [{ alert, membership: "m7" }], THIRTY), "");
        });
    }

    it("are silent on a good day of thirty memberships", function () {
        needPromtool(this);
        assert.equal(failuresWith({}, [], THIRTY), "");
    });

    it("raise ZonekeeperPortalNoAgent where no agent has ever reported", function () {
        needPromtool(this);
        const never = { [`zonekeeper_portal_agent_heartbeat_seconds{${P}}`]: "_x60" };
        assert.equal(failuresWith(never, ["ZonekeeperPortalNoAgent"]), "");
    });

    it("raise ZonekeeperNoLeader where no agent can be asked", function () {
        needPromtool(this);
        assert.equal(failuresWith({}, ["ZonekeeperNoLeader"], {}), "");
    });
});

function needPromtool(context: Mocha.Context): void {
    if (spawnSync("promtool", ["--version"]).status !== 0) context.skip();
}

/** What promtool says where other alerts than these fire after 59 minutes; nothing where just these do. */
function failuresWith(
    series: Readonly<Record<string, string>>,
    firing: readonly (string | Firing)[],
    good = GOOD,
): string {
    const folder = mkdtempSync(join(tmpdir(), "zonekeeper-alerts-"));
    try {
        const inputs = Object.entries({ ...good, ...GOOD_PORTAL, ...series }).map(([name, values]) => ({
            series: name,
            values,
        }));
        const names = firing.map((each) => (typeof each === "string" ? each : each.alert));
        const expected = rules.map(({ alert }) => ({ eval_time: "59m", alertname: alert, exp_alerts: [] }));
        const silent = expected.filter(({ alertname }) => !names.includes(alertname));
        writeFileSync(
            join(folder, "test.json"),
            JSON.stringify({
                rule_files: paths,
                evaluation_interval: "1m",
                tests: [
                    {
                        interval: "1m",
                        input_series: inputs,
                        alert_rule_test: silent,
                        promql_expr_test: firing.map(isFiring),
                    },
                ],
            }),
        );
        const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", "test.json"], {
            cwd: folder,
            encoding: "utf8",
        });
        return status === 0 ? "" : `${stdout}${stderr}`;
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** An alert about one membership, and about no other one. */
interface Firing {
    readonly alert: string;
    readonly membership: string;
}

function isFiring(firing: string | Firing) {
    if (typeof firing === "string") {
        const expr = `count(ALERTS{alertname="${firing}",alertstate="firing"}) > bool 0`;
        return { expr, eval_time: "59m", exp_samples: [{ labels: "{}", value: 1 }] };
    }
    const { alert, membership } = firing;
    const expr = `count by (membership) (ALERTS{alertname="${alert}",alertstate="firing"})`;
    return { expr, eval_time: "59m", exp_samples: [{ labels: `{membership="${membership}"}`, value: 1 }] };
}
