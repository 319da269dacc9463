import type { GrantView } from "../status/view";
import type { GrantList } from "./grantList";
import { html, type Markup } from "./markup";
import { moment, relative } from "./moments";
import { type Column, hrefOf, type PageQuery, pairsOf, SHOWS, type Show } from "./query";
import { clipped } from "./who";

const TABS: Readonly<Record<Show, string>> = { in: "In now", scheduled: "To come", refused: "Kept out", all: "All" };

const STATES: Readonly<
    Record<GrantView["state"], { readonly word: string; readonly tone: string; readonly means: string }>
> = {
    effective: { word: "In", tone: "good", means: "Okta has it in a zone, and has had its minute to spread it" },
    accepted: { word: "Spreading", tone: "soon", means: "Okta has it in a zone; its servers need about a minute" },
    pending: { word: "Waiting", tone: "soon", means: "active, and not in a zone yet" },
    leaving: { word: "Leaving", tone: "bad", means: "has ended, and is in a zone still" },
    refused: { word: "No room", tone: "bad", means: "active, and has no room or is over a limit" },
    waiting: { word: "Held back", tone: "bad", means: "active, and came with a reading that the removal brake holds" },
    denied: { word: "Denied", tone: "bad", means: "active, and an operator denied the user, the address or the grant" },
    scheduled: { word: "To come", tone: "calm", means: "starts later" },
    ended: { word: "Ended", tone: "calm", means: "is in no zone any more" },
};

/** The table of grants: who is in, by which grant, until when. One page of it. */
export function grantsSection(list: GrantList, query: PageQuery, nowMs: number): Markup {
    return html`<section class="grants" aria-labelledby="grants-heading">
<div class="bar"><h2 id="grants-heading">Grants</h2>
${findForm(query)}</div>
<div data-live="grants">
<nav aria-label="Which grants"><ul class="tabs">${SHOWS.map((show) => tab(show, list, query))}</ul></nav>
${list.total === 0 ? nobody(query) : table(list, query, nowMs)}
${list.pages > 1 ? pager(list, query) : undefined}
</div>
<details class="legend"><summary>What the states mean</summary><dl>
${Object.values(STATES).map(({ word, tone, means }) => html`<dt class="state ${tone}">${word}</dt><dd>${means}</dd>`)}
</dl></details>
</section>`;
}

function findForm(query: PageQuery): Markup {
    return html`<form class="find" role="search" aria-label="Find a grant" action="./" method="get">
<label for="find">Find a person, grant, reason or address</label>
<span class="field"><input id="find" name="find" type="search" value="${query.find}" maxlength="200" autocomplete="off" spellcheck="false">
<button type="submit">Find</button></span>
${hiddenFields({ ...query, find: "", page: 1 })}
</form>`;
}

