/**
 * Finds a key that an object has twice. JSON.parse silently takes the last value, but of two
 * `expiresAt` it is not known which one was meant.
 *
 * @param json Valid JSON.
 * @returns Where it is, or undefined.
 */
export function duplicateKey(json: string): string | undefined {
    return scanJson(json).twice;
}

/** Facts about a JSON text that JSON.parse does not give. */
export interface Scanned {
    /** As duplicateKey gives it. */
    readonly twice: string | undefined;
    /** The numbers that JavaScript would write in another way, in their order. */
    readonly oddNumbers: readonly { readonly index: number; readonly text: string }[];
    /** The deepest nesting of lists and maps. */
    readonly depth: number;
}

/** @param json Valid JSON. */
export function scanJson(json: string): Scanned {
    const objects: Set<string>[] = [];
    const oddNumbers: { index: number; text: string }[] = [];
    let [latestStart, latestEnd] = [0, 0];
    let [open, depth] = [0, 0];
    for (let index = 0; index < json.length; index++) {
        const code = json.charCodeAt(index);
        if (code === QUOTE) {
            [latestStart, latestEnd] = [index, endOfText(json, index)];
            index = latestEnd - 1;
        } else if (code === COLON) {
            const text = json.slice(latestStart, latestEnd);
            const key = text.includes("\\") ? (JSON.parse(text) as string) : text.slice(1, -1);
            const keys = objects.at(-1);
            if (keys?.has(key)) {
                const where = place(json, latestStart);
                return { twice: `the key ${text} is there twice in one object ${where}`, oddNumbers, depth };
            }
            keys?.add(key);
        } else if (code === OPENING || code === LIST) {
            if (code === OPENING) objects.push(new Set());
            depth = Math.max(depth, ++open);
        } else if (code === CLOSING || code === LIST_END) {
            if (code === CLOSING) objects.pop();
            open--;
        } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
            const end = endOfNumber(json, index);
            const text = json.slice(index, end);
            if (String(Number(text)) !== text) oddNumbers.push({ index, text });
            index = end - 1;
        }
    }
    return { twice: undefined, oddNumbers, depth };
}

const codeOf = (character: string) => character.charCodeAt(0);
const [QUOTE, COLON, OPENING, CLOSING] = [codeOf('"'), codeOf(":"), codeOf("{"), codeOf("}")];
const [BACKSLASH, MINUS, ZERO, NINE] = [codeOf("\\"), codeOf("-"), codeOf("0"), codeOf("9")];
const [LIST, LIST_END] = [codeOf("["), codeOf("]")];
const [POINT, PLUS, E] = [codeOf("."), codeOf("+"), codeOf("e")];

/** The index after the closing quote of the string that begins at `start`. */
function endOfText(json: string, start: number): number {
    for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
        let backslashes = 0;
        while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
        if (backslashes % 2 === 0) return end + 1;
    }
}

function endOfNumber(json: string, start: number): number {
    let end = start + 1;
    while (isOfNumber(json.charCodeAt(end))) end++;
    return end;
}

/** A digit, or one of `.eE+-`. */
function isOfNumber(code: number): boolean {
    return (code >= ZERO && code <= NINE) || code === MINUS || code === POINT || code === PLUS || (code | 0x20) === E;
}

function place(json: string, index: number): string {
    const lines = json.slice(0, index).split("\n");
    return `at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
