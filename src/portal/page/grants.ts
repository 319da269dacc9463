import { html, type Markup } from "../../agent/page/markup";
import { DOUBT_TEXT, type GrantState, grantState, type ShownState } from "../../core/portal/agentReport";
import { durationText, formatDuration } from "../../core/portal/duration";
import type { PortalGrant, PortalRequest } from "../../core/portal/types";
import { accessNamed } from "../actions/decideRequest";
import { clockText, form, untilText } from "./forms";
import type { HomeView } from "./homeView";
import { clipped, pager, sliceOf } from "./slice";

const BOUNDS = { most: 12, mostBytes: 7_000 };

/** So many grants fit with a request, however long their texts are. */
const FEW = 2;

/** What each state means to the person who waits for it. */
export const STATE_TEXT: Readonly<Record<GrantState, readonly [word: string, look: string, meaning: string]>> = {
    scheduled: ["starts later", "", "Nobody is let in by it yet."],
    pending: ["on its way", "soon", "Okta does not have it yet. That takes a few seconds."],
    accepted: ["ready soon", "soon", "Okta has it, and spreads it to all its servers within about a minute."],
    effective: ["in force", "good", "Okta lets you in from this address."],
    waiting: ["waits", "soon", "Okta has no room for it, or a safety check holds it back. Tell your IT team."],
    leaving: ["leaving", "soon", "It has ended. Okta hears of it within seconds, and may still let you in until then."],
    ended: ["ended", "", "It has ended."],
    refused: ["refused", "bad", "Another limit does not allow it, so it lets nobody in. Tell your IT team."],
};

const TO_CONFIRM = [
    "confirm to begin",
    "soon",
    "It may begin. It lets in everybody who comes from the address that you confirm.",
] as const;

/** What the visitor has, each with its end and its buttons; and what they wait for. */
export function grantsSection(view: HomeView): Markup {
    const { grants, leaving, waiting } = view;
    const had = [
        ...grants.map((grant) => () => grantCard(view, grant)),
        ...leaving.map((grant) => () => leavingCard(view, grant)),
    ];
    const asked = waiting.map((request) => () => requestCard(view, request));
    // Where not all of them fit, what waits would be on the next page, as if it had not been asked for.
    const rows = had.length < FEW ? [...had, ...asked] : [...asked, ...had];
    if (rows.length === 0) return html``;
    const slice = sliceOf(rows, view.query.from.have, BOUNDS, (render) => render());
    return html`<section aria-labelledby="have"><h2 id="have">${had.length === 0 ? "What you have requested" : asked.length === 0 ? "What you have" : "What you have, and have requested"}</h2>
<ul class="cards">${slice.items}</ul>${pager(view.query, "have", "More that you have", slice)}</section>`;
}

function grantCard(view: HomeView, grant: PortalGrant): Markup {
    const { context, nowMs } = view;
    const shown = grantState(grant, context.reports(), nowMs);
    const title = accessNamed(context, grant.access)?.title ?? grant.access;
    const { meaning } = stateWords(grant, shown, nowMs);
    return html`<li class="card ${endsSoon(grant, nowMs) ? "soon" : ""}" id="grant-${grant.id}">
<div class="head"><h3>${title}${grant.isBreakGlass === true ? html` <span class="state bad">break-glass</span>` : html``}</h3>
${stateLabel(grant, shown, nowMs)}</div>
<p class="left">${leftOf(grant, nowMs)}</p>${bar(grant, nowMs)}
<p class="note"><span class="address">${grant.addresses.join(", ")}</span>${confirmedNote(shown)}${whyNote(grant)}</p>
<p class="note meaning">${shown.why === undefined ? meaning : shown.why}</p>
<div class="buttons">${buttons(view, grant)}</div></li>`;
}

