import type { AgentView } from "../status/view";
import { html, type Markup } from "./markup";
import { moment } from "./moments";
import { clipped, counted, countHeld } from "./who";
import { linkOfName, withCodes, withZoneNames } from "./words";

const MOST_NAMED = 8;

/** The notices about what needs attention; empty if nothing does. */
export function noticesSection(view: AgentView, nowMs: number): Markup {
    const notices = [...held(view), ...notReady(view), ...refused(view), ...unusable(view), ...lastError(view, nowMs)];
    return html`<section class="notices" aria-labelledby="notices-heading" data-live="notices">
<h2 id="notices-heading" class="unseen">${notices.length === 0 ? "Nothing needs attention" : "Needs attention"}</h2>
${notices}</section>`;
}

function held(view: AgentView): readonly Markup[] {
    const { held, holds, heldBecause } = view;
    if (held.length === 0) return [];
    const count = (why: string) => holds.filter((hold) => hold.why === why).length;
    const [unknown, statics] = [count("unknown"), count("static")];
    const others = held.length - unknown - statics;
    return [
        html`<div class="notice bad"><h3>${countHeld(held.length, view)} ${held.length === 1 ? "stays" : "stay"} until the removal is confirmed ${linkOfName("removals-held")}</h3>
<ul>${others === 0 ? undefined : html`<li>${countHeld(others, view)}: the last reading is ${heldBecause ?? "held"}. New grants of it wait. Known ends, removals by name and denials go on.</li>`}
${unknown === 0 ? undefined : html`<li>${countHeld(unknown, view)}: found at first contact, and no grant admits them.</li>`}
${statics === 0 ? undefined : html`<li>${counted(statics, "address", "addresses")}: static gateways that left the settings.</li>`}</ul>
<p class="list">${named(held)}</p>
${held.length > MOST_NAMED ? html`<p>All of them: held in <a href="api/status?grants=none">api/status</a>.</p>` : undefined}
<p><a href="#confirm">Confirm the removal</a></p></div>`,
    ];
}

function notReady({ notReady, held, zones }: AgentView): readonly Markup[] {
    if (notReady.length === 0 || (notReady.length === 1 && held.length > 0)) return [];
    return [
        html`<div class="notice bad"><h3>The zones may not be what the grants say</h3>
<ul>${notReady.map((reason) => html`<li>${withCodes(withZoneNames(reason, zones))}</li>`)}</ul></div>`,
    ];
}

function refused({ refused: all }: AgentView): readonly Markup[] {
    // What is held has a notice of its own.
    const refused = all.filter(({ isHeldRange = false }) => !isHeldRange);
    if (refused.length === 0) return [];
    const list = refused
        .slice(0, MOST_NAMED)
        .map(({ id, reason }) => html`<li><bdi>${clipped(id)}</bdi>: ${withCodes(reason)}</li>`);
    return [
        html`<div class="notice soon"><h3>${counted(refused.length, "grant is", "grants are")} not as granted ${linkOfName("grants-refused")}</h3>
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
        html`<div class="notice soon"><h3>${counted(unusable.length, "entry", "entries")} of the source cannot be used ${linkOfName("grants-unusable")}</h3>
<ul>${list}</ul>${more(unusable.length)}</div>`,
    ];
}

function lastError({ lastError, notReady, zones }: AgentView, nowMs: number): readonly Markup[] {
    if (lastError === undefined || notReady.includes(lastError.message)) return [];
    const { at, code, message } = lastError;
    return [
        html`<div class="notice soon"><h3>Last failure, ${moment(at, nowMs)}</h3><p>${withCodes(withZoneNames(message, zones))} ${linkOfName(code)}</p></div>`,
    ];
}

function named(addresses: readonly string[]): Markup {
    return html`${addresses.slice(0, MOST_NAMED).join(", ")}${addresses.length > MOST_NAMED ? `, and ${addresses.length - MOST_NAMED} more` : ""}`;
}

function more(length: number): Markup | undefined {
    return length > MOST_NAMED ? html`<p>And ${length - MOST_NAMED} more: see /api/status.</p>` : undefined;
}
