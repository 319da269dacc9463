import type { AgentReport } from "../../core/portal/agentReport";

/**
 * What agents tell the portal. It is kept apart from what the portal writes, so that neither can write what is the other's.
 */
export interface AgentReports {
    /** Puts a report in the place of the one that this agent wrote before. @throws `source-unreadable` */
    write(agent: string, report: AgentReport): Promise<void>;
    /** The latest report of each agent. @throws `source-unreadable` */
    read(signal: AbortSignal): Promise<readonly AgentReport[]>;
    /** Calls `wake` whenever there may be another one, until the signal aborts. */
    watch(wake: () => void, signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

/** Another process's text, as far as it is a report. */
export function reportIn(text: string): AgentReport | undefined {
    try {
        const { heartbeatAtMs, grants, org, sessionsEnded } = JSON.parse(text) as Partial<AgentReport>;
        const isReport = typeof heartbeatAtMs === "number" && typeof grants === "object" && grants !== null;
        if (!isReport) return undefined;
        return {
            heartbeatAtMs,
            grants,
            ...(typeof org === "string" && { org }),
            ...(typeof sessionsEnded === "object" && sessionsEnded !== null && { sessionsEnded }),
        };
    } catch {
        return undefined;
    }
}
