/**
 * The word that was most likely meant: the one with the smallest edit distance, if
 * that is small for its length.
 *
 *   written      words                 nearest
 *   maxRemoval   maxRemovals, deny     maxRemovals
 *   Listen       listen, limits        listen
 *   banana       listen, limits        none
 */
export function nearest(written: string, words: readonly string[]): string | undefined {
    const most = Math.max(1, Math.floor(written.length / 3));
    const ranked = words
        .map((word) => ({ word, edits: editsBetween(written.toLowerCase(), word.toLowerCase()) }))
        .filter(({ edits }) => edits <= most)
        .sort((a, b) => a.edits - b.edits);
    return ranked[0]?.word;
}

/**
 * Damerau's distance in its restricted form (optimal string alignment): letters put in, taken out, changed, or two
 * neighbours exchanged. Takes time in proportion to the product of the lengths.
 */
export function editsBetween(a: string, b: string): number {
    let before: number[] = [];
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 0; i < a.length; i++) {
        const next = [i + 1];
        for (let j = 0; j < b.length; j++) {
            const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
            const isExchanged = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
            const exchange = isExchanged ? (before[j - 1] ?? 0) + 1 : Infinity;
            next.push(Math.min(change, exchange, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
        }
        [before, row] = [row, next];
    }
    return row.at(-1) ?? 0;
}
