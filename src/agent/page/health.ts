import type { AgentView, ClockView, RateLimitView } from "../status/view";
import { html, type Markup } from "./markup";
import { relative } from "./moments";

/** The state of the source, of Okta and of the agent itself. */
export function healthSection(view: AgentView, nowMs: number): Markup {
    const { source, okta, clock, notReady, lastSuccessAt } = view;
    const success =
        lastSuccessAt === undefined ? "no round yet" : html`last good round ${relative(lastSuccessAt, nowMs)}`;
    return html`<section class="health" aria-labelledby="health-heading" data-live="health">
<h2 id="health-heading">Health</h2>
<dl>
<dt>Source</dt><dd>${mark(source.healthy)} ${source.type}, ${source.healthy ? "readable" : "cannot be read"}
<span class="note">${source.lastReadAt === undefined ? "never read" : html`read ${relative(source.lastReadAt, nowMs)}`}</span></dd>
<dt>Okta</dt><dd>${oktaHealth(okta.rateLimit, nowMs)}</dd>
${clock && html`<dt>Clock</dt><dd>${clockHealth(clock)}</dd>`}
<dt>Agent</dt><dd>${mark(notReady.length === 0)} leads
<span class="note">${success}</span></dd>
</dl></section>`;
}

function oktaHealth(limit: RateLimitView | undefined, nowMs: number): Markup {
    if (limit === undefined) return html`has not said its rate limit`;
    const { remaining, limit: most, resetAt } = limit;
    const renewed = Date.parse(resetAt) > nowMs ? html`renewed ${relative(resetAt, nowMs)}` : "renewed since";
    return html`${mark(remaining > 0)} ${remaining.toLocaleString("en-US")} of ${most.toLocaleString("en-US")} requests left
<span class="note">${renewed}</span>`;
}

function clockHealth({ aheadSeconds, follows }: ClockView): Markup {
    if (follows === "wall") return html`${mark(true)} agrees with Okta's`;
    const by = `${Math.round(Math.abs(aheadSeconds))} s ${aheadSeconds > 0 ? "ahead" : "behind"}`;
    return html`${mark(false)} ${by}
<span class="note">grants start and end by ${follows === "okta" ? "Okta's" : "elapsed"} time</span>`;
}

function mark(isGood: boolean): Markup {
    return isGood
        ? html`<span class="mark good" aria-hidden="true">&#9679;</span><span class="unseen">fine:</span>`
        : html`<span class="mark bad" aria-hidden="true">&#9650;</span><span class="unseen">not fine:</span>`;
}
