import { html, type Markup } from "../../agent/page/markup";
import { durationText } from "../../core/portal/duration";
import type { PortalGrant, PortalRequest } from "../../core/portal/types";
import { accessNamed } from "../actions/decideRequest";
import { clockText, form, untilText } from "./forms";
import type { HomeView } from "./homeView";
import { clipped, pager, sliceOf } from "./slice";

const BOUNDS = { most: 12, mostBytes: 7_500 };

/** So many accesses are named to somebody who approves many. */
const MOST_TITLES = 5;

/** What waits for the visitor's decision, and break-glass grants that nobody has reviewed. */
export function approvalSection(view: HomeView): Markup {
    const { forApproval, forReview } = view;
    const rows = [
        ...forApproval.map((request) => () => requestCard(view, request)),
        ...forReview.map((grant) => () => reviewCard(view, grant)),
    ];
    if (rows.length === 0) return nothing(view);
    const slice = sliceOf(rows, view.query.from.decide, BOUNDS, (render) => render());
    return html`<section aria-labelledby="decide"><h2 id="decide">Waiting for you <span class="count">${rows.length}</span></h2>
<ul class="cards">${slice.items}</ul>${pager(view.query, "decide", "More that waits for you", slice)}</section>`;
}

/** For an approver who has nothing else on the page. */
function nothing({ approves, mine, caller }: HomeView): Markup {
    if (approves.length === 0 || mine.length > 0 || caller.isAdmin) return html``;
    const titles = approves.slice(0, MOST_TITLES).map(({ title }) => title);
    const more = approves.length - titles.length;
    return html`<section aria-labelledby="decide"><h2 id="decide">Waiting for you</h2>
<p class="empty">Nothing. You approve requests for ${titles.join(", ")}${more > 0 ? ` and ${more} more` : ""}; they appear here as soon as they are made.</p></section>`;
}

function requestCard({ context, csrf, nowMs, knownAs }: HomeView, request: PortalRequest): Markup {
    const { holder, id, reason, ticket, address, approvals, extendsGrant, startsAtMs, requestedBy } = request;
    const access = accessNamed(context, request.access);
    const what =
        extendsGrant === undefined
            ? `for ${durationText(request.durationMs)}`
            : `to ${durationText(request.durationMs)} in all`;
    const content = html`<label class="unseen" for="note-${id}">Note to ${holder.name}</label>
<input id="note-${id}" name="note" maxlength="1000" placeholder="Note (optional)" autocomplete="off">
<button name="decision" value="approve" class="primary" aria-label="Approve ${holder.name}">Approve</button>
<button name="decision" value="deny" class="quiet" aria-label="Deny ${holder.name}">Deny</button>`;
    return html`<li class="card"><div class="head"><h3>${holder.name} <span class="unit">requests ${access?.title ?? request.access} ${what}</span></h3></div>
<p class="reason">${reason ?? "No reason given"}${ticket === undefined ? html`` : html` <span class="ticket">${ticket}</span>`}</p>
<p class="note">${knownAs(holder) ?? ""} · from <span class="address">${address}</span> · decide within ${untilText(request.decideByMs, nowMs)}
${startsAtMs === undefined ? "" : html` · starts ${clockText(startsAtMs, nowMs)}`}${requestedBy === undefined ? "" : ` · requested by ${requestedBy.name}`}
${approvals.length === 0 ? "" : ` · approved by ${clipped(approvals.map(({ name }) => name).join(", "))}`}${request.waitsFor === undefined ? "" : ` · ${request.waitsFor}`}</p>
${form(csrf, `/do/requests/${id}`, content, "decision")}</li>`;
}

function reviewCard({ context, csrf, nowMs }: HomeView, grant: PortalGrant): Markup {
    const access = accessNamed(context, grant.access);
    return html`<li class="card"><div class="head"><h3>${grant.holder.name} <span class="unit">used break-glass for ${access?.title ?? grant.access}</span></h3>
<span class="state bad">review</span></div><p class="reason">${grant.reason ?? ""}</p>
<p class="note">from <span class="address">${grant.addresses.join(", ")}</span> · ${clockText(grant.startsAtMs, nowMs)} to ${clockText(grant.endedAtMs ?? grant.expiresAtMs, nowMs)}</p>
<div class="buttons">${form(csrf, `/do/grants/${grant.id}/sign-off`, html`<button aria-label="Sign off the break-glass grant of ${grant.holder.name}">Sign off</button>`)}</div></li>`;
}
