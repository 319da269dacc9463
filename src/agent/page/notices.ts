import type { AgentView } from "../watching/view";
import { html, type Markup } from "./markup";
import { moment } from "./moments";
import { clipped, counted } from "./who";

const MOST_NAMED = 8;

/** What somebody has to look at; nothing on a good day. */
export function noticesSection(view: AgentView, nowMs: number): Markup {
    const notices = [...held(view), ...notReady(view), ...refused(view), ...unusable(view), ...lastError(view, nowMs)];
    return html`<section class="notices" aria-labelledby="notices-heading" data-live="notices">
<h2 id="notices-heading" class="unseen">${notices.length === 0 ? "Nothing needs attention" : "Needs attention"}</h2>
${notices}</section>`;
}

function held({ held }: AgentView): readonly Markup[] {
    if (held.length === 0) return [];
    return [
        html`<div class="notice bad"><h3>The limit of removals holds ${counted(held.length, "address", "addresses")}</h3>
<p>They stay until somebody confirms it, or their grants come back. Grants still end on time.</p>
<p class="list">${named(held)}</p>
${held.length > MOST_NAMED ? html`<p>All of them: held in <a href="api/status?grants=none">api/status</a>.</p>` : undefined}
<p><a href="#confirm">Confirm the removal</a></p></div>`,
    ];
}

function notReady({ notReady, held }: AgentView): readonly Markup[] {
    if (notReady.length === 0 || (notReady.length === 1 && held.length > 0)) return [];
    return [
        html`<div class="notice bad"><h3>The zones may not be what the grants say</h3>
<ul>${notReady.map((reason) => html`<li><bdi>${reason}</bdi></li>`)}</ul></div>`,
    ];
}

function refused({ refused }: AgentView): readonly Markup[] {
    if (refused.length === 0) return [];
    const list = refused
        .slice(0, MOST_NAMED)
        .map(({ id, reason }) => html`<li><bdi>${clipped(id)}</bdi>: <bdi>${clipped(reason)}</bdi></li>`);
    return [
        html`<div class="notice soon"><h3>${counted(refused.length, "grant has", "grants have")} no room or may not be in</h3>
<ul>${list}</ul>${more(refused.length)}</div>`,
    ];
}

function unusable({ unusable }: AgentView): readonly Markup[] {
    if (unusable.length === 0) return [];
    const list = unusable
        .slice(0, MOST_NAMED)
        .map(
            ({ id, field, reason }) =>
                html`<li><bdi>${clipped(id)}</bdi>, ${field}: <bdi>${clipped(reason)}</bdi></li>`,
        );
    return [
        html`<div class="notice soon"><h3>${counted(unusable.length, "entry", "entries")} of the source cannot be used</h3>
<ul>${list}</ul>${more(unusable.length)}</div>`,
    ];
}

function lastError({ lastError, notReady }: AgentView, nowMs: number): readonly Markup[] {
    if (lastError === undefined || notReady.includes(lastError.message)) return [];
    const { at, code, message } = lastError;
    return [
        html`<div class="notice soon"><h3>Last failure, ${moment(at, nowMs)}</h3><p><bdi>${message}</bdi> <span class="id">${code}</span></p></div>`,
    ];
}

function named(addresses: readonly string[]): Markup {
    return html`${addresses.slice(0, MOST_NAMED).join(", ")}${addresses.length > MOST_NAMED ? `, and ${addresses.length - MOST_NAMED} more` : ""}`;
}

function more(length: number): Markup | undefined {
    return length > MOST_NAMED ? html`<p>And ${length - MOST_NAMED} more: see /api/status.</p>` : undefined;
}
