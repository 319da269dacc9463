import { formatSpan, parseSpan, type Span } from "../addresses/ip";
import { overlapsSpan } from "../addresses/spans";
import { spanOfHop } from "../chain/hop";
import { userKey } from "../membership/denials";
import type { StandingGrant } from "../membership/standing";

/**
 * Makes a test of the grants that a question may be about, by which many grants become few before anything else looks at
 * them: those that touch one of its addresses, that name it as their user, or that have it as their id.
 *
 * @param text As whyOfView takes it.
 */
export function isAbout(text: string): (grant: Pick<StandingGrant, "id" | "user" | "ip">) => boolean {
    const subject = text.trim();
    const key = userKey(subject);
    const hops = subject.split(",").flatMap((hop) => spanOfHop(hop.trim().replace(/\/32$/, "")) ?? []);
    // Most grants are single addresses, whose text has one form: these are compared without being read.
    const single = new Set(hops.map(formatSpan));
    const touches = (range: string) =>
        range.endsWith("/32") && !range.includes("-") ? single.has(range) : isTouched(range, hops);
    return ({ id, user, ip }) =>
        id === subject || (user !== undefined && userKey(user) === key) || (hops.length > 0 && ip.some(touches));
}

function isTouched(range: string, hops: readonly Span[]): boolean {
    const { span } = parseSpan(range, "clear");
    return span !== undefined && hops.some((hop) => overlapsSpan([span], hop));
}