/** Less than a quarter of an hour is left, and no more than half of a grant that is short from the beginning. */
export function endsSoon({ startsAtMs, expiresAtMs }: PortalGrant, nowMs: number): boolean {
    return startsAtMs <= nowMs && expiresAtMs - nowMs < Math.min(15 * 60_000, (expiresAtMs - startsAtMs) / 2);
}

/** It has ended, and its holder may still get in. */
function leavingCard({ context, nowMs }: HomeView, grant: PortalGrant): Markup {
    const shown = grantState(grant, context.reports(), nowMs);
    const title = accessNamed(context, grant.access)?.title ?? grant.access;
    return html`<li class="card over"><div class="head"><h3>${title}</h3>${stateLabel(grant, shown, nowMs)}</div>
<p class="note">Ended ${clockText(grant.endedAtMs ?? grant.expiresAtMs, nowMs)}, ${clipped(grant.endedBecause ?? "at its time")} · <span class="address">${grant.addresses.join(", ")}</span></p>
<p class="note meaning">${STATE_TEXT.leaving[2]}</p></li>`;
}

function leftOf(grant: PortalGrant, nowMs: number): Markup {
    if (nowMs < grant.startsAtMs) return html`starts in ${untilText(grant.startsAtMs, nowMs)}`;
    return html`${untilText(grant.expiresAtMs, nowMs)} <span class="unit">left, until ${clockText(grant.expiresAtMs, nowMs)}</span>`;
}

/** How much of the time is left. */
function bar({ startsAtMs, expiresAtMs }: PortalGrant, nowMs: number): Markup {
    const part = Math.max(0, Math.min(1, (expiresAtMs - nowMs) / (expiresAtMs - startsAtMs)));
    const width = Math.round(part * 1000) / 10;
    return html`<svg class="bar" aria-hidden="true" viewBox="0 0 100 1" preserveAspectRatio="none"><rect class="track" width="100" height="1"/>
<rect class="fill" width="${width}" height="1" data-from="${startsAtMs}" data-to="${expiresAtMs}"/></svg>`;
}

function confirmedNote({ doubt, state }: ShownState): Markup {
    return doubt === undefined || doubt === "new" || state === "scheduled"
        ? html``
        : html` · <b>not confirmed</b>: ${DOUBT_TEXT[doubt]}`;
}

/** A state as a label; one that nobody confirms does not look as if all were well. */
export function stateLabel(grant: PortalGrant, shown: ShownState, nowMs: number): Markup {
    const { state, doubt } = shown;
    const { word, look, meaning } = stateWords(grant, shown, nowMs);
    // What is new is on its way: its state says so, and nothing is wrong yet.
    const isDoubtful = doubt !== undefined && doubt !== "new" && state !== "scheduled" && state !== "ended";
    if (!isDoubtful) return html`<span class="state ${look}" title="${meaning}">${word}</span>`;
    return html`<span class="state ${look === "good" ? "soon" : look}" title="The service that passes access on to Okta does not confirm this now.">${word}, not confirmed</span>`;
}

/** A start that has come and waits for its owner is not one that is still to come. */
function stateWords({ isUnconfirmed, startsAtMs }: PortalGrant, { state, doubt }: ShownState, nowMs: number) {
    // Without an agent that is heard of, it takes longer than a few seconds.
    if (state === "pending" && doubt !== undefined && doubt !== "new") {
        const [word, look] = STATE_TEXT.pending;
        return { word, look, meaning: "Okta does not have it yet." };
    }
    const isAsked = state === "scheduled" && isUnconfirmed === true && startsAtMs <= nowMs;
    const [word, look, meaning] = isAsked ? TO_CONFIRM : STATE_TEXT[state];
    return { word, look, meaning };
}

function whyNote({
    ticket,
    reason,
    approvedBy,
    grantedBy,
}: Partial<Pick<PortalGrant, "ticket" | "reason" | "approvedBy" | "grantedBy">>): Markup {
    const parts = [
        ticket && clipped(ticket, 80),
        reason && clipped(reason),
        approvedBy && clipped(`approved by ${approvedBy.join(", ")}`),
        grantedBy && `granted by ${grantedBy}`,
    ].filter((part) => part !== undefined);
    return parts.length === 0 ? html`` : html` · ${parts.join(" · ")}`;
}

