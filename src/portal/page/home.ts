import { html, type Markup } from "../../agent/page/markup";
import { grantState } from "../../core/portal/agentReport";
import type { PortalGrant } from "../../core/portal/types";
import { accessNamed } from "../actions/decideRequest";
import { accessSection } from "./accesses";
import { adminSection } from "./admin";
import { approvalSection } from "./approvals";
import { grantsSection } from "./grants";
import { historySection } from "./history";
import type { HomeView } from "./homeView";

/** The page of a person who has signed in. @param told What has just been done. @param again A form that they sent, and that was not done. */
export function home(view: HomeView, told: Markup, again: Markup | undefined): Markup {
    const kept =
        again === undefined
            ? html``
            : html`<section class="again" aria-labelledby="again"><h2 id="again">Not sent yet</h2>
<p class="note">You had to sign in first. This is what you entered: check it, and send it.</p>${again}</section>`;
    return html`${told}${kept}
<section class="first" data-live="first">${whereSection(view)}</section>
<div data-live="grants">${grantsSection(view)}</div>
<div data-live="approvals">${approvalSection(view)}</div>
<div data-live="accesses">${accessSection(view)}</div>
${adminSection(view)}
<div data-live="history">${historySection(view)}</div>`;
}

/** The address of the visitor, and whether they have access. */
function whereSection(view: HomeView): Markup {
    const { caller, addressProblem, grants, context, nowMs } = view;
    const shown = grants.map((grant) => ({ grant, ...grantState(grant, context.reports(), nowMs) }));
    const had = shown.filter(({ state }) => !["scheduled", "waiting", "refused"].includes(state));
    const titles = [...new Set(had.map(({ grant }) => accessNamed(context, grant.access)?.title ?? grant.access))];
    const named = titles.length > 2 ? `${titles.length} accesses` : titles.join(" and ");
    const isDoubtful = had.some(({ doubt }) => doubt !== undefined && doubt !== "new");
    const heading =
        titles.length === 0 ? withoutAccess(view) : `You have ${named}${isDoubtful ? ", not confirmed" : ""}`;
    const { ipv4Url } = context.settings;
    const byIpv4 =
        addressProblem?.includes("IPv6") && ipv4Url !== undefined
            ? html` <a href="${ipv4Url}/">Open the portal by IPv4</a>`
            : html``;
    const problem =
        addressProblem === undefined
            ? html`<p class="note">${caller.connection === undefined ? "What you are granted now is for this address." : html`Okta saw you there, and access is granted to it. This page sees you at <span class="address">${caller.connection}</span>.`}</p>`
            : html`<p class="bad-text">${sentence(addressProblem)}${byIpv4}</p>`;
    return html`<h1 id="summary">${heading}</h1>
<div class="where"><p class="lead">You come from <b class="address">${caller.address}</b></p>${elsewhere(had, caller.address)}${problem}</div>`;
}

/** Approvers and admins see the lists of others first. */
function withoutAccess({ mine, waiting, forApproval, forReview, caller }: HomeView): string {
    const count = forApproval.length + forReview.length;
    if (mine.length > 0 || waiting.length > 0 || (count === 0 && !caller.isAdmin)) return "You have no access";
    if (count === 0) return "Everybody's access";
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

export function sentence(text: string): string {
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
