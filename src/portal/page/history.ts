import { html, type Markup } from "../../agent/page/markup";
import { isWaiting } from "../../core/portal/types";
import { accessNamed } from "../actions/decideRequest";
import { clockText } from "./forms";
import type { HomeView } from "./homeView";
import { clipped, sliceOf } from "./slice";

const BOUNDS = { most: 20, mostBytes: 2_500 };

/** What the visitor had, and what became of their requests. */
export function historySection({ past, decided, context, nowMs }: HomeView): Markup {
    const grants = past.map((grant) => ({
        atMs: grant.endedAtMs ?? grant.expiresAtMs,
        what: accessNamed(context, grant.access)?.title ?? grant.access,
        how: grant.endedBecause ?? "reached its end",
        why: grant.reason,
        had: html`had from ${clockText(grant.startsAtMs, nowMs)}, at ${grant.addresses.join(", ")}`,
    }));
    const requests = decided
        .filter(({ state }) => state !== "approved")
        .map((request) => ({
            atMs: request.createdAtMs,
            what: accessNamed(context, request.access)?.title ?? request.access,
            how: outcome(request.state, request.decidedBy, isWaiting(request, nowMs)),
            why: request.note ?? request.reason,
            had: html``,
        }));
    const lines = [...grants, ...requests].sort((a, b) => b.atMs - a.atMs);
    if (lines.length === 0) return html``;
    const { items } = sliceOf(
        lines,
        0,
        BOUNDS,
        ({ atMs, what, how, why, had }) =>
            html`<li>${clockText(atMs, nowMs)} <span><b>${what}</b> ${clipped(how)} <span class="note">${had}${why === undefined ? "" : ` · ${clipped(why)}`}</span></span></li>`,
    );
    return html`<section aria-labelledby="past"><h2 id="past">History</h2><ol class="history">${items}</ol></section>`;
}

function outcome(state: string, by: string | undefined, isOpen: boolean): string {
    if (state === "waiting" && !isOpen) return "was not decided in time";
    return by === undefined ? state : `${state} by ${by}`;
}
