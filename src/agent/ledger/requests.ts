import type { TaggedEvent } from "../events/events";

/** Remembers the portal requests that caused each write, until its result is known. */
export interface WriteRequests {
    /** The event; with `requests` if it is about the result of such a write. */
    tagged(event: TaggedEvent): TaggedEvent;
}

/** The most writes that are remembered. More are never open at once; verifications follow within a few rounds. */
const MOST = 1_000;

export function openWriteRequests(): WriteRequests {
    const byWrite = new Map<string, readonly string[]>();
    return {
        tagged(event) {
            if (event.type === "write.intended" || event.type === "member.intended") {
                const grants = event.type === "member.intended" ? event.grants : grantsOf(event);
                const requests = [...new Set(grants.flatMap(({ request }) => request ?? []))];
                if (requests.length > 0) byWrite.set(event.write, requests);
                const [oldest] = byWrite.keys();
                if (byWrite.size > MOST && oldest !== undefined) byWrite.delete(oldest);
                return event;
            }
            const requests = "write" in event ? byWrite.get(event.write) : undefined;
            return requests === undefined ? event : { ...event, requests };
        },
    };
}

function grantsOf({ changes }: Extract<TaggedEvent, { readonly type: "write.intended" }>) {
    return changes.flatMap(({ grants }) => grants);
}
