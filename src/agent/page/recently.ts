import { DEFAULT } from "../../core/settings/agentSettings";
import type { LedgerLine } from "../events/events";
import { sentenceOf } from "../events/sentence";
import { html, type Markup } from "./markup";
import { moment } from "./moments";
import { withCodes, withZoneNames } from "./words";

/** More would be a ledger; `zonekeeper ledger tail` has it. */
export const RECENT_LINES = 15;

/** The latest lines of the ledger, newest first; undefined where it cannot be read. */
export function recentlySection(
    lines: readonly LedgerLine[] | undefined,
    zones: readonly { readonly id: string; readonly name: string }[],
    nowMs: number,
): Markup {
    return html`<section class="recently" aria-labelledby="recently-heading" data-live="recently">
<h2 id="recently-heading">Recently</h2>
${lines === undefined ? html`<p class="empty">The ledger cannot be read.</p>` : undefined}
${lines?.length === 0 ? html`<p class="empty">Nothing has happened yet.</p>` : undefined}
<ol>${(lines ?? []).map((line) => html`<li>${moment(line.at, nowMs)} ${withCodes(sentence(line, zones))}</li>`)}</ol>
</section>`;
}

const LONGEST = 240;

function sentence({ event }: LedgerLine, zones: Parameters<typeof withZoneNames>[1]): string {
    const { membership = DEFAULT } = event;
    const said = withZoneNames(sentenceOf(event), zones);
    const text = membership === DEFAULT ? said : `${membership}: ${said}`;
    return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
