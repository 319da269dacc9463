import type { AgentView, GrantView } from "../status/view";
import { html, type Markup } from "./markup";
import { relative } from "./moments";
import { counted, countPeople, isIn } from "./who";

/** The answer to "is all well, and who is in?" at one glance. */
export function summarySection({ grants, zones, notReady, isLeading, lockState }: AgentView, nowMs: number): Markup {
    if (!isLeading) return lockState?.kind === "held" ? standby(lockState.by) : noLeader(lockState?.why);
    const inside = grants.filter(isIn);
    const people = countPeople(inside);
    return section({
        state:
            notReady.length === 0
                ? html`<p class="state good">In force</p>`
                : html`<p class="state bad">Not in force</p>`,
        heading: people === 0 ? "Nobody is in" : counted(people, "person is in", "people are in"),
        lead:
            inside.length === 0
                ? html`No grant is in ${counted(zones.length, "zone")}.`
                : through(inside, zones.length, nowMs),
    });
}

/** A standby reads no zone, so it does not know who is in. */
function standby(by: string | undefined): Markup {
    const who = by === undefined ? "Another one" : html`Another one, <bdi>${by}</bdi>,`;
    return section({
        state: html`<p class="state calm">Standing by</p>`,
        heading: "This agent stands by",
        lead: html`${who} leads and keeps the zones: its page shows who is in. This one takes over when that one is gone.`,
    });
}

function noLeader(why: string | undefined): Markup {
    return section({
        state: html`<p class="state bad">No leader</p>`,
        heading: "Nobody is known to lead",
        lead: html`This agent does not, so it writes no zone${why === undefined ? "" : html`: <bdi>${why}</bdi>`}.`,
    });
}

interface Summary {
    readonly state: Markup;
    readonly heading: string;
    readonly lead: Markup;
}

function section({ state, heading, lead }: Summary): Markup {
    return html`<section class="summary" aria-labelledby="summary-heading" data-live="summary">
${state}
<h1 id="summary-heading">${heading}</h1>
<p class="lead">${lead}</p>
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
