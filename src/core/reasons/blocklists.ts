import { formatSpan, parseSpan, type Span } from "../addresses/ip";
import { intersectSpan, mergeSpans, subtractSpans } from "../addresses/spans";
import { SENTINEL } from "../zones/zone";
import { type Reason, titleOf } from "./reason";

/** A zone of any type, as far as it is needed here. */
export interface ListedZone {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly status: string;
    readonly usage: string;
    readonly system: boolean;
    /** Canonical ranges; none in a dynamic zone. */
    readonly gateways: readonly string[];
}

/**
 * The effect of the blocklists of an org on granted addresses. Okta evaluates blocklists before any policy, and any
 * address of the chain counts, so a trusted proxy on a blocklist refuses every request through it.
 *
 *   an address is                                        weight
 *   in an active IP blocklist                            fault
 *   there, and in the default exempt zone                note: the exempt zone lifts blocks
 *   somewhere that an active dynamic blocklist may mean  doubt: place, network and service decide
 *   in an inactive blocklist                             -
 *
 * Source: Okta's help, "Blocklist network zones" and "IP exempt zone".
 *
 * @param addresses Ranges that are granted or in a zone, by a word for messages, such as `granted`.
 * @param zones All zones of the org.
 */
export function blocklistReasons(
    addresses: readonly { readonly what: string; readonly ranges: readonly string[] }[],
    zones: readonly ListedZone[],
): Reason[] {
    const blocklists = zones.filter(({ status, usage }) => status === "ACTIVE" && usage === "BLOCKLIST");
    const exempt = zones.filter(isExemptZone);
    const lifted = spansOf(exempt.flatMap(({ gateways }) => gateways));
    const byAddress = addresses.flatMap(({ what, ranges }) => {
        const spans = spansOf(ranges.filter((range) => range !== SENTINEL));
        return blocklists.flatMap((zone) => reasonsIn(what, spans, zone, lifted, exempt[0]));
    });
    const dynamic = blocklists.filter(({ type }) => type !== "IP").map(dynamicReason);
    return addresses.some(({ ranges }) => ranges.length > 0) ? [...byAddress, ...dynamic] : [];
}

function reasonsIn(
    what: string,
    spans: readonly Span[],
    zone: ListedZone,
    lifted: readonly Span[],
    exempt: ListedZone | undefined,
): Reason[] {
    const onIt = mergeSpans(spans.flatMap((span) => intersectSpan(span, spansOf(zone.gateways))));
    return onIt.flatMap((span): Reason[] => {
        const refused = subtractSpans(span, lifted).map(formatSpan).map(shortOf);
        const let_ = intersectSpan(span, lifted).map(formatSpan).map(shortOf);
        const by = `by the blocklist ${titleOf(zone)}`;
        return [
            ...refused.map((address): Reason => {
                const message = `${address} is ${what}, and refused before any policy ${by}`;
                return { kind: "blocked", subject: address, message, weight: "fault" };
            }),
            ...let_.map((address): Reason => {
                const over = exempt === undefined ? "" : `, but exempt by ${titleOf(exempt)}`;
                return {
                    kind: "exempt",
                    subject: address,
                    message: `${address} is listed ${by}${over}`,
                    weight: "note",
                };
            }),
        ];
    });
}

function dynamicReason(zone: ListedZone): Reason {
    const title = titleOf(zone);
    const message = `the dynamic blocklist ${title} refuses by place, network or service, before any policy: whom, its addresses do not tell`;
    return { kind: "dynamic-blocklist", subject: title, message, weight: "doubt" };
}

/** Whether it is Okta's zone that exempts from blocks; its flag is in no answer to a GET. */
export function isExemptZone({ system, name, status }: ListedZone): boolean {
    return system && name === "DefaultExemptIpZone" && status === "ACTIVE";
}

function spansOf(ranges: readonly string[]): Span[] {
    return mergeSpans(ranges.flatMap((range) => parseSpan(range, "clear").span ?? []));
}

function shortOf(range: string): string {
    return range.replace(/\/32$/, "");
}
