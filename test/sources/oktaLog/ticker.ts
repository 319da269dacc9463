/** Sleep that lasts until the next tick, or no time at all after one that nobody slept through. */
export function ticker() {
    let ticks = 0;
    let awake: (() => void) | undefined;
    return {
        tick(): void {
            ticks += 1;
            awake?.();
        },
        async sleep(_ms: number, signal: AbortSignal): Promise<void> {
            signal.throwIfAborted();
            if (ticks === 0) {
                await new Promise<void>((resolve, reject) => {
                    awake = resolve;
                    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
                });
            }
            awake = undefined;
            ticks -= 1;
        },
    };
}
