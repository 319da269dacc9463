import type { AgentReport } from "../../core/portal/agentReport";
import { connect } from "../postgres/connect";
import { keptConnection } from "../postgres/keptConnection";
import { listen } from "../postgres/listen";
import { quoteText } from "../postgres/table";
import { PORTAL_CHANNEL, REPORTS } from "./portalSchema";
import { type AgentReports, reportIn } from "./reports";
import { namedBy, type TableOptions } from "./tableLog";

const ALL_MS = 10_000;

/** Reports in a table of PostgreSQL, which the agent's role may write and the portal's role may read. */
export function tableReports(options: TableOptions): AgentReports {
    const { url, setting } = options;
    const kept = keptConnection(url);
    return {
        write: (agent, report) =>
            namedBy(setting, () =>
                kept.use(
                    async (connection) => {
                        await connection.query(`INSERT INTO ${REPORTS} (agent, report)
                            VALUES (${quoteText(agent)}, ${quoteText(JSON.stringify(report))})
                            ON CONFLICT (agent) DO UPDATE SET report = excluded.report;
                            SELECT pg_notify('${PORTAL_CHANNEL}', 'report')`);
                    },
                    ALL_MS,
                    AbortSignal.timeout(ALL_MS),
                ),
            ),
        read: (signal) =>
            namedBy(setting, () =>
                kept.use(
                    async (connection) => {
                        const answer = (await connection.query(`SELECT report FROM ${REPORTS} LIMIT 1000`)) as {
                            readonly rows: readonly { readonly report: string }[];
                        };
                        const reports = answer.rows.map(({ report }) => reportIn(report));
                        return reports.filter((report): report is AgentReport => report !== undefined);
                    },
                    ALL_MS,
                    signal,
                ),
            ),
        watch: (wake, signal) =>
            listen({ ...options, channel: PORTAL_CHANNEL, connect: (until) => connect(url(), until) }, wake, signal),
        close: () => kept.close(),
    };
}
