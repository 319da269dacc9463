import type { AgentView, GrantView } from "../view";
import { html, type Markup } from "./markup";
import { relative } from "./moments";
import { counted, countPeople, isIn } from "./who";

/** The answer to "is all well, and who is in?" at one glance. */
export function summarySection({ grants, zones, notReady, isLeading }: AgentView, nowMs: number): Markup {
    const inside = grants.filter(isIn);
    const people = countPeople(inside);
    const state = isLeading
        ? notReady.length === 0
            ? { word: "In force", tone: "good" }
            : { word: "Not in force", tone: "bad" }
        : { word: "Standing by", tone: "calm" };
    return html`<section class="summary" aria-labelledby="summary-heading" data-live="summary">
<p class="state ${state.tone}" id="state">${state.word}</p>
<h1 id="summary-heading">${people === 0 ? "Nobody is in" : counted(people, "person is in", "people are in")}</h1>
<p class="lead">${inside.length === 0 ? html`No grant is in ${counted(zones.length, "zone")}.` : through(inside, zones.length, nowMs)}</p>
</section>`;
}

function through(inside: readonly GrantView[], zones: number, nowMs: number): Markup {
    const ends = inside.flatMap(({ state, expiresAt }) =>
        state === "leaving" || expiresAt === undefined ? [] : [expiresAt],
    );
    const next = ends.reduce<string | undefined>(
        (first, end) => (first === undefined || end < first ? end : first),
        undefined,
    );
    const late = inside.filter(({ state }) => state === "leaving").length;
    return html`Through ${counted(inside.length, "grant")} in ${counted(zones, "zone")}.
${next === undefined ? undefined : html`The next one ends ${relative(next, nowMs)}.`}
${late === 0 ? undefined : html`<b class="bad-text">${counted(late, "grant has", "grants have")} ended and ${late === 1 ? "is" : "are"} in still.</b>`}`;
}
