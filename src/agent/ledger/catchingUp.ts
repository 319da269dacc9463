import type { AgentEvent, RecordEvent } from "../events/events";

/**
 * The most events that are remembered: if a disk stays full for hours, the first ones say why, and the rest repeats it.
 */
const MOST = 1000;

/** The most events of one sync. */
const AT_ONCE = 100;

/** Events that are recorded before the action: if they cannot be recorded, the action does not happen. */
const ANNOUNCEMENTS: readonly AgentEvent["type"][] = [
    "agent.started",
    "leader.gained",
    "write.intended",
    "removals.confirmed",
];

/**
 * Remembers events that could not be recorded, such as a write that Okta accepted just as the disk became full, and records
 * them before the next event. Until that succeeds, each call fails.
 */
export function catchingUp(record: RecordEvent): RecordEvent {
    let late: readonly AgentEvent[] = [];
    let catching: Promise<void> | undefined;

    /** Tries the first event alone: while it fails, the others need not be tried. */
    async function catchUp(): Promise<void> {
        for (let size = 1; late.length > 0; size = AT_ONCE) {
            const batch = late.slice(0, size);
            const results = await Promise.allSettled(batch.map(record));
            const left = batch.filter((_, index) => results[index]?.status === "rejected");
            late = [...left, ...late.slice(batch.length)];
            for (const result of results) if (result.status === "rejected") throw result.reason;
        }
    }

    return async (event) => {
        try {
            if (late.length > 0) {
                catching ??= catchUp().finally(() => {
                    catching = undefined;
                });
                await catching;
            }
            await record(event);
        } catch (error) {
            if (!ANNOUNCEMENTS.includes(event.type) && late.length < MOST) late = [...late, event];
            throw error;
        }
    };
}
