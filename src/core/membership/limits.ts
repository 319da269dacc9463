import { parseSpan, type Span } from "../addresses/ip";
import { fail } from "../errors/errors";

/** How many known active grants may lose an address: a number, a share of them, or as many as there are. */
export type MaxRemovals = { readonly count: number } | { readonly percent: number } | "off";

/** The removal brake by default: half of the known active grants. */
export const DEFAULT_MAX_REMOVALS: MaxRemovals = { percent: 50 };

/** A percentage always permits at least this many. */
export const LEAST_SHARE = 3;

/** How long removals count towards `maxRemovals` by default: 10 minutes of elapsed time. */
export const DEFAULT_WINDOW_MS = 600_000;

/** The shortest prefix that a grant has by default: a /24, 256 addresses. */
export const WIDEST_PREFIX = 24;

/**
 * Reads `10`, `"50%"` or `"off"`.
 *
 * @throws `bad-input`
 */
export function parseMaxRemovals(value: string | number): MaxRemovals {
    const text = String(value).trim();
    if (text === "off") return "off";
    const [, digits, sign] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
    const amount = Number(digits);
    if (digits === undefined || (sign === "%" && amount > 100)) {
        return fail(
            "bad-input",
            `maxRemovals "${value}" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off`,
        );
    }
    return sign === "%" ? { percent: amount } : { count: amount };
}

/**
 * How many removals the limit allows.
 *
 * @param active The known active grants, those removed within the window included.
 */
export function mostRemovals(limit: MaxRemovals, active: number): number {
    if (limit === "off") return Infinity;
    if ("count" in limit) return limit.count;
    return Math.max(LEAST_SHARE, Math.floor((limit.percent * active) / 100));
}

/**
 * Reads `90s`, `10m`, `12h` or `7d` in milliseconds.
 *
 * @throws `bad-input` that names the setting
 */
export function parseWindow(setting: string, text: string): number {
    const [, digits, unit = ""] = /^([1-9]\d{0,6})([smhd])$/.exec(text.trim()) ?? [];
    const factor = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
    if (digits !== undefined && factor !== undefined) return Number(digits) * factor;
    return fail("bad-input", `${setting} "${text}" is not a time such as 90s, 10m or 1h`);
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
