import type { MembershipView } from "../status/view";
import { html, type Markup } from "./markup";
import { relative } from "./moments";
import { hrefOf, readPageQuery } from "./query";
import { clipped, counted, countHeld, countPeople, isIn } from "./who";

/** The grades of a membership's state, the worst first. */
const GRADES = [
    { grade: "failing", word: "Not in force", tone: "bad" },
    { grade: "held", word: "Held", tone: "soon" },
    { grade: "good", word: "In force", tone: "good" },
] as const;

type Grade = (typeof GRADES)[number]["grade"];

/** Every membership in a row, the worst first: thirty of them fit on a screen. */
export function overviewSection(memberships: readonly MembershipView[], nowMs: number): Markup {
    const rows = memberships
        .map((membership) => ({ membership, rank: GRADES.findIndex(({ grade }) => grade === gradeOf(membership)) }))
        .sort((a, b) => a.rank - b.rank);
    const orgs = new Set(memberships.map(({ org }) => org)).size;
    const heads = ["Membership", "State", ...(orgs > 1 ? ["Org"] : []), "In", "Gateways", "Source", "Why"];
    return html`<section class="overview" aria-labelledby="overview-heading" data-live="overview">
<h2 id="overview-heading">${counted(memberships.length, "membership")}</h2>
<table role="table"><caption class="unseen">Memberships, the worst first.</caption>
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(({ membership }) => row(membership, orgs > 1, nowMs))}</tbody></table>
</section>`;
}

/** The name of the membership, and a link back to all of them. */
export function breadcrumb(membership: string): Markup {
    return html`<nav class="breadcrumb" aria-label="Memberships"><a href="./">All memberships</a> <span aria-hidden="true">/</span> <b><bdi>${membership}</bdi></b></nav>`;
}

function row(view: MembershipView, isOrgShown: boolean, nowMs: number): Markup {
    const { name, org, grants, zones, source } = view;
    const { word, tone } = GRADES.find(({ grade }) => grade === gradeOf(view)) ?? GRADES[0];
    const people = countPeople(grants.filter(isIn));
    const gateways = zones.reduce((sum, zone) => sum + zone.gateways.length, 0);
    const room = zones.reduce((sum, zone) => sum + zone.limit, 0);
    return html`<tr role="row">
<th role="rowheader" scope="row"><a href="${hrefOf({ ...readPageQuery({}), membership: name })}"><bdi>${name}</bdi></a></th>
<td role="cell" class="how"><span class="state ${tone}">${word}</span></td>
${isOrgShown ? html`<td role="cell"><bdi>${org}</bdi></td>` : undefined}
<td role="cell">${counted(people, "person", "people")}</td>
<td role="cell">${gateways} of ${room}</td>
<td role="cell">${source.healthy ? "read" : "cannot be read"} <span class="note">${source.lastReadAt === undefined ? "" : relative(source.lastReadAt, nowMs)}</span></td>
<td role="cell" class="note"><bdi>${reasonOf(view)}</bdi></td>
</tr>`;
}

function gradeOf({ held, notReady }: MembershipView): Grade {
    if (notReady.length === 0) return "good";
    return held.length > 0 && notReady.length === 1 ? "held" : "failing";
}

function reasonOf(view: MembershipView): string {
    const { held, notReady } = view;
    if (notReady.length === 0) return "";
    if (held.length > 0 && notReady.length === 1)
        return `${countHeld(held.length, view)} ${held.length === 1 ? "waits" : "wait"}`;
    return clipped(notReady[0] ?? "");
}
