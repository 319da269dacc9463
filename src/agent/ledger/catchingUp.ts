import type { AgentEvent, RecordEvent } from "../events/events";

/** More is not remembered: with a disk that stays full for hours, what is first tells why, and the rest repeats it. */
const MOST = 1000;

/** So many are written with one sync. */
const AT_ONCE = 100;

/** What is written down before it is done: where it cannot be, it is not done, and there is nothing to tell later. */
const ANNOUNCEMENTS: readonly AgentEvent["type"][] = [
    "agent.started",
    "leader.gained",
    "write.intended",
    "removals.confirmed",
];

/**
 * Writes down with the next event, before it, what has happened and could not be written down then: a write that Okta
 * took just when the disk became full, say. Until that succeeds, whoever records is told that it does not.
 */
export function catchingUp(record: RecordEvent): RecordEvent {
    let late: readonly AgentEvent[] = [];
    let catching: Promise<void> | undefined;

    /** The first one alone: while that fails, the others need not be tried. */
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
