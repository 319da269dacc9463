/** A problem as the API says it, with its full stop. The page's style begins it with a capital, as it may begin with the name of a field. */
export function ended(text: string): string {
    return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `the store is away` becomes `The store is away.` */
export function asSentence(text: string): string {
    return ended(`${text.charAt(0).toUpperCase()}${text.slice(1)}`);
}
