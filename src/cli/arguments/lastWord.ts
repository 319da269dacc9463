/** Options of a command that take several words, by their key. */
export type Words = Readonly<Record<string, readonly string[] | undefined>>;

/** What is found, and the options without it. */
export interface Found<Flags> {
    readonly word: string;
    readonly flags: Flags;
}

/**
 * The argument of a command that an option with several words has swallowed: the last word of one that has more than one.
 *
 *   call                                          the argument    is not
 *   why --zone nzo1 ana@example.com               ana@…           a second zone
 *   why --zone nzo1 ana@example.com --json        ana@…           a second zone
 *   why --zone nzo1 --deny 10.0.0.0/8 203.0.113.7 203.0.113.7     a second range
 *   why --zone nzo1                               none
 *   why --zone nzo1 nzo2                          none: both are zones
 *
 * @param keys Of such options, the likeliest first.
 * @param isOwn Whether a word can only be one of that option's own.
 */
export function lastWord<Flags extends object>(
    flags: Flags,
    keys: readonly string[],
    isOwn: (key: string, word: string) => boolean,
): Found<Flags> | undefined {
    const words = flags as Words;
    for (const key of keys) {
        const list = words[key] ?? [];
        const word = list.at(-1);
        if (list.length < 2 || word === undefined || isOwn(key, word)) continue;
        return { word, flags: { ...flags, [key]: list.slice(0, -1) } };
    }
    return undefined;
}
