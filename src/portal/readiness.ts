import { sentenceOf } from "../core/errors/codes";
import { type AgentReport, isSilent } from "../core/portal/agentReport";
import type { PortalContext } from "./context";
import type { Readiness } from "./http/probes";

/** Why the portal cannot be used, or, asked for `confirm`, cannot confirm what it grants: a sentence each. */
export function readiness({ store, reports, now, requireLedger }: PortalContext): Readiness {
    return async (what) => {
        const reasons: string[] = [];
        await store.read(AbortSignal.timeout(5_000)).catch((error) => reasons.push(sentenceOf(error)));
        await requireLedger().catch((error) => reasons.push(sentenceOf(error)));
        if (what === "confirm") reasons.push(...silence(reports(), now()));
        return reasons;
    };
}

function silence(reports: readonly AgentReport[], nowMs: number): readonly string[] {
    if (reports.some((report) => !isSilent(report, nowMs))) return [];
    const aheadMs = Math.max(...reports.map(({ heartbeatAtMs }) => heartbeatAtMs - nowMs));
    return aheadMs > 0
        ? [
              `the clock of this portal's host is ${Math.round(aheadMs / 1000)} s behind that of an agent, which follows Okta's: set it right, by a time server`,
          ]
        : ["no agent has sent a heartbeat to this store for a minute: is one running, and is this host's clock right?"];
}
