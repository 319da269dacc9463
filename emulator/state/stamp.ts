/** A moment as Okta writes it: whole seconds, always `.000Z`. */
export function stampOf(ms: number): string {
    return new Date(secondsOf(ms) * 1000).toISOString();
}

/** Whole seconds since 1970, as in `X-Rate-Limit-Reset`. */
export function secondsOf(ms: number): number {
    return Math.floor(ms / 1000);
}
