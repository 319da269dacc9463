import { parseSpan } from "../../core/addresses/ip";
import { type Evaluation, evaluateChain } from "../../core/chain/chain";
import { parseChain } from "../../core/chain/ipChain";
import { hasCode } from "../../core/errors/errors";
import { type StandingFacts, standingOfAddress, standingOfPerson } from "../../core/membership/standing";
import { decisive, type MembershipAnswer, whyOfViews } from "../../core/why/whyOfSeveral";
import type { FromOkta } from "../status/oktaAnswers";
import type { AgentView, GrantView, MembershipView, ZoneView } from "../status/view";
import { withFields } from "../status/withFields";
import { hiddenFields } from "./grants";
import { html, type Markup } from "./markup";
import { moment, relative } from "./moments";
import { hrefOf, type PageQuery } from "./query";
import { clipped, isIn } from "./who";
import { withCodes } from "./words";

/**
 * Whether an address or a person is in, and why: a form, and the answer.
 *
 * @param more.several Each of the memberships, where the answer is about all of them.
 * @param more.okta What Okta says, where it was asked.
 */
export function searchSection(view: AgentView, query: PageQuery, nowMs: number, more: AnswerSources = {}): Markup {
    const { address } = query;
    return html`<section class="search" aria-labelledby="search-heading">
<h2 id="search-heading" class="unseen">Is an address or a person in?</h2>
<form role="search" aria-label="Check an address or a person" action="./" method="get">
<label for="address">Is an address or a person in?</label>
<span class="field"><input id="address" name="address" type="text" value="${address}" maxlength="200" placeholder="203.0.113.7" autocomplete="off" spellcheck="false" aria-describedby="address-hint">
<button type="submit">Check</button></span>
<p id="address-hint" class="note">Or an IP chain, as in Okta's System Log: the last address is the one that connects to Okta. Or a login or user id.</p>
<label class="choice"><input id="okta" name="okta" type="checkbox" value="true"${query.address === "" || query.okta === true ? html` checked` : undefined}> Ask Okta as well: rules, blocklists, and from where they came in the last day</label>
${hiddenFields({ ...query, address: "", okta: undefined, page: 1 })}
</form>
<div data-live="answer">${address === "" ? undefined : answer(view, query, nowMs, more)}</div>
</section>`;
}

interface AnswerSources {
    readonly several?: readonly MembershipView[] | undefined;
    readonly okta?: FromOkta | undefined;
}

function answer(view: AgentView, query: PageQuery, nowMs: number, { several, okta }: AnswerSources): Markup {
    const { address: text } = query;
    let told: MembershipAnswer;
    try {
        const known = whyOfViews(several ?? [withFields(view, { name: undefined })], text, nowMs);
        told = decisive(okta?.answers ?? known);
    } catch (error) {
        if (!hasCode(error, "bad-input")) throw error;
        return html`<div class="answer"><p class="verdict problem">${error.message}</p></div>`;
    }
    const { subject, inside, because, next, membership } = told;
    const of = membership === undefined ? undefined : html` <span class="note">by <bdi>${membership}</bdi></span>`;
    const is = inside === undefined ? "may be in or not" : inside ? "is in" : "is not in";
    return html`<div class="answer ${inside === true ? "good" : "out"}">
<p class="verdict"><b><bdi>${clipped(subject)}</bdi></b> ${is}${of}.</p>
${zoneReasons(view, text)}
<p><bdi>${because.charAt(0).toUpperCase()}${because.slice(1)}</bdi>.</p>
${next === "" ? undefined : html`<p class="next">Next: <bdi>${next}</bdi></p>`}
${holders(grantsOf(view, text), nowMs)}
${chainOf(text) === undefined ? undefined : view.zones.filter((zone) => isSpreading(zone, nowMs)).map((zone) => spreading(zone, nowMs))}
${ofOkta(told, query, okta)}</div>`;
}

/** The facts from Okta: what denies or may deny access; or a link that reads them. */
function ofOkta({ lines }: MembershipAnswer, query: PageQuery, okta: FromOkta | undefined): Markup {
    if (okta === undefined) {
        return html`<p class="note"><a id="ask-okta" href="${hrefOf({ ...query, okta: true })}">Ask Okta as well</a>: rules, blocklists, and from where they came in the last day.</p>`;
    }
    if (okta.problem !== undefined)
        return html`<p class="note">This is what the agent knows. Okta: ${withCodes(okta.problem)}</p>`;
    const notable = lines.filter(({ status }) => status !== "ok");
    return html`<p class="note">Okta was asked as well.</p>
<ul class="reasons">${notable.map(({ message }) => html`<li><bdi>${clipped(message)}</bdi></li>`)}</ul>`;
}

/** Why each zone contains the address, or does not. */
function zoneReasons(view: AgentView, text: string): Markup | undefined {
    const chain = chainOf(text);
    if (chain === undefined) return undefined;
    const found = view.zones.map((zone) => ({ zone, ...evaluateChain(zone, chain) }));
    return html`<ul class="reasons">${found.map(zoneReason)}</ul>`;
}

/** The grants that the answer is about, active ones first. */
function grantsOf(view: AgentView, text: string): readonly GrantView[] {
    const chain = chainOf(text);
    if (chain === undefined) return standingOfPerson(factsOf(view), text).grants;
    const evaluations = view.zones.map((zone) => evaluateChain(zone, chain));
    const deciding = evaluations.find(({ inside }) => inside) ?? evaluations[0];
    const { span } = parseSpan(deciding?.steps.at(-1)?.ip ?? chain.at(-1) ?? "");
    return span === undefined ? [] : standingOfAddress(factsOf(view), span).grants;
}

function factsOf({ zones, grants, holds, heldBecause, staticGateways }: AgentView): StandingFacts {
    const active = zones.filter(({ status, usage }) => status !== "INACTIVE" && usage !== "BLOCKLIST");
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

function zoneReason({ zone, inside, reason, ambiguous }: Evaluation & { readonly zone: ZoneView }): Markup {
    if (zone.usage === "BLOCKLIST" && inside) {
        return html`<li><bdi>${clipped(zone.name)}</bdi>: the zone is a blocklist, so Okta refuses the request.</li>`;
    }
    const doubt = ambiguous ? " Okta's own texts differ on such a chain: do not rely on it." : "";
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
