import type { Selector } from "./grants";
import type { Span } from "./ip";
import { type MaxRemovals, parseMaxRemovals, parseSpans, parseWidestPrefix, WIDEST_PREFIX } from "./limits";

/** What people set for a membership besides the grants, as they write it. */
export interface RulesText {
    readonly staticGateways?: readonly string[] | undefined;
    readonly deny?: readonly string[] | undefined;
    readonly selector?: Selector | undefined;
    readonly widestPrefix?: string | number | undefined;
    readonly maxRemovals?: string | number | undefined;
}

export interface Rules {
    /** Entries to keep besides the grants. */
    readonly staticGateways: readonly Span[];
    /** Ranges that no grant may touch. */
    readonly deny: readonly Span[];
    /** Labels that a grant must have. */
    readonly selector: Selector;
    readonly widestPrefix: number;
    /** Undefined for no brake. */
    readonly maxRemovals: MaxRemovals | undefined;
}

/** @throws `bad-input` that names the setting */
export function parseRules(text: RulesText): Rules {
    const { staticGateways = [], deny = [], selector = {}, widestPrefix = WIDEST_PREFIX, maxRemovals } = text;
    return {
        staticGateways: parseSpans("staticGateways", staticGateways),
        deny: parseSpans("deny", deny),
        selector,
        widestPrefix: parseWidestPrefix(widestPrefix),
        maxRemovals: maxRemovals === undefined ? undefined : parseMaxRemovals(maxRemovals),
    };
}
