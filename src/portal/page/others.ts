import { html, type Markup } from "../../agent/page/markup";
import { durationText } from "../../core/portal/duration";
import { isSame, type PortalRequest } from "../../core/portal/types";
import { titleOf } from "../notices";
import { grantCells } from "./admin";
import { form, untilText } from "./forms";
import type { HomeView } from "./homeView";
import { clipped, pager, sliceOf } from "./slice";

const ASKED = { most: 10, mostBytes: 2_000 };
const GIVEN = { most: 25, mostBytes: 7_000 };

/**
 * What the API tells of others by `?all=true`, beside what waits for the visitor: requests that wait for somebody else, and for approvers
 * who has the accesses that they approve. Admins have a list of everybody's grants.
 */
export function othersSection(view: HomeView): Markup {
    return html`${askedSection(view)}${givenSection(view)}`;
}

function askedSection(view: HomeView): Markup {
    const { askedByOthers, csrf, query } = view;
    if (askedByOthers.length === 0) return html``;
    const slice = sliceOf(askedByOthers, query.from.asked, ASKED, (request) => askedRow(view, request));
    const table = html`<table><thead><tr><th scope="col">Who</th><th scope="col">Asks for</th><th scope="col">From</th><th scope="col">Lapses in</th></tr></thead>
<tbody>${slice.items}</tbody></table>`;
    return html`<section aria-labelledby="asked"><h2 id="asked">Waiting for others <span class="count">${askedByOthers.length}</span></h2>
${form(csrf, "/", table)}${pager(query, "asked", "More requests", slice)}</section>`;
}

function askedRow({ context, caller, nowMs, knownAs }: HomeView, request: PortalRequest): Markup {
    const { id, holder, access, address, approvals, durationMs, requestedBy, waitsFor, extendsGrant } = request;
    const title = titleOf(context, access);
    const needed = context.settings.accesses.find(({ name }) => name === access)?.approval?.count ?? 1;
    const state = waitsFor === undefined ? `${approvals.length} of ${needed} approved` : clipped(waitsFor, 80);
    const long = `${extendsGrant === undefined ? "for" : "to"} ${durationText(durationMs)}`;
    const by = requestedBy === undefined ? "" : ` · by ${clipped(requestedBy.name, 80)}`;
    const withdraw =
        requestedBy !== undefined && isSame(requestedBy, caller.person)
            ? html` <button class="quiet" name="decision" value="withdraw" formaction="/do/requests/${id}" aria-label="Withdraw ${title} for ${clipped(holder.name, 80)}">Withdraw</button>`
            : html``;
    return html`<tr><th scope="row">${clipped(holder.name, 80)}<span class="at">${clipped(knownAs(holder) ?? "workload", 80)}${by}</span></th>
<td>${title} ${long} <span class="state soon">${state}</span></td><td class="address">${address}</td><td><span class="on-phone">lapses in </span>${untilText(request.decideByMs, nowMs)}${withdraw}</td></tr>`;
}

function givenSection(view: HomeView): Markup {
    const { given, query } = view;
    if (given.length === 0) return html``;
    const slice = sliceOf(given, query.from.given, GIVEN, (grant) => html`<tr>${grantCells(view, grant)}</tr>`);
    return html`<section aria-labelledby="given"><h2 id="given">Who has what you approve <span class="count">${given.length}</span></h2>
<table><thead><tr><th scope="col">Who</th><th scope="col">What</th><th scope="col">From</th><th scope="col">Left</th></tr></thead>
<tbody>${slice.items}</tbody></table>${pager(query, "given", "More who have it", slice)}</section>`;
}
