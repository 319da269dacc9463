import type { Clock } from "../../clock";

/** Those who listen to what happens, each on a connection of its own. */
export interface EventStream {
    /** Whether there is room for no more. */
    isFull(): boolean;
    /** Lets one in, until it leaves. */
    join(member: Subscriber): () => void;
    /** Says something to all; whoever has not taken what was said before is dropped. */
    say(event: string, data: object): void;
    /** Says goodbye to all. */
    close(): void;
}

export interface Subscriber {
    write(text: string): void;
    /** Bytes that were written, and that the other side has not taken. */
    pendingBytes(): number;
    end(): void;
    /** At once, without waiting for what is pending. */
    drop(): void;
}

export interface EventStreamOptions {
    readonly maxMembers: number;
    readonly maxPendingBytes: number;
    readonly beatMs: number;
    readonly clock: Clock;
}

/** How long a browser waits before it comes back, in ms. */
const RETRY_MS = 3000;

/**
 * Opens an audience. A beat goes out every `beatMs`, so that both sides, and the
 * proxies between them, know that the other is there; without members there is
 * no beat.
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
                // It ends when the last member leaves, and in no other way.
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
