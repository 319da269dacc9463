import { SENTINEL } from "../../core/zones/zone";
import type { ZoneView } from "../status/view";
import { html, type Markup } from "./markup";
import { moment, relative } from "./moments";
import { clipped } from "./who";

/** The share of the limit from which on the page suggests another shard. */
const NEARLY_FULL = 0.9;

/** How full each zone is, and since when its list is in force. */
export function zonesSection(zones: readonly ZoneView[], nowMs: number): Markup {
    return html`<section class="zones" aria-labelledby="zones-heading" data-live="zones">
<h2 id="zones-heading">Zones</h2>
<ul>${zones.map((zone) => zoneItem(zone, nowMs))}</ul>
</section>`;
}

function zoneItem(zone: ZoneView, nowMs: number): Markup {
    const { id, name, gateways, limit } = zone;
    const share = limit > 0 ? Math.min(1, gateways.length / limit) : 1;
    const tone = share >= 1 ? "bad" : share >= NEARLY_FULL ? "soon" : "good";
    return html`<li><h3><bdi>${clipped(name)}</bdi> <span class="id">${id}</span></h3>
<svg class="meter ${tone}" aria-hidden="true" width="100%" height="6"><rect class="track" width="100%" height="6" rx="3"/>
<rect class="fill" width="${(share * 100).toFixed(1)}%" height="6" rx="3"/></svg>
<p class="numbers"><b>${gateways.length}</b> of ${limit} gateways${aside(zone, share)}</p>
<p class="note">${inForce(zone, nowMs)}</p></li>`;
}

function aside({ gateways, status, usage }: ZoneView, share: number): string {
    if (status === "INACTIVE") return ", and the zone is inactive: nobody is inside";
    if (usage === "BLOCKLIST") return ", and the zone is a blocklist: Okta refuses these addresses";
    if (gateways.length === 1 && gateways[0] === SENTINEL) return ", the sentinel: nobody";
    return share >= 1 ? ", full" : "";
}

/** Okta's answer is known; how far its servers have applied the change within the next minute is not. */
function inForce({ acceptedAt, effectiveAt, inForceSince }: ZoneView, nowMs: number): Markup {
    if (acceptedAt === undefined || effectiveAt === undefined) {
        if (inForceSince === undefined) return html`Not read yet.`;
        return html`Unchanged since ${moment(inForceSince, nowMs)}.`;
    }
    const accepted = html`Accepted ${moment(acceptedAt, nowMs)}`;
    return Date.parse(effectiveAt) > nowMs
        ? html`${accepted}, effective everywhere <span class="soon-text">${relative(effectiveAt, nowMs)}</span>.`
        : html`${accepted}, effective since about ${moment(effectiveAt, nowMs)}.`;
}
