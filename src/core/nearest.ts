/**
 * The name that somebody most likely meant: the one that takes the fewest
 * letters to change, put in or leave out, if that is at most two fifths of it.
 * Capitals do not count. Of several, the first.
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
    const wanted = typed.slice(0, 100).toLowerCase();
    let best: { readonly name: string; readonly steps: number } | undefined;
    for (const name of names) {
        const steps = stepsBetween(wanted, name.toLowerCase());
        if (steps <= 0.4 * Math.max(wanted.length, name.length) && steps < (best?.steps ?? Infinity)) {
            best = { name, steps };
        }
    }
    return best?.name;
}

/** Levenshtein's distance, one row at a time. */
function stepsBetween(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (const [index, letter] of [...a].entries()) {
        const next = [index + 1];
        for (let at = 1; at <= b.length; at++) {
            const changed = (row[at - 1] ?? 0) + (b[at - 1] === letter ? 0 : 1);
            next.push(Math.min(changed, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
        }
        row = next;
    }
    return row[b.length] ?? 0;
}
