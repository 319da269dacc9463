/** Runs asynchronous work in the order of the calls, one piece at a time. A piece that fails does not stop the next. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

export function openQueue(): Queue {
    let last: Promise<unknown> = Promise.resolve();
    return (work) => {
        const result = last.then(work);
        last = result.catch(() => {});
        return result;
    };
}
