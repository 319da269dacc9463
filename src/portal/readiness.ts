import { sentenceOf } from "../core/errors/codes";
import type { PortalContext } from "./context";
import type { Readiness } from "./http/probes";

/** Why the portal cannot be used, or, asked for `confirm`, cannot confirm what it grants: a sentence each. */
export function readiness({ store, reports, now, requireLedger }: PortalContext): Readiness {
    return async (what) => {
        const reasons: string[] = [];
        await store.read(AbortSignal.timeout(5_000)).catch((error) => reasons.push(sentenceOf(error)));
        await requireLedger().catch((error) => reasons.push(sentenceOf(error)));
        const latest = Math.max(0, ...reports().map(({ heartbeatAtMs }) => heartbeatAtMs));
        if (what === "confirm" && now() - latest > 60_000) {
            reasons.push("no agent has sent a heartbeat to this store for a minute: is one running?");
        }
        return reasons;
    };
}
