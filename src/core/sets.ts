/** Whether two lists have the same members; order and repetition mean nothing. */
export function sameMembers(these: readonly string[], those: readonly string[]): boolean {
    const known = new Set(those);
    return new Set(these).size === known.size && these.every((each) => known.has(each));
}
