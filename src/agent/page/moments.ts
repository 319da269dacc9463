import { html, type Markup } from "./markup";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A relative time; the page's script formats it in the
 * same words (live.js, and a test compares them).
 *
 *   seconds   text
 *   0.2       in 1 s
 *   42        in 42 s
 *   95        in 1 min 35 s
 *   840       in 14 min
 *   8040      in 2 h 14 min
 *   259200    in 3 days
 *   0         now
 *   -30       30 s ago
 */
export function relativeText(seconds: number): string {
    const whole = Math.ceil(seconds);
    if (whole === 0) return "now";
    return whole > 0 ? `in ${durationText(whole)}` : `${durationText(-whole)} ago`;
}

function durationText(seconds: number): string {
    if (seconds < MINUTE) return `${seconds} s`;
    if (seconds < 10 * MINUTE) return twoUnits(seconds, MINUTE, "min", 1, "s");
    if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
    if (seconds < 2 * DAY) return twoUnits(seconds, HOUR, "h", MINUTE, "min");
    return `${Math.floor(seconds / DAY)} days`;
}

function twoUnits(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
    const rest = Math.floor((seconds % large) / small);
    return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
}

/** `in 14 min`, which the page's script keeps up to date. */
export function relative(moment: string, nowMs: number): Markup {
    const ms = Date.parse(moment);
    return html`<time class="relative" datetime="${moment}" data-ms="${ms}">${relativeText((ms - nowMs) / 1000)}</time>`;
}

/**
 * `14:03:10`, with the date where that is not today's; in UTC, as the agent's log and ledger say it. The page's script shows
 * it in the reader's time zone instead, see PageQuery.
 */
export function moment(at: string, nowMs: number): Markup {
    const ms = Date.parse(at);
    const [date, time] = new Date(ms).toISOString().split("T") as [string, string];
    const isToday = date === new Date(nowMs).toISOString().slice(0, 10);
    return html`<time class="moment" datetime="${at}" data-ms="${ms}">${isToday ? "" : `${date} `}${time.slice(0, 8)}</time>`;
}
