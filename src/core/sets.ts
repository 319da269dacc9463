/** Whether two sets have the same members. */
export function isSameSet(these: ReadonlySet<string>, those: ReadonlySet<string>): boolean {
    if (these === those) return true;
    if (these.size !== those.size) return false;
    for (const each of these) if (!those.has(each)) return false;
    return true;
}

/** Whether two lists have the same members; order and repetition mean nothing. */
export function sameMembers(these: readonly string[], those: readonly string[]): boolean {
    const known = new Set(those);
    return new Set(these).size === known.size && these.every((each) => known.has(each));
}
