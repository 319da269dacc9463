import { formatSpan, type Span } from "../addresses/ip";
import { fail } from "../errors/errors";
import type { Selector } from "../grants/selection";
import { judgeGateways } from "../judging/judgeGateways";
import { parseTimeToLive, type TimeToLive } from "../judging/judgeGrants";
import {
    DEFAULT_MAX_REMOVALS,
    DEFAULT_WINDOW_MS,
    type MaxRemovals,
    parseMaxRemovals,
    parseSpans,
    parseWidestPrefix,
    parseWindow,
    WIDEST_PREFIX,
} from "./limits";

/** The settings of a membership, as they are written. */
export interface RulesText {
    readonly staticGateways?: readonly string[] | undefined;
    readonly deny?: readonly string[] | undefined;
    readonly selector?: Selector | undefined;
    readonly widestPrefix?: string | number | undefined;
    readonly maxRemovals?: string | number | undefined;
    readonly maxRemovalsWindow?: string | undefined;
    readonly maxTimeToLive?: string | undefined;
    readonly permanent?: "allowed" | "refused" | undefined;
    readonly allowUnroutable?: boolean | undefined;
}

export interface Rules {
    /** Entries to keep besides the grants. */
    readonly staticGateways: readonly Span[];
    /** Ranges that no grant may touch. */
    readonly deny: readonly Span[];
    /** Labels that a grant must have. */
    readonly selector: Selector;
    readonly widestPrefix: number;
    /** How many known active grants may lose an address within the window. */
    readonly maxRemovals: MaxRemovals;
    /** How long a removal counts towards `maxRemovals`, in milliseconds of elapsed time. */
    readonly windowMs: number;
    /** How long a grant may last from now to be admitted; the policy pack checks the same. */
    readonly timeToLive: TimeToLive;
    /** Whether a grant may hold addresses from which no request reaches Okta: see DocumentLimits. */
    readonly allowUnroutable: boolean;
}

/** @throws `bad-input` that names the setting */
export function parseRules(text: RulesText): Rules {
    const { staticGateways = [], deny = [], selector = {}, widestPrefix = WIDEST_PREFIX, maxRemovals } = text;
    const { maxRemovalsWindow } = text;
    return {
        staticGateways: parseStatic(staticGateways),
        deny: parseSpans("deny", deny),
        selector,
        widestPrefix: parseWidestPrefix(widestPrefix),
        maxRemovals: maxRemovals === undefined ? DEFAULT_MAX_REMOVALS : parseMaxRemovals(maxRemovals),
        windowMs:
            maxRemovalsWindow === undefined ? DEFAULT_WINDOW_MS : parseWindow("maxRemovalsWindow", maxRemovalsWindow),
        timeToLive: {
            maxMs: text.maxTimeToLive === undefined ? undefined : parseTimeToLive(text.maxTimeToLive),
            permanent: text.permanent ?? "allowed",
        },
        allowUnroutable: text.allowUnroutable ?? false,
    };
}

/** However wide a single one may be, all of them together must not admit every address. */
function parseStatic(texts: readonly string[]): Span[] {
    const spans = parseSpans("staticGateways", texts);
    const gateways = spans.map(formatSpan);
    const [everybody] = judgeGateways({ subject: "staticGateways", gateways, widestPrefix: 0 });
    return everybody === undefined ? spans : fail("bad-input", `staticGateways: ${everybody.problem}`);
}
