/** Largest first, so that a duration is written in the largest unit that fits. */
const UNITS = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
] as const;

/**
 * A duration such as `45s`, `30m`, `4h`, `1h30m` or `2d` in milliseconds; undefined for anything else, zero included.
 *
 *   1h30m   5400000
 *   90m     5400000
 *   30m1h   none: the larger unit comes first
 *   -1h     none
 *   1.5h    none
 */
export function parseDuration(text: unknown): number | undefined {
    const [, ...parts] = (typeof text === "string" && PATTERN.exec(text)) || [];
    if (parts.every((part) => part === undefined)) return undefined;
    const ms = UNITS.reduce((sum, [, unitMs], index) => sum + Number(parts[index] ?? 0) * unitMs, 0);
    return ms > 0 ? ms : undefined;
}

const PATTERN = /^(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?$/;

/**
 * A duration as the page and messages say it to people: `4 h`, `1 h 30 min`, `2 days`. Programs and settings have `formatDuration`. What
 * is less than a second is left out.
 *
 *   42 s       42 s
 *   95 s       1 min 35 s
 *   24 h       24 h
 *   50 h       2 days 2 h
 */
export function durationText(ms: number): string {
    let rest = Math.floor(ms / 1000) * 1000;
    const words: string[] = [];
    for (const [word, unitMs] of rest < 2 * DAY_MS ? WORDS.slice(1) : WORDS) {
        const count = Math.floor(rest / unitMs);
        if (count > 0) words.push(`${count} ${word}`);
        rest -= count * unitMs;
    }
    return words.length === 0 ? "0 s" : words.join(" ");
}

const DAY_MS = 86_400_000;

/** Days only from two on: 36 hours are easier to add to a time of day than a day and 12 hours. */
const WORDS = [
    ["days", DAY_MS],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
] as const;

/** `1h30m`, as settings and the API have it; what is less than a second is left out. */
export function formatDuration(ms: number): string {
    let rest = Math.floor(ms / 1000) * 1000;
    let text = "";
    for (const [unit, unitMs] of UNITS) {
        const count = Math.floor(rest / unitMs);
        if (count > 0) text += `${count}${unit}`;
        rest -= count * unitMs;
    }
    return text === "" ? "0s" : text;
}
