import { html, type Markup } from "../../agent/page/markup";
import { durationText, formatDuration } from "../../core/portal/duration";
import { type AccessSettings, isEligible } from "../../core/portal/settings/portalSettings";
import { form, startField } from "./forms";
import type { HomeView } from "./homeView";
import { isFound, pager, sliceOf } from "./slice";

const BOUNDS = { most: 12, mostBytes: 9_000 };

/** What the visitor may have: one button each, and more options behind it. */
export function accessSection(view: HomeView): Markup {
    const { mine, caller, forApproval, forReview, approves } = view;
    // A visitor who decides or administers, and may request nothing, is here for that.
    if (mine.length === 0 && (caller.isAdmin || approves.length + forApproval.length + forReview.length > 0))
        return html``;
    const nothing = html`<p class="empty">There is nothing that you may request. It depends on your groups where you sign in: ask those who run them, and then sign out and in again.</p>`;
    const { query } = view;
    const found = mine.filter(({ name, title }) => isFound(query.what, [name, title]));
    const slice = sliceOf(found, query.from.may, BOUNDS, (access) => offer(view, access));
    const search =
        slice.items.length < mine.length
            ? html`<form method="get" action="/" class="search" role="search"><label><span class="unseen">Find an access</span><input type="search" name="what" value="${query.what}" maxlength="100" placeholder="Find an access" autocomplete="off"></label><button>Find</button></form>`
            : html``;
    const none = html`<p class="empty">No access has this name. <a href="/">Show all</a></p>`;
    const list = slice.items.length === 0 ? none : html`<ul class="offers">${slice.items}</ul>`;
    return html`<section aria-labelledby="may"><h2 id="may">What you may have</h2>${search}
${mine.length === 0 ? nothing : list}${pager(query, "may", "More accesses", slice)}</section>`;
}

function offer(view: HomeView, access: AccessSettings): Markup {
    const { title, name, eligible, breakGlass, approval } = access;
    const { person } = view.caller;
    const notes = [
        approval === undefined
            ? undefined
            : approval.count === 1
              ? "needs an approval"
              : `needs ${approval.count} approvals`,
        `up to ${durationText(access.duration.maxMs)}`,
    ].filter((note) => note !== undefined);
    const present = presentOf(view, access);
    const asks = isEligible(eligible, person) ? requestForm(view, access, present) : html``;
    const shown =
        present === undefined
            ? asks
            : html`<details class="more again-for"><summary>${present === "held" ? "You have this already. Get it again" : "You have requested this. Request it again"}</summary>${asks}</details>`;
    return html`<li class="offer ${present === undefined ? "" : "present"}" id="access-${name}"><div class="what"><h3>${title}</h3><p class="note">${notes.join(" · ")}</p></div>
${isEligible(eligible, person) ? shown : html``}
${breakGlass !== undefined && isEligible(breakGlass.eligible, person) ? breakGlassForm(view, access) : html``}</li>`;
}

/** What the visitor has from here, or waits for, is shown above with its buttons; asking again is possible, and not what most want. */
function presentOf({ grants, waiting, caller }: HomeView, { name }: AccessSettings): "held" | "asked" | undefined {
    if (grants.some((grant) => grant.access === name && grant.addresses.includes(caller.address))) return "held";
    return waiting.some(({ access, extendsGrant }) => access === name && extendsGrant === undefined)
        ? "asked"
        : undefined;
}

function requestForm(
    { csrf, addressProblem, caller, nowMs }: HomeView,
    access: AccessSettings,
    present: "held" | "asked" | undefined,
): Markup {
    const { name, title, reason, ticket, approval, duration } = access;
    const verb = approval === undefined ? "Get" : "Request";
    const off = addressProblem === undefined ? html`` : html` disabled`;
    const ticketField =
        ticket === undefined
            ? html``
            : html`<label>Ticket<input name="ticket" required maxlength="200" autocomplete="off" spellcheck="false"></label>`;
    const reasonField = html`<label>Reason${reason === "required" ? "" : " (optional)"}<input name="reason" maxlength="1000" autocomplete="off"${reason === "required" ? html` required` : html``}></label>`;
    const isAsked = reason === "required" || ticket !== undefined;
    const options = durations(access).map(
        (ms) =>
            html`<option value="${formatDuration(ms)}"${ms === duration.usualMs ? html` selected` : html``}>${durationText(ms)}</option>`,
    );
    const more = html`<details class="more"><summary>${isAsked || reason === "none" ? "Duration, start" : "Duration, start, reason"}</summary><div class="fields">
<label>Duration<select name="duration">${options}</select></label>${startField(nowMs)}
${isAsked || reason === "none" ? html`` : reasonField}</div></details>`;
    const asked = isAsked
        ? html`<div class="fields">${ticketField}${reason === "none" ? html`` : reasonField}</div>`
        : html``;
    return form(
        csrf,
        "/do/grants",
        html`<input type="hidden" name="access" value="${name}">${asked}
<button class="${present === undefined ? "primary" : ""}" aria-label="${verb} for ${durationText(duration.usualMs)}: ${title}, from ${caller.address}"${off}>${verb} for ${durationText(duration.usualMs)}</button>${more}`,
        "request",
    );
}

function durations({ duration: { usualMs, maxMs } }: AccessSettings): number[] {
    const steps = [
        900_000,
        1_800_000,
        3_600_000,
        7_200_000,
        14_400_000,
        28_800_000,
        43_200_000,
        86_400_000,
        usualMs,
        maxMs,
    ];
    return [...new Set(steps.filter((ms) => ms <= maxMs))].sort((a, b) => a - b);
}

function breakGlassForm({ csrf, addressProblem }: HomeView, { name, title, breakGlass }: AccessSettings): Markup {
    const off = addressProblem === undefined ? html`` : html` disabled`;
    const longest = durationText(breakGlass?.durationMs ?? 0);
    const content = html`<input type="hidden" name="access" value="${name}"><input type="hidden" name="breakGlass" value="true">
<p class="note">Without approval, for ${longest} at most. Everybody who is notified hears of it, and an admin reviews it.</p>
<div class="fields"><label>What has happened<input name="reason" required maxlength="1000" autocomplete="off"></label></div>
<button class="danger" aria-label="Break glass for ${longest}: ${title}"${off}>Break glass for ${longest}</button>`;
    return html`<details class="more glass"><summary>Emergency</summary>${form(csrf, "/do/grants", content, "request")}</details>`;
}
