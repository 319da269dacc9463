import { parseSpan, type Span, sizeOf } from "../addresses/ip";
import { unroutableRange } from "../addresses/unroutable";
import { quote } from "../errors/quote";

/** Which grants of a document are usable. */
export interface DocumentLimits {
    /** The shortest prefix that a grant may have: with 24, a grant of more than 256 addresses in a row is unusable. */
    readonly widestPrefix: number;
    /** Whether a grant may hold addresses from which no request reaches Okta, such as 10.0.0.1. @default false */
    readonly allowUnroutable?: boolean;
}

/** The addresses of the field `ip`, or a sentence on the first that cannot be granted. */
export function readAddresses(
    ip: string | readonly string[],
    limits: DocumentLimits,
): { readonly spans: readonly Span[]; readonly problem?: string } {
    const spans: Span[] = [];
    for (const text of typeof ip === "string" ? [ip] : ip) {
        const { span, problem } = parseSpan(text.trim());
        if (span === undefined) return { spans, problem };
        const refused = widthProblem(text, span, limits) ?? routeProblem(text, span, limits);
        if (refused !== undefined) return { spans, problem: refused };
        spans.push(span);
    }
    return { spans };
}

/** How many addresses in a row a grant may have. */
export function mostAddresses({ widestPrefix }: DocumentLimits): number {
    return 2 ** (32 - Math.max(1, widestPrefix));
}

/** The limit counts addresses, so that it applies to a range as it does to a CIDR. */
function widthProblem(text: string, span: Span, limits: DocumentLimits): string | undefined {
    const { widestPrefix } = limits;
    const most = mostAddresses(limits);
    if (sizeOf(span) <= most) return undefined;
    return `${quote(text)} holds ${sizeOf(span)} addresses; at most ${most} (a /${widestPrefix}) may be granted at once`;
}

function routeProblem(text: string, span: Span, { allowUnroutable = false }: DocumentLimits): string | undefined {
    const unroutable = allowUnroutable ? undefined : unroutableRange(span);
    if (unroutable === undefined) return undefined;
    const { range, what } = unroutable;
    const where = `${quote(text)} ${span.low === span.high ? "is in" : "has addresses in"} ${range} (${what})`;
    return `${where}, from which no request reaches Okta; grant the public address, or set allowUnroutable: true`;
}