/** The fields of the query that a form sends along, so that the answer keeps them. */
export function hiddenFields(query: PageQuery): readonly Markup[] {
    return pairsOf(query).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

function tab(show: Show, { counts }: GrantList, query: PageQuery): Markup {
    const current = show === query.show ? html` aria-current="true"` : undefined;
    const href = hrefOf({ ...query, show, page: 1 });
    return html`<li><a id="tab-${show}" href="${href}"${current}>${TABS[show]} <span class="count">${counts[show].toLocaleString("en-US")}</span></a></li>`;
}

function nobody({ find, show }: PageQuery): Markup {
    if (find !== "") return html`<p class="empty">No grant here has <q>${find}</q> in it.</p>`;
    const none = {
        in: "Nobody is in: no grant is active now.",
        scheduled: "No grant starts later.",
        refused: "No active grant is kept out.",
        all: "The source has no grants.",
    }[show];
    return html`<p class="empty">${none}</p>`;
}

/** The roles repeat what the elements say, since the narrow layout takes their meaning away in some browsers. */
function table({ rows }: GrantList, query: PageQuery, nowMs: number): Markup {
    const { show } = query;
    const heads: readonly (readonly [Column, string])[] = [
        ["person", "Person"],
        ["address", "Address"],
        ["time", show === "scheduled" ? "From" : "Until"],
        ["reason", "Reason"],
        ["state", "State"],
    ];
    return html`<table role="table"><caption class="unseen">Grants: ${TABS[show].toLowerCase()}. Times are in <span class="zone">UTC</span>.</caption>
<thead role="rowgroup"><tr role="row">${heads.map(([column, name]) => head(column, name, query))}</tr></thead>
<tbody role="rowgroup">${rows.map((grant) => row(grant, nowMs))}</tbody></table>`;
}

/** A link that orders by the column; the second time in reverse; the third time in the default order. */
function head(column: Column, name: string, query: PageQuery): Markup {
    const { sort } = query;
    const next = sort === column ? (`-${column}` as const) : sort === `-${column}` ? undefined : column;
    const sorted = sort === column ? "ascending" : sort === `-${column}` ? "descending" : undefined;
    const state = sorted === undefined ? undefined : html` aria-sort="${sorted}"`;
    const arrow =
        sorted === undefined ? undefined : html` <span aria-hidden="true">${sorted === "ascending" ? "▲" : "▼"}</span>`;
    const href = hrefOf({ ...query, sort: next, page: 1 });
    return html`<th role="columnheader" scope="col"${state}><a class="sort" id="sort-${column}" href="${href}">${name}${arrow}</a></th>`;
}

function row(grant: GrantView, nowMs: number): Markup {
    const { id, user, ip, reason = "", state, membership } = grant;
    const { word, tone } = STATES[state];
    const who = user === undefined ? html`<span class="anonymous">no name</span>` : html`<bdi>${clipped(user)}</bdi>`;
    return html`<tr role="row" class="is-${state}">
<th role="rowheader" scope="row"><span class="who">${who}</span> <bdi class="id">${clipped(id)}</bdi>${membership === undefined ? undefined : html` <span class="note">${membership}</span>`}</th>
<td role="cell" class="ip">${addresses(ip)}</td>
<td role="cell" class="until">${until(grant, nowMs)}</td>
<td role="cell" class="why"><bdi>${clipped(reason)}</bdi></td>
<td role="cell" class="how"><span class="state ${tone}">${word}</span></td>
</tr>`;
}

const MOST_ADDRESSES = 4;

/** A single address is shown without `/32`. */
function addresses(ip: readonly string[]): readonly Markup[] {
    const shown = ip.slice(0, MOST_ADDRESSES).map((each) => html`<span>${each.replace(/\/32$/, "")}</span> `);
    const more = ip.length - shown.length;
    return more > 0 ? [...shown, html`<span class="more">and ${more} more</span>`] : shown;
}

function until({ state, startsAt, expiresAt }: GrantView, nowMs: number): Markup {
    const at = state === "scheduled" ? startsAt : expiresAt;
    return at === undefined ? html`no end` : html`${relative(at, nowMs)} <span class="at">${moment(at, nowMs)}</span>`;
}

function pager({ page, pages, start, rows, total }: GrantList, query: PageQuery): Markup {
    const step = (to: number, id: string, text: string) =>
        to < 1 || to > pages
            ? html`<span class="step" aria-hidden="true">${text}</span>`
            : html`<a class="step" id="${id}" href="${hrefOf({ ...query, page: to })}">${text}</a>`;
    const [first, last, all] = [start + 1, start + rows.length, total].map((each) => each.toLocaleString("en-US"));
    return html`<nav class="pager" aria-label="Pages of grants">
${step(page - 1, "page-before", "Before")}<span>${first} to ${last} of ${all}</span>
<form class="jump" action="./" method="get"><label for="page">Page</label>
<input id="page" name="page" type="number" inputmode="numeric" min="1" max="${pages}" value="${page}" required> of ${pages.toLocaleString("en-US")}
<button type="submit">Go</button>${hiddenFields({ ...query, page: 1 })}</form>
${step(page + 1, "page-after", "Next")}
</nav>`;
}
