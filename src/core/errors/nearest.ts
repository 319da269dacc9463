/**
 * The word that somebody most likely meant: the one that the fewest changes of a
 * letter make of what was written, if these are few for its length.
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

/** Levenshtein's distance: letters put in, taken out, or changed. */
function editsBetween(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (const [i, letter] of [...a].entries()) {
        const next = [i + 1];
        for (const [j, other] of [...b].entries()) {
            const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
            next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
        }
        row = next;
    }
    return row.at(-1) ?? 0;
}
