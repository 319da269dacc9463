/** What a line of progress needs of the process. */
export interface ProgressOptions {
    /** Writes to the terminal as it is. */
    readonly write: (text: string) => void;
    /** Calls every so many milliseconds until the function that it gives is called. */
    readonly every: (ms: number, call: () => void) => () => void;
}

/** A line with the elapsed time of a running command. */
export interface Progress {
    /** Begins; shows nothing in the first second. The function that it gives ends it. */
    begin(what: string): () => void;
    /** Takes the line away, so that something else can be written. It comes back with the next second. */
    clear(): void;
}

const SECOND_MS = 1_000;

/** Goes to the beginning of the line, and takes away what is there. */
const CLEAR = "\r\u001b[K";

export function openProgress({ write, every }: ProgressOptions): Progress {
    let isShown = false;
    const clear = () => {
        if (isShown) write(CLEAR);
        isShown = false;
    };
    return {
        clear,
        begin(what) {
            let seconds = 0;
            const stop = every(SECOND_MS, () => {
                seconds += 1;
                clear();
                write(`${what} … ${seconds} s`);
                isShown = true;
            });
            return () => {
                stop();
                clear();
            };
        },
    };
}
