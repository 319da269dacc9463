import { html, type Markup } from "../../agent/page/markup";
import { grantState } from "../../core/portal/agentReport";
import type { PortalGrant } from "../../core/portal/types";
import { accessNamed } from "../actions/decideRequest";
import { titleOf } from "../notices";
import { form, startField, untilText } from "./forms";
import { stateLabel } from "./grants";
import type { HomeView } from "./homeView";
import { clipped, isFound, pager, type Slice, sliceOf } from "./slice";

const BOUNDS = { most: 25, mostBytes: 6_500 };

/** A list to choose from has at most so many accesses; of more, the name is typed. */
const MOST_CHOICES = 40;

/** For admins: who has what, with a button to end it; a grant for another person; the end of all access of a person. */
export function adminSection(view: HomeView): Markup {
    const { caller, everybody, csrf, query } = view;
    if (!caller.isAdmin) return html``;
    const found = query.find === "" ? everybody : everybody.filter((grant) => isWanted(view, grant));
    const slice = sliceOf(found, query.from.everybody, BOUNDS, (grant) => row(view, grant));
    return html`<section aria-labelledby="all"><h2 id="all">Everybody <span class="count">${everybody.length}</span></h2>
${everybody.length === 0 ? html`` : search(query.find)}
<div data-live="everybody" id="everybody">${everybody.length === 0 ? html`<p class="empty">Nobody has access.</p>` : table(view, slice)}</div>
<details class="more"><summary>Grant for another person</summary>${form(csrf, "/do/grants", grantFields(view), "request")}</details>
<details class="more"><summary>End all access of a person</summary>${form(csrf, "/do/people/revoke", revokeFields(view, found), "request")}</details></section>`;
}

function isWanted({ context, query, knownAs }: HomeView, grant: PortalGrant): boolean {
    const { holder, access, addresses, ticket, reason } = grant;
    const title = accessNamed(context, access)?.title;
    return isFound(query.find, [
        holder.name,
        holder.user,
        knownAs(holder),
        access,
        title,
        ...addresses,
        ticket,
        reason,
    ]);
}

function search(find: string): Markup {
    const all = find === "" ? html`` : html` <a href="/">Show all</a>`;
    return html`<form method="get" action="/" class="search" role="search"><label><span class="unseen">Find a person, an access, an address or a ticket</span><input type="search" name="find" value="${find}" maxlength="100" placeholder="Person, access, address, ticket" autocomplete="off" spellcheck="false"></label><button>Find</button>${all}</form>`;
}

function grantFields({ context, nowMs }: HomeView): Markup {
    const { accesses } = context.settings;
    const access =
        accesses.length <= MOST_CHOICES
            ? html`<select name="access">${accesses.map(({ name, title }) => html`<option value="${name}">${title}</option>`)}</select>`
            : html`<input name="access" required maxlength="63" placeholder="Its name" autocomplete="off" spellcheck="false">`;
    return html`<div class="fields"><label>Access${access}</label>
<label>User<input name="user" required maxlength="320" autocomplete="off" spellcheck="false"></label>
<label>IPv4 address<input name="address" required maxlength="64" autocomplete="off" spellcheck="false"></label>
<label>Reason<input name="reason" required maxlength="1000" autocomplete="off"></label>
<label>Ticket <span class="unit">(where it needs one)</span><input name="ticket" maxlength="200" autocomplete="off" spellcheck="false"></label>
<label>Duration <span class="unit">(empty: the usual)</span><input name="duration" maxlength="20" placeholder="2 h" autocomplete="off" spellcheck="false"></label>
${startField(nowMs)}</div><button>Grant for another person</button>`;
}

function revokeFields({ knownAs }: HomeView, found: readonly PortalGrant[]): Markup {
    const people = new Set(found.slice(0, BOUNDS.most).map(({ holder }) => knownAs(holder) ?? holder.name));
    return html`<div class="fields"><label>User<input name="user" required maxlength="320" autocomplete="off" spellcheck="false" list="people"></label></div>
<datalist id="people">${[...people].map((name) => html`<option value="${name}"></option>`)}</datalist><button class="danger">End all access of this person</button>`;
}

/** One form holds all rows: each button names its own address. */
function table({ query, csrf }: HomeView, slice: Slice): Markup {
    if (slice.items.length === 0) return html`<p class="empty">Nothing matches &ldquo;${query.find}&rdquo;.</p>`;
    const rows = html`<table><thead><tr><th scope="col">Who</th><th scope="col">What</th><th scope="col">From</th><th scope="col">Left</th><th scope="col"><span class="unseen">End it</span></th></tr></thead>
<tbody>${slice.items}</tbody></table>`;
    return html`${form(csrf, "/", rows)}${pager(query, "everybody", "More grants", slice)}`;
}

function row(view: HomeView, grant: PortalGrant): Markup {
    const label = `Revoke ${titleOf(view.context, grant.access)} of ${clipped(grant.holder.name, 80)}`;
    return html`<tr>${grantCells(view, grant)}<td><button class="quiet" formaction="/do/grants/${grant.id}/revoke" aria-label="${label}">Revoke</button></td></tr>`;
}

/** Who has what, from where, and for how long. */
export function grantCells({ context, nowMs, knownAs }: HomeView, grant: PortalGrant): Markup {
    const label = stateLabel(grant, grantState(grant, context.reports(), nowMs), nowMs);
    const left =
        nowMs < grant.startsAtMs
            ? html`in ${untilText(grant.startsAtMs, nowMs)}`
            : html`${untilText(grant.expiresAtMs, nowMs)}<span class="on-phone"> left</span>`;
    return html`<th scope="row">${clipped(grant.holder.name, 80)}<span class="at">${clipped(knownAs(grant.holder) ?? "workload", 80)}</span></th>
<td>${titleOf(context, grant.access)} ${label}</td><td class="address">${grant.addresses.join(" ")}</td>
<td>${left}</td>`;
}
