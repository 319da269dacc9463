import { html, type Markup } from "../../agent/page/markup";
import { grantState } from "../../core/portal/agentReport";
import type { PortalGrant } from "../../core/portal/types";
import { accessNamed } from "../actions/decideRequest";
import { form, untilText } from "./forms";
import { stateLabel } from "./grants";
import type { HomeView } from "./homeView";

/** As many grants are listed; a search comes with the API. */
const MOST = 200;

/** For admins: who has what, with a button to end it; a grant for another person; the end of all access of a person. */
export function adminSection(view: HomeView): Markup {
    const { caller, everybody, csrf, context } = view;
    if (!caller.isAdmin) return html``;
    const people = new Set(everybody.map(({ holder }) => holder.user ?? holder.name));
    const options = context.settings.accesses.map(({ name, title }) => html`<option value="${name}">${title}</option>`);
    const grantFor = html`<div class="fields"><label>Access<select name="access">${options}</select></label>
<label>User<input name="user" required maxlength="320" autocomplete="off" spellcheck="false"></label>
<label>IPv4 address<input name="address" required maxlength="64" autocomplete="off" spellcheck="false"></label>
<label>Reason<input name="reason" required maxlength="1000" autocomplete="off"></label></div><button>Grant for somebody else</button>`;
    const revokeAll = html`<div class="fields"><label>User<input name="user" required maxlength="320" autocomplete="off" spellcheck="false" list="people"></label></div>
<datalist id="people">${[...people].slice(0, MOST).map((name) => html`<option value="${name}"></option>`)}</datalist><button class="danger">End all access of this person</button>`;
    return html`<section aria-labelledby="all"><h2 id="all">Everybody <span class="count">${everybody.length}</span></h2>
<div data-live="everybody">${everybody.length === 0 ? html`<p class="empty">Nobody has access.</p>` : table(view)}</div>
<details class="more"><summary>Grant for somebody else</summary>${form(csrf, "/do/grants", grantFor, "request")}</details>
<details class="more"><summary>End all access of a person</summary>${form(csrf, "/do/people/revoke", revokeAll, "request")}</details></section>`;
}

function table(view: HomeView): Markup {
    const rows = view.everybody.slice(0, MOST).map((grant) => row(view, grant));
    const more =
        view.everybody.length > MOST
            ? html`<p class="note">The newest ${MOST} are shown; the API lists all.</p>`
            : html``;
    return html`<table><thead><tr><th scope="col">Who</th><th scope="col">What</th><th scope="col">From</th><th scope="col">Left</th><th scope="col"><span class="unseen">End it</span></th></tr></thead>
<tbody>${rows}</tbody></table>${more}`;
}

function row({ context, csrf, nowMs }: HomeView, grant: PortalGrant): Markup {
    const label = stateLabel(grantState(grant, context.reports(), nowMs));
    const title = accessNamed(context, grant.access)?.title ?? grant.access;
    const end = form(
        csrf,
        `/do/grants/${grant.id}/revoke`,
        html`<button class="quiet" aria-label="Revoke ${title} of ${grant.holder.name}">Revoke</button>`,
    );
    return html`<tr><th scope="row">${grant.holder.name}<span class="at">${grant.holder.user ?? "workload"}</span></th>
<td>${title} ${label}</td><td class="address">${grant.addresses.join(" ")}</td>
<td>${untilText(grant.expiresAtMs, nowMs)}</td><td>${end}</td></tr>`;
}
