import { formatSpan, parseSpan, type Span, sizeOf } from "../addresses/ip";
import { mergeSpans, overlapsSpan, subtractSpans } from "../addresses/spans";
import { SENTINEL, type Usage } from "../zones/zone";
import type { Finding } from "./judge";

/**
 * The shortest prefix of a gateway by default: a /16 has 65,536 addresses, such as
 * those of a campus. It is wider than the /24 that one grant may have, because a full
 * zone merges neighbouring grants.
 */
export const WIDEST_GATEWAY = 16;

export interface GatewaysInForce {
    /** The zone. */
    readonly subject: string;
    readonly gateways: readonly string[];
    /** A request from a trusted proxy may state any client address. @default none */
    readonly proxies?: readonly string[];
    /** @default "POLICY" */
    readonly usage?: Usage;
    /** A prefix length. */
    readonly widestPrefix: number;
}

/**
 *   entry                            in a POLICY zone                            in a BLOCKLIST zone
 *   198.51.100.300                   cannot be read                              cannot be read
 *   0.0.0.0/0                        admits everyone                             refuses everyone
 *   0.0.0.0/1, 128.0.0.0/1           each too wide; together they admit everyone together they refuse everyone
 *   198.50.0.0/15, and /16 is widest too wide                                    may be
 *   198.51.0.0/16, and /16 is widest may be                                      may be
 */
export function judgeGateways(input: GatewaysInForce): Finding[] {
    const { subject, gateways, proxies = [], usage = "POLICY", widestPrefix } = input;
    const effect = usage === "POLICY" ? "admits everybody" : "shuts out everybody";
    const widest = usage === "POLICY" ? widestPrefix : 0;
    const problems = [
        ...entryProblems("gateway", gateways, widest, effect),
        ...entryProblems("trusted proxy", proxies, widest, "lets everybody claim any address"),
    ];
    return problems.map((problem) => ({ rule: "gateway-too-wide", subject, problem }));
}

const EVERYBODY = 2 ** 32;

function entryProblems(kind: string, entries: readonly string[], widestPrefix: number, effect: string): string[] {
    const most = 2 ** (32 - widestPrefix);
    const spans: Span[] = [];
    const problems: string[] = [];
    for (const entry of entries) {
        const { span, problem } = parseSpan(entry, "clear");
        if (problem !== undefined) {
            problems.push(`${kind} ${problem}`);
            continue;
        }
        spans.push(span);
        const size = sizeOf(span);
        if (size === EVERYBODY) problems.push(`${kind} ${entry} ${effect}`);
        else if (size > most) {
            problems.push(`${kind} ${entry} holds ${size} addresses; one may hold ${most}, as a /${widestPrefix} does`);
        }
    }
    const isSplit = !spans.some((span) => sizeOf(span) === EVERYBODY);
    const isAll = mergeSpans(spans).some((span) => sizeOf(span) === EVERYBODY);
    return isSplit && isAll ? [...problems, `its ${kind} list as a whole ${effect}`] : problems;
}

export interface BlocklistInForce {
    /** The zone of usage BLOCKLIST. */
    readonly subject: string;
    readonly blocked: readonly string[];
    /** Own addresses, which must not be refused. */
    readonly own: readonly string[];
    /** The gateways of DefaultExemptIpZone, which are exempt from blocklists. @default none */
    readonly exempt?: readonly string[];
}

/** Checks a blocklist. Okta refuses its addresses before any policy: an own address there is a lock-out. */
export function judgeBlocklist({ subject, blocked, own, exempt = [] }: BlocklistInForce): Finding[] {
    const passes = mergeSpans(readable(exempt));
    const needed = mergeSpans(
        readable(own.filter((text) => text !== SENTINEL)).flatMap((span) => subtractSpans(span, passes)),
    );
    return readable(blocked)
        .filter((span) => overlapsSpan(needed, span))
        .map((span) => ({
            rule: "blocklist-shuts-out-own",
            subject,
            problem: `gateway ${formatSpan(span)} shuts out ${sharedWith(span, needed)}, which you gave static gateways: take it off the list`,
        }));
}

function readable(texts: readonly string[]): Span[] {
    return texts.flatMap((text) => parseSpan(text, "clear").span ?? []);
}

function sharedWith({ low, high }: Span, others: readonly Span[]): string {
    return others
        .filter((span) => span.low <= high && low <= span.high)
        .map((span) => formatSpan({ low: Math.max(span.low, low), high: Math.min(span.high, high) }))
        .join(", ");
}
