/** The limits of the pauses between tries. */
export interface BackoffLimits {
    /** Before the second try, in milliseconds. */
    readonly firstMs: number;
    /** Without the random part, in milliseconds. @default no limit */
    readonly longestMs?: number;
}

/**
 * How long to wait before the next try, in milliseconds: the first pause, doubled with each further failure, at most
 * the longest, and up to a quarter more at random, so that many clients that failed together do not retry together.
 *
 * @param failures How often it has failed in a row, at least 1.
 * @param random From 0 up to, but not including, 1.
 */
export function backoffMs(failures: number, { firstMs, longestMs = Infinity }: BackoffLimits, random: number): number {
    return Math.round(Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (1 + random / 4));
}
