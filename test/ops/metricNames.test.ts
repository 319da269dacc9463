import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { openMetrics } from "../../src/agent/status/metrics";
import { withFields } from "../../src/agent/status/withFields";
import { agentView } from "../support/agentView";

const root = resolve(__dirname, "../..");

/** Labels that Prometheus itself adds, or that a function of its language needs. */
const FROM_PROMETHEUS = ["job", "instance", "le"];

for (const file of ["ops/grafana/zonekeeper.json", "ops/prometheus/alerts.yaml", "docs/guides/operations.md"]) {
    describe(file, () => {
        it("names metrics that the agent has", async () => {
            const { names } = await known();
            const named = [
                ...new Set(readFileSync(join(root, file), "utf8").match(/\b(zonekeeper|process|nodejs)_[a-z_]+\b/g)),
            ];
            assert.ok(named.length >= 10, `${named}`);
            assert.deepEqual(
                named.filter((name) => !names.has(name)),
                [],
            );
        });
    });
}

describe("docs/guides/operations.md", () => {
    it("lists every metric of the agent's own, with its labels", async () => {
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
        const texts = ["ops/grafana/zonekeeper.json", "ops/prometheus/alerts.yaml"].map((file) =>
            readFileSync(join(root, file), "utf8"),
        );
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

/** What the agent shows: families, every name of a sample, and the labels of each. */
async function known() {
    const several = [
        withFields(agentView(), { name: "payroll", org: "acme" }),
        withFields(agentView(), { name: "admin", org: "lab" }),
    ];
    const metrics = openMetrics({ version: "0.1.0", view: () => agentView(), memberships: () => several });
    metrics.countRequest("GET", 200, "acme");
    metrics.tell({ type: "agent.stopped", why: "SIGTERM" });
    const { text } = await metrics.read();
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
