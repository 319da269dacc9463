/** Follows what a program asks, and notices when it neither asks for anything nor waits for an answer. */
export interface Watchdog {
    /** Follows one request: while it is being answered, silence is not the program's. */
    during<T>(answer: Promise<T>): Promise<T>;
    /** Resolves when no request is being answered, at once if none is. A program may be gone before that. */
    idle(): Promise<void>;
    stop(): void;
}

export function watchdog(limitMs: number, onSilence: () => void): Watchdog {
    const underWay = new Set<Promise<unknown>>();
    let isOn = true;
    let timer = setTimeout(onSilence, limitMs);
    return {
        async during(answer) {
            underWay.add(answer);
            clearTimeout(timer);
            try {
                return await answer;
            } finally {
                underWay.delete(answer);
                clearTimeout(timer);
                if (underWay.size === 0 && isOn) timer = setTimeout(onSilence, limitMs);
            }
        },
        async idle() {
            while (underWay.size > 0) await Promise.allSettled(underWay);
        },
        stop() {
            isOn = false;
            clearTimeout(timer);
        },
    };
}