function buttons({ csrf, caller, context, nowMs, addressProblem }: HomeView, grant: PortalGrant): Markup[] {
    const at = `/do/grants/${grant.id}`;
    const access = accessNamed(context, grant.access);
    const isHere = grant.addresses.includes(caller.address);
    const found: Markup[] = [];
    const choices = access === undefined ? [] : extensions(grant, access.duration.maxMs, access.duration.usualMs);
    if (access?.duration.isExtendable && choices.length > 0 && grant.isBreakGlass !== true) {
        const { startsAtMs, expiresAtMs, approvedUntilMs } = grant;
        const options = choices.map(
            (ms) =>
                html`<option value="${formatDuration(ms)}">by ${durationText(startsAtMs + ms - expiresAtMs)}</option>`,
        );
        const label = `Extend ${access.title}`;
        // Beyond what approvers agreed to, an extension is a request to them.
        const verb = approvedUntilMs === undefined ? "Extend" : "Request more";
        found.push(
            form(
                csrf,
                `${at}/extend`,
                html`<button aria-label="${label}">${verb}</button><select name="duration" aria-label="${label}: by how much">${options}</select>`,
                "joined",
            ),
        );
    }
    if (grant.isUnconfirmed === true && nowMs >= grant.startsAtMs && addressProblem === undefined) {
        found.push(
            form(csrf, `${at}/address`, html`<button class="primary">Begin now, from ${caller.address}</button>`),
        );
    } else if (
        !isHere &&
        grant.approvedUntilMs === undefined &&
        addressProblem === undefined &&
        grant.isUnconfirmed !== true
    ) {
        found.push(form(csrf, `${at}/address`, html`<button>Add ${caller.address}</button>`));
    }
    found.push(
        form(
            csrf,
            `${at}/revoke`,
            html`<button class="quiet" aria-label="Give back ${access?.title ?? grant.access}">Give back</button>`,
        ),
    );
    return found;
}

/** Durations from the start that are longer than now: by steps of the usual duration, and the longest. */
function extensions({ startsAtMs, expiresAtMs }: PortalGrant, maxMs: number, stepMs: number): number[] {
    const present = expiresAtMs - startsAtMs;
    const steps = [1, 2, 3, 4].map((count) => Math.ceil(present / stepMs) * stepMs + (count - 1) * stepMs);
    const longer = steps.filter((ms) => ms > present && ms < maxMs);
    return present < maxMs ? [...longer, maxMs] : [];
}

function requestCard({ csrf, context, nowMs }: HomeView, request: PortalRequest): Markup {
    const access = accessNamed(context, request.access);
    const needed = (access?.approval?.count ?? 1) - request.approvals.length;
    return html`<li class="card"><div class="head"><h3>${access?.title ?? request.access}</h3><span class="state soon">waits for approval</span></div>
<p class="left">${durationText(request.durationMs)} <span class="unit">${request.extendsGrant === undefined ? "requested" : "in all, requested"}</span></p>
<p class="note"><span class="address">${request.address}</span>${whyNote(request)}</p>
<p class="note meaning">${missingText(request, needed)} The request lapses in ${untilText(request.decideByMs, nowMs)}.</p>
<div class="buttons">${form(csrf, `/do/requests/${request.id}`, html`<input type="hidden" name="decision" value="withdraw"><button class="quiet">Withdraw</button>`)}</div></li>`;
}

function missingText({ waitsFor }: PortalRequest, needed: number): string {
    if (waitsFor !== undefined) return `${waitsFor}.`;
    return needed === 1 ? "One approval is missing." : `${needed} approvals are missing.`;
}
