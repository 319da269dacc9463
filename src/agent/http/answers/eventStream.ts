import type { Clock } from "../../../clock";

/** The subscribers of `/events`, each on a connection of its own. */
export interface EventStream {
    /** Whether the limit of subscribers is reached. */
    isFull(): boolean;
    /** Adds a subscriber. @returns a function that removes it */
    join(member: Subscriber): () => void;
    /** Sends an event to all; a subscriber with too much pending data is dropped. */
    say(event: string, data: object): void;
    /** Ends all connections. */
    close(): void;
}

export interface Subscriber {
    write(text: string): void;
    /** Bytes that were written and not received yet. */
    pendingBytes(): number;
    end(): void;
    /** Closes the connection without waiting for pending data. */
    drop(): void;
}

export interface EventStreamOptions {
    readonly maxMembers: number;
    readonly maxPendingBytes: number;
    readonly beatMs: number;
    readonly clock: Clock;
}

/** How long a browser waits before it reconnects, in milliseconds. */
const RETRY_MS = 3000;

/**
 * A heartbeat is sent every `beatMs`, so that both sides, and the proxies between
 * them, keep the connection; without subscribers there is no heartbeat.
 */
export function openEventStream({ maxMembers, maxPendingBytes, beatMs, clock }: EventStreamOptions): EventStream {
    const members = new Set<Subscriber>();
    let id = 0;
    let beating: AbortController | undefined;
    const leave = (member: Subscriber) => {
        members.delete(member);
        if (members.size > 0) return;
        beating?.abort();
        beating = undefined;
    };
    const say = (event: string, data: object) => {
        id += 1;
        const text = `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
        for (const member of [...members]) {
            if (member.pendingBytes() <= maxPendingBytes) {
                member.write(text);
                continue;
            }
            leave(member);
            member.drop();
        }
    };
    const beat = async (signal: AbortSignal) => {
        for (;;) {
            await clock.sleep(beatMs, signal);
            say("beat", { at: new Date(clock.now()).toISOString() });
        }
    };
    return {
        isFull: () => members.size >= maxMembers,
        join(member) {
            members.add(member);
            member.write(`retry: ${RETRY_MS}\n\n`);
            if (beating === undefined) {
                beating = new AbortController();
                const { signal } = beating;
                // It ends only when the last subscriber leaves.
                beat(signal).catch((error: unknown) => {
                    if (!signal.aborted) throw error;
                });
            }
            return () => leave(member);
        },
        say,
        close() {
            for (const member of [...members]) {
                leave(member);
                member.end();
            }
        },
    };
}
