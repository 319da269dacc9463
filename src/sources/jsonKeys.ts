/**
 * Finds a key that an object has twice, which JSON.parse takes for its last
 * value: of two `expiresAt`, nobody can say which one was meant.
 *
 * @param json Valid JSON.
 * @returns Where it is, or undefined.
 */
export function duplicateKey(json: string): string | undefined {
    return scanJson(json).twice;
}

/** What JSON.parse does not tell of a text. */
export interface Scanned {
    /** As duplicateKey gives it. */
    readonly twice: string | undefined;
    /** The numbers that are written in another way than JavaScript writes them, in their order. */
    readonly oddNumbers: readonly { readonly index: number; readonly text: string }[];
}

/** @param json Valid JSON. */
export function scanJson(json: string): Scanned {
    const objects: Set<string>[] = [];
    const oddNumbers: { index: number; text: string }[] = [];
    let latest = { text: "", index: 0 };
    for (const { 0: token, index } of json.matchAll(TOKEN)) {
        if (token === "{") objects.push(new Set());
        else if (token === "}") objects.pop();
        else if (token === ":") {
            const { text, index } = latest;
            const key = JSON.parse(text) as string;
            if (objects.at(-1)?.has(key)) {
                return { twice: `the key ${text} is there twice in one object ${place(json, index)}`, oddNumbers };
            }
            objects.at(-1)?.add(key);
        } else if (token.startsWith('"')) latest = { text: token, index };
        else if (String(Number(token)) !== token) oddNumbers.push({ index, text: token });
    }
    return { twice: undefined, oddNumbers };
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}:]|-?\d[\d.eE+-]*/g;

function place(json: string, index: number): string {
    const lines = json.slice(0, index).split("\n");
    return `at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
