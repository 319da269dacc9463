import { openMetrics } from "../../src/agent/status/metrics";
import { type PortalState, TABLES } from "../../src/core/portal/state";
import { portalMetrics } from "../../src/portal/http/metrics";

/** Every metric of the agent but Node's own: `docs/reference/metrics.md`. */
export async function metricsPage(): Promise<string> {
    const { read } = openMetrics({ version: "", view: refuse, memberships: () => [], withProcess: false });
    const { text } = await read();
    const ofPortal = portalMetrics({ state: NOTHING, reports: [], nowMs: 0, version: "" });
    return `# Metrics\n\n${NOTE}\n\n${table(text)}\n## The portal\n\n${PORTAL_NOTE}\n\n${table(ofPortal)}`;
}

function table(text: string): string {
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    const rows = [...text.matchAll(/^# HELP (\S+) (.+)$/gm)].map(
        ([, name, help = ""]) => `| \`${name}\` | ${types.get(name)} | ${help} |`,
    );
    return `| name | type | meaning |\n|---|---|---|\n${rows.sort().join("\n")}\n`;
}

const NOTHING = Object.fromEntries(TABLES.map((name) => [name, new Map()])) as unknown as PortalState;

const PORTAL_NOTE = "What `/metrics` of a portal says. It names nobody.";

const NOTE =
    "The metrics at `/metrics` of an agent, in the format of Prometheus, in addition to the metrics of Node itself.\n" +
    "[Operations](../guides/operations.md#metrics) explains how to use them. `npm run reference` writes this page.";

/** There is no agent of which to tell. */
function refuse(): never {
    throw new Error("a metric asked for the state of an agent");
}
