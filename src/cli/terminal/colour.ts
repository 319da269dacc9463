const [RED, GREEN, YELLOW, END] = [31, 32, 33, 0].map((code) => `\u001b[${code}m`) as [string, string, string, string];

/** What stands at the beginning of a line of our own, and its colour. */
const MARKS: readonly (readonly [mark: RegExp, colour: string])[] = [
    [/^( {2})(ok)(?= {2})/gm, GREEN],
    [/^( {2})(warn|unknown)(?= {2})/gm, YELLOW],
    [/^( {2})(fail|bad)(?= {2})/gm, RED],
    [/^( {2})(\+ \S+)$/gm, GREEN],
    [/^( {2})(- \S+)$/gm, RED],
    [/^()(DECIDE FIRST\.|Refused:|Left out of the document:)/gm, YELLOW],
    [/^()(warning:)/gm, YELLOW],
    [/^()(zonekeeper:)/gm, RED],
];

/**
 * A text for a terminal with its marks in colour. It is the last thing done to a text, after control characters were
 * escaped, so that no value can bring a colour of its own.
 */
export function coloured(text: string): string {
    return MARKS.reduce((all, [mark, colour]) => all.replace(mark, `$1${colour}$2${END}`), text);
}

/** Whether a stream gets colours: a terminal does, unless NO_COLOR is set (https://no-color.org). */
export function isColoured(
    stream: { readonly isTTY?: boolean },
    env: Readonly<Record<string, string | undefined>>,
): boolean {
    return stream.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
}
