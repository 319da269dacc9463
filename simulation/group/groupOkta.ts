import { coded } from "../../src/core/errors/errors";
import type { OktaUser } from "../../src/core/group/users";
import type { GroupStore } from "../../src/okta/groups";
import type { Random } from "../random";
import type { WorldTime } from "../time";

/** The members of one group as Okta has them, and a way to them on which requests are lost, late and half done. */
export interface GroupOkta {
    readonly members: Set<string>;
    readonly store: Pick<GroupStore, "members" | "add" | "remove">;
    /** Until this moment requests meet a fate. */
    troubleUntil(ms: number): void;
    /** The latest moment at which a request was not simply carried out and answered. */
    lastTroubleMs(): number;
}

/** How long Okta may take for what is late: longer than the time limit of a request. */
const LATE_MS = 15_000;
const TIMEOUT_MS = 10_000;

/**
 *   fate        the request            the answer
 *   plain       is carried out         comes after 50 to 300 ms
 *   lost        never arrives          none: the time limit ends
 *   half done   is carried out         none
 *   late        is carried out later   none: the time limit has ended by then
 *   throttled   is refused             429
 *
 * @param onRemove Hears of each removal that is asked for.
 */
export function groupOkta(
    time: WorldTime,
    random: Random,
    initial: readonly string[],
    onRemove: (id: string) => void,
): GroupOkta {
    const members = new Set(initial);
    let [troubledUntilMs, lastTroubleMs] = [0, 0];

    async function request<T>(carryOut: () => T, signal: AbortSignal): Promise<T> {
        signal.throwIfAborted();
        const isTroubled = time.now() < troubledUntilMs;
        const fate = isTroubled ? random.pick(["plain", "lost", "half done", "late", "throttled"] as const) : "plain";
        const latencyMs = random.between(50, 300);
        if (fate !== "plain") lastTroubleMs = Math.max(lastTroubleMs, time.now() + LATE_MS);
        // What is on its way to Okta arrives, whatever becomes of the one who has sent it.
        const arrival = new Promise<T>((resolve) => {
            if (fate === "lost" || fate === "throttled") return;
            time.at(time.now() + (fate === "late" ? LATE_MS : latencyMs / 2), () => resolve(carryOut()));
        });
        if (fate === "plain") {
            await time.sleep(latencyMs, signal);
            return arrival;
        }
        await time.sleep(fate === "throttled" ? latencyMs : TIMEOUT_MS, signal);
        throw fate === "throttled" ? coded("okta-throttled", "429") : coded("okta-unreachable", "no answer");
    }

    const changed = async (carryOut: () => unknown, signal: AbortSignal) => {
        await request(carryOut, signal);
        return { status: 204 };
    };
    return {
        members,
        store: {
            members: (_group, signal) => request(() => [...members].map(userOf), signal),
            add: (_group, id, signal) => changed(() => members.add(id), signal),
            remove(_group, id, signal) {
                onRemove(id);
                return changed(() => members.delete(id), signal);
            },
        },
        troubleUntil(ms) {
            troubledUntilMs = Math.max(troubledUntilMs, ms);
        },
        lastTroubleMs: () => lastTroubleMs,
    };
}

export function userOf(id: string): OktaUser {
    return { id, login: `${id}@example.com`, status: "ACTIVE" };
}
