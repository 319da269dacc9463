import type { AgentEvent } from "../../../src/agent/events/events";
import { openSessionClearing } from "../../../src/agent/sessions/clearing";
import type { Queue } from "../../../src/agent/sessions/queue";
import type { QueueFile } from "../../../src/agent/sessions/queueFile";
import type { Sessions } from "../../../src/okta/sessions";
import { sharedClock } from "../../support/sharedClock";

/** A file in memory. */
export function memoryFile(): QueueFile & { readonly written: Queue[] } {
    const written: Queue[] = [];
    return {
        written,
        read: () => written.at(-1) ?? { inside: undefined, due: [] },
        write: async (queue) => void written.push(structuredClone(queue)),
    };
}

/**
 * A clearing that runs, over an Okta that answers what the test says.
 *
 * @param ends Whether Okta answers the first request to end sessions at all.
 */
export function openStage(
    file = memoryFile(),
    answer: (what: string) => void = () => {},
    ends: "at once" | "never" = "at once",
) {
    const clock = sharedClock();
    const asked: string[] = [];
    const events: AgentEvent[] = [];
    const sessions: Sessions = {
        async findUser(user) {
            asked.push(`${clock.now()} find ${user}`);
            answer(`find ${user}`);
            const login = user.replace(/^00u-/, "");
            return { id: `00u-${login}`, login };
        },
        async clear(userId, signal) {
            const isFirst = !asked.some((text) => text.includes(" clear "));
            asked.push(`${clock.now()} clear ${userId}`);
            answer(`clear ${userId}`);
            if (ends === "never" && isFirst) await cutOff(signal);
            return { status: 204, requestId: "r1" };
        },
    };
    const record = async (event: AgentEvent) => void events.push(event);
    const clearing = openSessionClearing({ sessions, file, clock: { ...clock, random: () => 0 }, record });
    const stop = new AbortController();
    const ran = clearing.run(stop.signal);
    return {
        clearing,
        asked,
        events,
        file,
        pass: (ms: number) => clock.until(clock.sleep(ms, new AbortController().signal)),
        settle: (...users: string[]) => clearing.settle(new Set(users), clock.now()),
        async end() {
            stop.abort();
            await ran;
            await clearing.close();
        },
    };
}

/** Never answers, and rejects as the client of Okta does where the signal aborts: with its reason. */
function cutOff(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
}
