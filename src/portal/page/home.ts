import { html, type Markup } from "../../agent/page/markup";
import { grantState, type ShownState } from "../../core/portal/agentReport";
import type { PortalGrant } from "../../core/portal/types";
import { accessNamed } from "../actions/decideRequest";
import { accessSection } from "./accesses";
import { adminSection } from "./admin";
import { approvalSection } from "./approvals";
import { untilText } from "./forms";
import { endsSoon, grantsSection, stateLabel } from "./grants";
import { historySection } from "./history";
import type { HomeView } from "./homeView";
import { othersSection } from "./others";
import { asSentence } from "./sentence";

/** The page of a person who has signed in. @param told What has just been done. @param again A form that they sent, and that was not done. */
export function home(view: HomeView, told: Markup, again: Markup | undefined): Markup {
    const kept =
        again === undefined
            ? html``
            : html`<section class="again" aria-labelledby="again"><h2 id="again">Not sent yet</h2>
<p class="note">You had to sign in first. This is what you entered: check it, and send it.</p>${again}</section>`;
    return html`<div data-live="told">${told}</div>${kept}
<section class="first" data-live="first">${whereSection(view)}</section>
<div data-live="grants">${grantsSection(view)}</div>
<div data-live="approvals">${approvalSection(view)}</div>
<div data-live="accesses">${accessSection(view)}</div>
<div data-live="others">${othersSection(view)}</div>
${adminSection(view)}
<div data-live="history">${historySection(view)}</div>`;
}

/** A grant that lets its holder in, or will as soon as Okta has it. */
type Had = ShownState & { readonly grant: PortalGrant };

function hadBy({ grants, context, nowMs }: HomeView): readonly Had[] {
    const shown = grants.map((grant) => ({ grant, ...grantState(grant, context.reports(), nowMs) }));
    return shown.filter(({ state }) => !["scheduled", "waiting", "refused"].includes(state));
}

/** What the page says first, and the title of its window. */
export function headingOf(view: HomeView): string {
    const had = hadBy(view);
    const titles = [...new Set(had.map(({ grant }) => titleOf(view, grant)))];
    if (titles.length === 0) return withoutAccess(view);
    return `You have ${titles.length > 2 ? `${titles.length} accesses` : titles.join(" and ")}${had.some(isDoubtful) ? ", not confirmed" : ""}`;
}

function titleOf({ context }: HomeView, { access }: PortalGrant): string {
    return accessNamed(context, access)?.title ?? access;
}

function isDoubtful({ doubt }: ShownState): boolean {
    return doubt !== undefined && doubt !== "new";
}

/** The address of the visitor, and whether they have access. */
function whereSection(view: HomeView): Markup {
    const { caller, addressProblem, context, mine } = view;
    const had = hadBy(view);
    const { ipv4Url } = context.settings;
    const byIpv4 =
        addressProblem?.includes("IPv6") && ipv4Url !== undefined
            ? html` <a href="${ipv4Url}/">Open the portal by IPv4</a>`
            : html``;
    const forHere = mine.length === 0 ? "" : "Access that you get now is for this address.";
    const problem =
        addressProblem === undefined
            ? html`<p class="note">${caller.connection === undefined ? forHere : html`Okta saw you there, and access is granted to it. This page sees you at <span class="address">${caller.connection}</span>.`}</p>`
            : html`<p class="bad-text">${asSentence(addressProblem)}${byIpv4}</p>`;
    return html`${badge(view, had)}<h1 id="summary">${headingOf(view)}</h1>
<div class="where"><p class="lead">You come from <b class="address">${caller.address}</b></p>${ending(view, had)}${elsewhere(had, caller.address)}${problem}</div>`;
}

const SLOWEST_FIRST: readonly string[] = ["pending", "leaving", "accepted", "effective"];

/** The state of what somebody has, of several the one that is furthest behind: nobody is told that all is well too early. */
function badge({ nowMs }: HomeView, had: readonly Had[]): Markup {
    const place = (each: Had) => (isDoubtful(each) ? -1 : SLOWEST_FIRST.indexOf(each.state));
    const [slowest] = [...had].sort((a, b) => place(a) - place(b));
    return slowest === undefined ? html`` : html`<p class="badge">${stateLabel(slowest.grant, slowest, nowMs)}</p>`;
}

function ending(view: HomeView, had: readonly Had[]): Markup {
    const { nowMs } = view;
    const soon = had.find(({ grant }) => endsSoon(grant, nowMs));
    if (soon === undefined) return html``;
    const { grant } = soon;
    return html`<p class="soon-text">${titleOf(view, grant)} ends in ${untilText(grant.expiresAtMs, nowMs)}. <a href="#grant-${grant.id}">See it below</a></p>`;
}

/** Approvers and admins see the lists of others first. */
function withoutAccess({ mine, waiting, forApproval, forReview, caller, approves }: HomeView): string {
    const count = forApproval.length + forReview.length;
    if (waiting.length > 0) return "You have no access yet";
    if (mine.length > 0 || (count === 0 && !caller.isAdmin && approves.length === 0)) return "You have no access";
    if (count === 0) return caller.isAdmin ? "Everybody's access" : "Nothing waits for you";
    return count === 1 ? "One decision waits for you" : `${count} decisions wait for you`;
}

/** For a visitor who has moved: what they have is for where they were. */
function elsewhere(had: readonly { readonly grant: PortalGrant }[], address: string): Markup {
    const others = had.filter(({ grant }) => !grant.addresses.includes(address));
    if (others.length === 0) return html``;
    const addresses = [...new Set(others.flatMap(({ grant }) => grant.addresses))].join(", ");
    const what = others.length === had.length ? "Your access" : "A part of your access";
    return html`<p class="bad-text">${what} is for ${addresses}, and not for where you are now. Add this address below.</p>`;
}
