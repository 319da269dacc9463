/** How far some work gets between two turns of the event loop: a measure of stalls that no speed of a machine changes. */
export function watchTurns(progress: () => number) {
    let [turns, last, longest] = [0, progress(), 0];
    let isOver = false;
    const look = () => {
        longest = Math.max(longest, progress() - last);
        last = progress();
    };
    const turn = () => {
        if (isOver) return;
        turns += 1;
        look();
        setImmediate(turn);
    };
    setImmediate(turn);
    return {
        end() {
            isOver = true;
            look();
            return { turns, longest };
        },
    };
}

/** Counts the characters of JSON that this thread parses and writes, until it is disposed of. */
export function watchJson() {
    const { parse, stringify } = JSON;
    let characters = 0;
    JSON.parse = (text: string, ...more) => {
        characters += text.length;
        return parse(text, ...more) as unknown;
    };
    JSON.stringify = (value: unknown, ...more) => {
        const text = stringify(value, ...(more as []));
        characters += text?.length ?? 0;
        return text;
    };
    return {
        characters: () => characters,
        [Symbol.dispose]() {
            [JSON.parse, JSON.stringify] = [parse, stringify];
        },
    };
}
