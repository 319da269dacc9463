import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { openMetrics } from "../../src/agent/status/metrics";
import { withFields } from "../../src/agent/status/withFields";
import { type PortalState, TABLES } from "../../src/core/portal/state";
import type { PortalGrant } from "../../src/core/portal/types";
import { portalMetrics } from "../../src/portal/http/metrics";
import { agentView } from "../support/agentView";

const root = resolve(__dirname, "../..");

/** Labels that Prometheus itself adds, or that a function of its language needs. */
const FROM_PROMETHEUS = ["job", "instance", "le"];

const QUERIES = [
    "ops/grafana/zonekeeper.json",
    "ops/grafana/zonekeeper-portal.json",
    "ops/prometheus/alerts.yaml",
    "ops/prometheus/portal-alerts.yaml",
];

for (const file of [...QUERIES, "docs/guides/operations.md"]) {
    describe(file, () => {
        it("names metrics that the agent or the portal has", async () => {
            const { names } = await known();
            const named = [
                ...new Set(readFileSync(join(root, file), "utf8").match(/\b(zonekeeper|process|nodejs)_[a-z_]+\b/g)),
            ];
            assert.ok(named.length >= 4, `${named}`);
            assert.deepEqual(
                named.filter((name) => !names.has(name)),
                [],
            );
        });
    });
}

describe("docs/guides/operations.md", () => {
    it("lists every metric of agent and portal, with its labels", async () => {
        const docs = readFileSync(join(root, "docs/guides/operations.md"), "utf8");
        const { families } = await known();
        const own = families.filter((name) => name.startsWith("zonekeeper_"));
        assert.ok(own.length > 15);
        assert.deepEqual(
            own.filter((name) => !new RegExp(`^\\| \`${name}(\\{[\\w,]+\\})?\` \\|`, "m").test(docs)),
            [],
        );
    });
});

describe("the queries of ops", () => {
    it("use labels that their metrics have", async () => {
        const { labels } = await known();
        const texts = QUERIES.map((file) => readFileSync(join(root, file), "utf8"));
        const used = texts.flatMap((text) => [
            ...text.replaceAll('\\"', '"').matchAll(/(zonekeeper_[a-z_]+)\{([^}]*)\}/g),
        ]);
        assert.ok(used.length > 20);
        for (const [, name = "", matchers = ""] of used) {
            for (const [, label = ""] of matchers.matchAll(/(\w+)\s*=/g)) {
                assert.ok([...FROM_PROMETHEUS, ...(labels.get(name) ?? [])].includes(label), `${name}{${label}}`);
            }
        }
    });
});

/** A portal with a grant in force, that an agent confirms. */
function portalText(): string {
    const grant: PortalGrant = {
        id: "g-1",
        access: "payroll",
        holder: { iss: "i", sub: "s", name: "Ana" },
        addresses: ["203.0.113.7"],
        createdAtMs: 0,
        startsAtMs: 0,
        expiresAtMs: 10,
        labels: {},
        requestId: "r-1",
    };
    const tables = Object.fromEntries(TABLES.map((name) => [name, new Map()])) as unknown as PortalState;
    const state = { ...tables, grants: new Map([["g-1", grant]]) };
    return portalMetrics({ state, reports: [{ heartbeatAtMs: 0, grants: {} }], nowMs: 1, version: "0.1.0" });
}

/** What agent and portal show: families, every name of a sample, and the labels of each. */
async function known() {
    const several = [
        withFields(agentView(), { name: "payroll", org: "acme" }),
        withFields(agentView(), { name: "admin", org: "lab" }),
    ];
    const metrics = openMetrics({ version: "0.1.0", view: () => agentView(), memberships: () => several });
    metrics.countRequest("GET", 200, "acme");
    metrics.tell({ type: "agent.stopped", why: "SIGTERM" });
    const text = `${(await metrics.read()).text}\n${portalText()}`;
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name);
    const labels = new Map<string, string[]>();
    for (const [, name = "", pairs = ""] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
        labels.set(
            name,
            [...pairs.matchAll(/(\w+)="/g)].map(([, label = ""]) => label),
        );
    }
    return { families, names: new Set([...families, ...labels.keys()]), labels };
}
