import { formatSpan, parseSpan, type Span, spanOf } from "../../core/addresses/ip";
import { coversSpan } from "../../core/addresses/spans";
import { type Evaluation, evaluateChain } from "../../core/chain/chain";
import { parseChain } from "../../core/chain/ipChain";
import { hasCode } from "../../core/errors/errors";
import type { AgentView, GrantView, ZoneView } from "../watching/view";
import { html, type Markup } from "./markup";
import { moment, relative } from "./moments";
import type { PageQuery } from "./query";
import { clipped, isIn } from "./who";

/** Is an address in, and why: a form, and the answer where somebody asked. */
export function searchSection(view: AgentView, { address, find, show }: PageQuery, nowMs: number): Markup {
    return html`<section class="search" aria-labelledby="search-heading">
<h2 id="search-heading" class="unseen">Is an address in?</h2>
<form role="search" aria-label="Check an address" action="/" method="get">
<label for="address">Is an address in?</label>
<span class="field"><input id="address" name="address" type="text" inputmode="decimal" value="${address}" maxlength="200" placeholder="203.0.113.7" autocomplete="off" spellcheck="false" aria-describedby="address-hint">
<button type="submit">Check</button></span>
<p id="address-hint" class="note">Or an IP chain, as in Okta’s System Log: the last address is the one that connects to Okta.</p>
${find === "" ? undefined : html`<input type="hidden" name="find" value="${find}">`}
${show === "in" ? undefined : html`<input type="hidden" name="show" value="${show}">`}
</form>
<div data-live="answer">${address === "" ? undefined : answer(view, address, nowMs)}</div>
</section>`;
}

function answer({ zones, grants }: AgentView, address: string, nowMs: number): Markup {
    const chain = chainOf(address);
    if (typeof chain === "string") return html`<div class="answer"><p class="verdict problem">${chain}</p></div>`;
    const found = zones.map((zone) => ({ zone, ...evaluateChain(zone, chain) }));
    const isInside = found.some(({ inside }) => inside);
    const deciding = (found.find(({ inside }) => inside) ?? found[0])?.steps.at(-1)?.ip ?? chain.at(-1) ?? "";
    return html`<div class="answer ${isInside ? "good" : "out"}">
<p class="verdict"><b>${chain.join(", ")}</b> is ${isInside ? "in" : "not in"}.</p>
<ul class="reasons">${found.map(zoneReason)}</ul>
${holders(grants, deciding, isInside, nowMs)}
${found.filter(({ zone }) => isSpreading(zone, nowMs)).map(({ zone }) => spreading(zone, nowMs))}</div>`;
}

function chainOf(address: string): readonly string[] | string {
    try {
        return parseChain(address);
    } catch (error) {
        if (hasCode(error, "bad-input")) return error.message;
        throw error;
    }
}

function zoneReason({ zone, reason, ambiguous }: Evaluation & { readonly zone: ZoneView }): Markup {
    const doubt = ambiguous ? " Okta’s own texts differ on such a chain: do not rely on it." : "";
    return html`<li><bdi>${clipped(zone.name)}</bdi>: ${reason}.${doubt}</li>`;
}

const MOST_HOLDERS = 10;

/** Whose grants hold the address that decides. */
function holders(grants: readonly GrantView[], address: string, isInside: boolean, nowMs: number): Markup {
    const span = spanOf(address);
    const holding = grants.filter(({ ip }) => ip.some((each) => covers(each, span)));
    if (holding.length === 0) {
        return html`<p>No grant has it${isInside ? ": it is a static gateway, or somebody else put it there" : ""}.</p>`;
    }
    const list = holding.slice(0, MOST_HOLDERS).map((grant) => html`<li>${holder(grant, nowMs)}</li>`);
    return html`<ul class="holders">${list}</ul>${holding.length > MOST_HOLDERS ? html`<p>And ${holding.length - MOST_HOLDERS} more.</p>` : undefined}`;
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

/** Most entries are single addresses, `a.b.c.d/32`, and need not be read to be told apart. */
function covers(entry: string, address: Span): boolean {
    if (entry.endsWith("/32")) return entry === formatSpan(address);
    const { span } = parseSpan(entry, "clear");
    return span !== undefined && coversSpan([span], address);
}
