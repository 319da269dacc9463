import { RE2JS } from "re2js";

/** A regular expression from a setting. */
export interface LinearPattern {
    /** As it was written. */
    readonly source: string;
    /** Whether the whole text is one that it describes. */
    isWhole(text: string): boolean;
    /** Whether a part of the text is. */
    isIn(text: string): boolean;
}

/**
 * Reads a pattern for an engine that takes time proportional to pattern and text, as RE2 does: with `(a+)+`, JavaScript's own engine needs
 * longer than a day for forty letters, and nothing else runs meanwhile.
 *
 *   ^(INC|CHG)-\d+$   a pattern
 *   (a+)+             a pattern
 *   (?=a)b, (a)\1     none: RE2 has no lookaround and no references back
 *   a{2000}           none: 1000 is the most
 */
export function linearPattern(source: string): LinearPattern | { readonly problem: string } {
    try {
        const pattern = RE2JS.compile(source);
        return { source, isWhole: (text) => pattern.matches(text), isIn: (text) => pattern.matcher(text).find() };
    } catch (error) {
        const [, problem = "it cannot be read"] = /^error parsing regexp: (.*)$/s.exec((error as Error).message) ?? [];
        return { problem };
    }
}
