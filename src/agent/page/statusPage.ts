import type { LedgerLine } from "../events/events";
import type { FromOkta } from "../status/oktaAnswers";
import type { AgentView, MembershipView } from "../status/view";
import { confirmSection } from "./confirmSection";
import { type GrantList, listGrants } from "./grantList";
import { grantsSection } from "./grants";
import { healthSection } from "./health";
import { html, type Markup } from "./markup";
import { noticesSection } from "./notices";
import { breadcrumb, overviewSection } from "./overview";
import { hrefOf, type PageQuery } from "./query";
import { recentlySection } from "./recently";
import { searchSection } from "./search";
import { summarySection } from "./summary";
import { zonesSection } from "./zones";

export interface StatusPageOptions {
    /** The view of the membership of the query, or of all. */
    readonly view: AgentView;
    /** Each of them, where the configuration has a list of them. */
    readonly memberships?: readonly MembershipView[] | undefined;
    /** The same with the grants that the search of the query is about. @default the same */
    readonly about?: Pick<StatusPageOptions, "view" | "memberships"> | undefined;
    /** The page of the list of grants of the query. @default is made at once */
    readonly list?: GrantList | undefined;
    /** Undefined where it cannot be read. */
    readonly ledger: readonly LedgerLine[] | undefined;
    readonly query: PageQuery;
    /** The facts from Okta for the search of the query, if it asks for them. */
    readonly okta?: FromOkta | undefined;
    readonly nowMs: number;
    readonly version: string;
    /** Whether the agent has a token, which confirming requires. */
    readonly confirming: "token" | "no-token";
    /** The content of the page's `<style>` and `<script>`. */
    readonly assets: PageAssets;
}

export interface PageAssets {
    readonly style: string;
    readonly script: string;
}

/** The icon of the page: a keyhole. */
const ICON =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230b6b4f'/%3E%3Cpath d='M8 3.6a2.4 2.4 0 0 1 1.2 4.5l.8 4.3H6l.8-4.3A2.4 2.4 0 0 1 8 3.6z' fill='white'/%3E%3C/svg%3E";

/** The whole page. It loads no other file, and needs its script only to stay up to date. */
export function statusPage(options: StatusPageOptions): string {
    const { nowMs, version, assets } = options;
    return html`<!doctype html>
<html lang="en" data-now="${nowMs}" data-times="${options.query.times ?? "local"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Zonekeeper: who is in</title>
<link rel="icon" href="${ICON}">
<style>${raw(assets.style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the grants</a>
<header class="top"><p class="brand">${glyph()} Zonekeeper</p>
<p class="live"><span id="live" role="status">not live</span> <span id="clock">${new Date(nowMs).toISOString().slice(11, 19)}</span> <span class="zone">UTC</span>
${otherTimes(options.query)}</p></header>
<main>
${contentOf(options)}
</main>
<footer><p>Okta needs about a minute to spread a change to all its servers. It looks at an address when a user signs in:
a session that is open goes on after its grant has ended, unless the agent ends sessions too.</p><p>Zonekeeper ${version}. Nothing on this page comes from, or goes to, another host.</p></footer>
<p id="announcer" class="unseen" aria-live="polite"></p>
<script>${raw(assets.script)}</script>
</body>
</html>
`.markup;
}

/** Without its script the page has UTC only. */
function otherTimes(query: PageQuery): Markup {
    const [times, text] =
        query.times === "utc" ? ([undefined, "show local times"] as const) : (["utc", "show UTC"] as const);
    return html`<a id="times" href="${hrefOf({ ...query, times })}" hidden>${text}</a>`;
}

function contentOf(options: StatusPageOptions): Markup {
    const { view, memberships, query } = options;
    if (!view.isLeading) return standingBy(options);
    return memberships === undefined || query.membership !== "" ? leading(options) : overview(options, memberships);
}

/** All memberships on one screen, each with a page of its own. */
function overview(
    { view, about, list, ledger, query, nowMs, okta }: StatusPageOptions,
    memberships: readonly MembershipView[],
): Markup {
    return html`<div class="first">
${summarySection(view, nowMs)}
${searchSection(about?.view ?? view, query, nowMs, { several: about?.memberships ?? memberships, okta })}
</div>
${overviewSection(memberships, nowMs)}
<div class="columns" id="content" tabindex="-1">
${grantsSection(list ?? listGrants(view.grants, query), query, nowMs)}
<div class="side">
${recentlySection(ledger, view.zones, nowMs)}
</div>
</div>`;
}

function leading({ view, about, list, ledger, query, nowMs, confirming, okta }: StatusPageOptions): Markup {
    return html`${query.membership === "" ? undefined : breadcrumb(query.membership)}<div class="first">
${summarySection(view, nowMs)}
${searchSection(about?.view ?? view, query, nowMs, { okta })}
</div>
${noticesSection(view, nowMs)}
${confirmSection(view, confirming, query.membership)}
<div class="columns" id="content" tabindex="-1">
${grantsSection(list ?? listGrants(view.grants, query), query, nowMs)}
<div class="side">
${zonesSection(view.zones, nowMs)}
${healthSection(view, nowMs)}
${recentlySection(ledger, view.zones, nowMs)}
</div>
</div>`;
}

/** The page of a standby, which does not know the zones: an empty table would mean that no user is in. */
function standingBy({ view, ledger, nowMs }: StatusPageOptions): Markup {
    return html`<div class="first">${summarySection(view, nowMs)}</div>
<div id="content" tabindex="-1">${recentlySection(ledger, view.zones, nowMs)}</div>`;
}

/** Markup from a file of the package; a test checks that it cannot end its element. */
function raw(markup: string): Markup {
    return { markup };
}

function glyph(): Markup {
    return html`<svg aria-hidden="true" viewBox="0 0 16 16" width="20" height="20"><rect class="plate" width="16" height="16" rx="4"/>
<path class="hole" d="M8 3.6a2.4 2.4 0 0 1 1.2 4.5l.8 4.3H6l.8-4.3A2.4 2.4 0 0 1 8 3.6z"/></svg>`;
}
