import type { Clock } from "../../clock";
import type { GrantCache } from "./grantCache";

export interface SourcePollerOptions {
    readonly grants: Pick<GrantCache, "refresh" | "dueMs">;
    readonly clock: Pick<Clock, "now">;
    /** Hears that a read has ended, however. */
    readonly onEnd: () => void;
}

/** Reads the source in the background: one that takes its time must not hold up those whose time is over. */
export interface SourcePoller {
    /** A time of leading begins: its first read is waited for. */
    begin(): void;
    /** Begins to read if that is due, and no read is under way. */
    start(over: AbortSignal): void;
    /** When the next read is due, in milliseconds; Infinity while one is under way. */
    dueMs(): number;
    /** Until when nothing is to be written, as the first read may tell; -Infinity once it has ended. */
    waitsUntilMs(): number;
    /** Waits no longer for the first read: the clock was set back. */
    waitNoLonger(): void;
    /** @throws what the last read threw, once */
    check(): void;
    /** Resolves when no read is under way. */
    ended(): Promise<void>;
}

/** How long the first round waits for the source, so that nobody is let back in by what an earlier process read. */
const FIRST_READ_MS = 5000;

export function openSourcePoller({ grants, clock, onEnd }: SourcePollerOptions): SourcePoller {
    let underWay: Promise<void> | undefined;
    let failure: unknown;
    let waitsUntilMs = -Infinity;
    return {
        begin() {
            waitsUntilMs = clock.now() + FIRST_READ_MS;
        },
        start(over) {
            if (underWay !== undefined || clock.now() < grants.dueMs()) return;
            underWay = grants
                .refresh(over)
                .catch((error: unknown) => {
                    if (!over.aborted) failure = error;
                })
                .finally(() => {
                    [underWay, waitsUntilMs] = [undefined, -Infinity];
                    onEnd();
                });
        },
        dueMs: () => (underWay === undefined ? grants.dueMs() : Infinity),
        waitsUntilMs: () => waitsUntilMs,
        waitNoLonger() {
            waitsUntilMs = -Infinity;
        },
        check() {
            const thrown = failure;
            failure = undefined;
            if (thrown !== undefined) throw thrown;
        },
        async ended() {
            await underWay;
        },
    };
}
