import { parseSpan, type Span } from "../addresses/ip";
import { fail } from "../errors/errors";

/** How many live granted entries one step may remove: a number, or a share of them. */
export type MaxRemovals = { readonly count: number } | { readonly percent: number };

/** The shortest prefix that a grant has by default: a /24, 256 addresses. */
export const WIDEST_PREFIX = 24;

/**
 * Reads `10` or `"50%"`.
 *
 * @throws `bad-input`
 */
export function parseMaxRemovals(value: string | number): MaxRemovals {
    const [, digits, sign] = /^(\d{1,9})(%?)$/.exec(String(value).trim()) ?? [];
    const amount = Number(digits);
    if (digits === undefined || (sign === "%" && amount > 100)) {
        return fail("bad-input", `maxRemovals "${value}" is neither a number such as 10 nor a percentage such as 50%`);
    }
    return sign === "%" ? { percent: amount } : { count: amount };
}

/** @throws `bad-input` for anything but a prefix length from 1 to 32: everything (/0) may never be granted. */
export function parseWidestPrefix(value: string | number): number {
    const length = Number(value);
    if (!Number.isInteger(length) || length < 1 || length > 32) {
        fail("bad-input", `widestPrefix "${value}" is not a prefix length from 1 to 32`);
    }
    return length;
}

/**
 * Reads a list of addresses, CIDRs and ranges of a setting.
 *
 * @param setting Its name, for the message.
 * @throws `bad-input`
 */
export function parseSpans(setting: string, texts: readonly string[]): Span[] {
    return texts.map((text) => {
        const { span, problem } = parseSpan(text.trim());
        return span ?? fail("bad-input", `${setting}: ${problem}`);
    });
}
