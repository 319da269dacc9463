import type { Clock } from "../clock";
import type { AgentReport } from "../core/portal/agentReport";
import { limitedSignal } from "../limitedSignal";
import type { AgentReports } from "../sources/portal/reports";

/** The latest reports, in memory: every page shows them. */
export interface ReportCache {
    latest(): readonly AgentReport[];
    subscribe(listener: () => void): void;
    close(): Promise<void>;
}

/** Hints may get lost, so that the reports are read as often all the same. */
const EVERY_MS = 5_000;
const READ_MS = 10_000;

export function openReportCache(reports: AgentReports, clock: Clock, onTrouble: (error: unknown) => void): ReportCache {
    const over = new AbortController();
    const listeners = new Set<() => void>();
    let latest: readonly AgentReport[] = [];
    let reading: Promise<void> | undefined;
    const read = () => {
        if (reading !== undefined) return;
        const limit = limitedSignal(over.signal, READ_MS);
        reading = reports
            .read(limit.signal)
            .then((found) => {
                const isNew = JSON.stringify(found) !== JSON.stringify(latest);
                latest = found;
                if (isNew) for (const listener of listeners) listener();
            })
            .catch((error) => {
                if (!over.signal.aborted) onTrouble(error);
            })
            .finally(() => {
                limit.release();
                reading = undefined;
            });
    };
    const watching = reports.watch(read, over.signal).catch(onTrouble);
    const again = (async () => {
        while (!over.signal.aborted) {
            read();
            await clock.sleep(EVERY_MS, over.signal).catch(() => {});
        }
    })();
    return {
        latest: () => latest,
        subscribe: (listener) => void listeners.add(listener),
        async close() {
            over.abort();
            await Promise.all([watching, again, reading]);
            await reports.close();
        },
    };
}
