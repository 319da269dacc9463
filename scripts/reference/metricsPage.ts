import { openMetrics } from "../../src/agent/status/metrics";

/** Every metric of the agent but Node's own: `docs/reference/metrics.md`. */
export async function metricsPage(): Promise<string> {
    const { read } = openMetrics({ version: "", view: refuse, memberships: () => [], withProcess: false });
    const { text } = await read();
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    const rows = [...text.matchAll(/^# HELP (\S+) (.+)$/gm)].map(
        ([, name, help = ""]) => `| \`${name}\` | ${types.get(name)} | ${help} |`,
    );
    return `# Metrics\n\n${NOTE}\n\n| name | type | meaning |\n|---|---|---|\n${rows.sort().join("\n")}\n`;
}

const NOTE =
    "The metrics at `/metrics` of an agent, in the format of Prometheus, in addition to the metrics of Node itself.\n" +
    "[Operations](../guides/operations.md#metrics) explains how to use them. `npm run reference` writes this page.";

/** There is no agent of which to tell. */
function refuse(): never {
    throw new Error("a metric asked for the state of an agent");
}
