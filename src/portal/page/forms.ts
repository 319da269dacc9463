import { randomBytes } from "node:crypto";

import { html, type Markup, type Piece } from "../../agent/page/markup";
import { durationText } from "../../core/portal/duration";

/**
 * A form of one button, with the token that proves that this page made it. A form that changes something has a random `once` as
 * well: what is sent several times is done once. A page that is loaded again has other ones.
 */
export function form(csrf: string, action: string, content: Piece, look = ""): Markup {
    const once = action.startsWith("/do/") ? onceField() : html``;
    return html`<form method="post" action="${action}" class="${look}"><input type="hidden" name="_csrf" value="${csrf}">${once}${content}</form>`;
}

/** Browsers that restore what was in the fields of a page leave this one as the new page has it. */
function onceField(): Markup {
    const once = randomBytes(12).toString("base64url");
    return html`<input type="hidden" name="once" value="${once}" autocomplete="off">`;
}

/** The furthest ahead that a grant may start. */
const MOST_AHEAD_MS = 7 * 86_400_000;

/** A later start. Without a script the time is in UTC; the page's script takes and shows the visitor's own. */
export function startField(nowMs: number): Markup {
    const bound = (ms: number) => new Date(ms).toISOString().slice(0, 16);
    return html`<label>Start <span class="unit">(<span class="zone">UTC</span>; empty: now)</span><input type="datetime-local" name="startsAt" min="${bound(nowMs)}" max="${bound(nowMs + MOST_AHEAD_MS)}"></label>`;
}

/** `in 3 h 12 min`, which the page's script keeps up to date. */
export function untilText(ms: number, nowMs: number): Markup {
    return html`<time class="relative" datetime="${new Date(ms).toISOString()}" data-ms="${ms}">${leftText(ms - nowMs)}</time>`;
}

/**
 * What is left, as people say it; the page's script says it in the same words.
 *
 *   42 s       42 s
 *   95 s       1 min 35 s
 *   14 min     14 min
 *   134 min    2 h 14 min
 *   50 h       2 days 2 h
 */
export function leftText(ms: number): string {
    const seconds = Math.max(0, Math.ceil(ms / 1000));
    const step = seconds < 600 ? 1 : seconds < 172_800 ? 60 : 3600;
    return durationText((seconds - (seconds % step)) * 1000);
}

/** `14:03` in UTC, with the date where that is not today's. */
export function clockText(ms: number, nowMs: number): Markup {
    const [date = "", time = ""] = new Date(ms).toISOString().split("T");
    const isToday = date === new Date(nowMs).toISOString().slice(0, 10);
    return html`<time class="clock" datetime="${new Date(ms).toISOString()}">${isToday ? "" : `${date} `}${time.slice(0, 5)} UTC</time>`;
}
