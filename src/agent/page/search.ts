import { parseSpan } from "../../core/addresses/ip";
import { type Evaluation, evaluateChain } from "../../core/chain/chain";
import { parseChain } from "../../core/chain/ipChain";
import { hasCode } from "../../core/errors/errors";
import { type Standing, type StandingFacts, standingOfAddress, standingOfPerson } from "../../core/membership/standing";
import type { AgentView, GrantView, ZoneView } from "../watching/view";
import { html, type Markup } from "./markup";
import { moment, relative } from "./moments";
import type { PageQuery } from "./query";
import { clipped, isIn } from "./who";

/** Whether an address or a person is in, and why: a form, and the answer. */
export function searchSection(view: AgentView, { address, find, show }: PageQuery, nowMs: number): Markup {
    return html`<section class="search" aria-labelledby="search-heading">
<h2 id="search-heading" class="unseen">Is an address or a person in?</h2>
<form role="search" aria-label="Check an address or a person" action="/" method="get">
<label for="address">Is an address or a person in?</label>
<span class="field"><input id="address" name="address" type="text" value="${address}" maxlength="200" placeholder="203.0.113.7" autocomplete="off" spellcheck="false" aria-describedby="address-hint">
<button type="submit">Check</button></span>
<p id="address-hint" class="note">Or an IP chain, as in Okta’s System Log: the last address is the one that connects to Okta. Or a login or user id.</p>
${find === "" ? undefined : html`<input type="hidden" name="find" value="${find}">`}
${show === "in" ? undefined : html`<input type="hidden" name="show" value="${show}">`}
</form>
<div data-live="answer">${address === "" ? undefined : answer(view, address, nowMs)}</div>
</section>`;
}

function answer(view: AgentView, text: string, nowMs: number): Markup {
    const chain = chainOf(text);
    if (chain !== undefined) return answerOfChain(view, chain, nowMs);
    const standing = standingOfPerson(factsOf(view), text);
    if (standing.grants.length === 0 && !LOOKS_LIKE_A_USER.test(text)) {
        return html`<div class="answer"><p class="verdict problem">${problemOf(text)}</p></div>`;
    }
    return html`<div class="answer ${standing.isIn ? "good" : "out"}">
<p class="verdict"><b><bdi>${clipped(text)}</bdi></b> is ${standing.isIn ? "in" : "not in"}.</p>
${because(standing)}
${holders(standing.grants, nowMs)}</div>`;
}

/** A login with @, or an id of Okta's. Anything else that no grant names was meant to be an address. */
const LOOKS_LIKE_A_USER = /@|^00u\w+$/;

function answerOfChain(view: AgentView, chain: readonly string[], nowMs: number): Markup {
    const found = view.zones.map((zone) => ({ zone, ...evaluateChain(zone, chain) }));
    const isInside = found.some(({ inside }) => inside);
    const deciding = (found.find(({ inside }) => inside) ?? found[0])?.steps.at(-1)?.ip ?? chain.at(-1) ?? "";
    const { span } = parseSpan(deciding);
    const standing = span === undefined ? undefined : standingOfAddress(factsOf(view), span);
    return html`<div class="answer ${isInside ? "good" : "out"}">
<p class="verdict"><b>${chain.join(", ")}</b> is ${isInside ? "in" : "not in"}.</p>
<ul class="reasons">${found.map(zoneReason)}</ul>
${standing === undefined ? undefined : because(standing)}
${holders(standing?.grants ?? [], nowMs)}
${found.filter(({ zone }) => isSpreading(zone, nowMs)).map(({ zone }) => spreading(zone, nowMs))}</div>`;
}

function because({ because }: Standing): Markup {
    return html`<p><bdi>${because.charAt(0).toUpperCase()}${because.slice(1)}</bdi>.</p>`;
}

function factsOf({ zones, grants, holds, heldBecause, staticGateways }: AgentView): StandingFacts {
    const active = zones.filter(({ status }) => status !== "INACTIVE");
    return { gateways: active.flatMap(({ gateways }) => gateways), grants, holds, heldBecause, staticGateways };
}

function chainOf(text: string): readonly string[] | undefined {
    try {
        return parseChain(text);
    } catch (error) {
        if (hasCode(error, "bad-input")) return undefined;
        throw error;
    }
}

function problemOf(text: string): string {
    try {
        parseChain(text);
        return "";
    } catch (error) {
        return (error as Error).message;
    }
}

function zoneReason({ zone, reason, ambiguous }: Evaluation & { readonly zone: ZoneView }): Markup {
    const doubt = ambiguous ? " Okta’s own texts differ on such a chain: do not rely on it." : "";
    return html`<li><bdi>${clipped(zone.name)}</bdi>: ${reason}.${doubt}</li>`;
}

const MOST_HOLDERS = 10;

/** The grants that the answer is about. */
function holders(grants: readonly GrantView[], nowMs: number): Markup {
    if (grants.length === 0) return html``;
    const list = grants.slice(0, MOST_HOLDERS).map((grant) => html`<li>${holder(grant, nowMs)}</li>`);
    return html`<ul class="holders">${list}</ul>${grants.length > MOST_HOLDERS ? html`<p>And ${grants.length - MOST_HOLDERS} more.</p>` : undefined}`;
}

function holder(grant: GrantView, nowMs: number): Markup {
    const { id, user, state, startsAt, expiresAt } = grant;
    const end = expiresAt === undefined ? html`without end` : html`ends ${relative(expiresAt, nowMs)}`;
    const when = state === "scheduled" && startsAt !== undefined ? html`starts ${relative(startsAt, nowMs)}` : end;
    return html`<bdi>${clipped(user ?? "no name")}</bdi> <bdi class="id">${clipped(id)}</bdi> ${isIn(grant) ? "" : `(${state}) `}${when}`;
}

function isSpreading({ effectiveAt }: ZoneView, nowMs: number): boolean {
    return effectiveAt !== undefined && Date.parse(effectiveAt) > nowMs;
}

function spreading({ name, acceptedAt, effectiveAt }: ZoneView, nowMs: number): Markup {
    if (acceptedAt === undefined || effectiveAt === undefined) return html``;
    return html`<p class="note">Okta took a change of <bdi>${clipped(name)}</bdi> at ${moment(acceptedAt, nowMs)}; until about
${moment(effectiveAt, nowMs)} some of its servers may decide by the list before.</p>`;
}
