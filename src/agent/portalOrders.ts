import type { EndedSessions } from "../core/portal/agentReport";
import type { Sessions } from "../okta/sessions";
import { isPortalSource } from "../sources/portal/portalSource";
import type { AgentReports } from "../sources/portal/reports";
import type { GrantSource } from "../sources/source";
import { openRevocations, type Revocations, type RevocationsOptions } from "./portalRevocations";

interface Following {
    readonly key: string;
    readonly org: string;
    readonly source: GrantSource;
    readonly sessions: Sessions;
    readonly reports: AgentReports;
}

export interface OrdersOptions extends RevocationsOptions {
    /** Hears that there may be new orders. */
    readonly onNews: () => void;
}

/** The orders of each portal and org. */
export function openOrders({ onNews, ...options }: OrdersOptions) {
    const all = new Map<string, Revocations>();
    const heard = new WeakSet<GrantSource>();
    return {
        /** Takes in what admins ordered. @returns what became of it; undefined where the source has no orders */
        async follow({ key, org, source, sessions, reports }: Following): Promise<EndedSessions | undefined> {
            if (!isPortalSource(source)) return undefined;
            if (!heard.has(source)) source.onRevocations(onNews);
            heard.add(source);
            const signal = AbortSignal.timeout(10_000);
            const orders = await source.sessionRevocations(signal);
            const revocations = all.get(key) ?? openRevocations(options);
            all.set(key, revocations);
            // Another agent, or an earlier run of this one, may have carried out some of them.
            const before = revocations.isNews(orders) ? await reports.read(signal) : [];
            const done = before.filter((report) => report.org === org).map(({ sessionsEnded = {} }) => sessionsEnded);
            revocations.take(orders, Object.assign({}, ...done), sessions);
            return revocations.ended();
        },
        async close() {
            for (const revocations of all.values()) await revocations.close();
        },
    };
}
