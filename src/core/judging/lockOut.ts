import { formatSpan, parseSpan, type Span } from "../addresses/ip";
import { mergeSpans, subtractSpans } from "../addresses/spans";
import { quote } from "../errors/quote";
import { SENTINEL, type Usage } from "../zones/zone";

/** An IP zone, as far as it decides whether a request reaches a policy. */
export interface DecidingZone {
    readonly name: string;
    readonly usage: Usage;
    readonly status: "ACTIVE" | "INACTIVE";
    readonly gateways: readonly string[];
    /** Whether it is DefaultExemptIpZone, whose gateways pass every blocklist. */
    readonly isExempt: boolean;
}

/**
 * The addresses that a change of blocklists or of the exempt zone locks out although another zone admits them: a
 * sentence, or undefined if there are none. Okta refuses a blocked address before any policy.
 *
 *   admitted by a zone blocked   exempt   locked out
 *   yes                yes       no       yes
 *   yes                yes       yes      no
 *   yes                no                 no
 *   no                                    no
 *
 * @example 'it would shut out 203.0.113.7/32, which zone "Staff" lets in'
 */
export function judgeLockOut(before: readonly DecidingZone[], after: readonly DecidingZone[]): string | undefined {
    const already = mergeSpans(shutOut(before));
    const newly = mergeSpans(shutOut(after).flatMap((span) => subtractSpans(span, already)));
    const [first] = newly;
    if (first === undefined) return undefined;
    const letsIn = after.filter((zone) => isIn(zone) && common(spansOf(zone), newly).length > 0);
    const more = newly.length > 1 ? ` and ${newly.length - 1} more` : "";
    const names = letsIn.map(({ name }) => quote(name)).join(", ");
    return `it would shut out ${formatSpan(first)}${more}, which zone ${names} lets in`;
}

function shutOut(zones: readonly DecidingZone[]): Span[] {
    const of = (which: (zone: DecidingZone) => boolean) => mergeSpans(zones.filter(which).flatMap(spansOf));
    const blocked = of(({ usage, status }) => usage === "BLOCKLIST" && status === "ACTIVE");
    const exempt = of(({ isExempt, status }) => isExempt && status === "ACTIVE");
    return common(of(isIn), blocked).flatMap((span) => subtractSpans(span, exempt));
}

function isIn({ usage, status, isExempt }: DecidingZone): boolean {
    return usage === "POLICY" && status === "ACTIVE" && !isExempt;
}

/** The intersection of both lists. @param b Sorted and disjoint. */
function common(a: readonly Span[], b: readonly Span[]): Span[] {
    return a.flatMap((span) => {
        const rest = mergeSpans(subtractSpans(span, b));
        return subtractSpans(span, rest);
    });
}

function spansOf({ gateways }: DecidingZone): Span[] {
    return gateways.filter((text) => text !== SENTINEL).flatMap((text) => parseSpan(text, "clear").span ?? []);
}
