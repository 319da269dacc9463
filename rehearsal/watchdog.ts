/** Notices that a program neither asks for anything nor waits for an answer. */
export interface Watchdog {
    /** Follows one request: while it is being answered, silence is not the program's. */
    during<T>(answer: Promise<T>): Promise<T>;
    stop(): void;
}

export function watchdog(limitMs: number, onSilence: () => void): Watchdog {
    let underWay = 0;
    let timer = setTimeout(onSilence, limitMs);
    return {
        async during(answer) {
            underWay += 1;
            clearTimeout(timer);
            try {
                return await answer;
            } finally {
                underWay -= 1;
                clearTimeout(timer);
                if (underWay === 0) timer = setTimeout(onSilence, limitMs);
            }
        },
        stop: () => clearTimeout(timer),
    };
}
