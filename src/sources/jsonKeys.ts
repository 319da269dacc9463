/**
 * Finds a key that an object has twice, which JSON.parse takes for its last
 * value: of two `expiresAt`, nobody can say which one was meant.
 *
 * @param json Valid JSON.
 * @returns Where it is, or undefined.
 */
export function duplicateKey(json: string): string | undefined {
    const objects: Set<string>[] = [];
    let latest = { text: "", index: 0 };
    for (const { 0: token, index } of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}:]/g)) {
        if (token === "{") objects.push(new Set());
        else if (token === "}") objects.pop();
        else if (token !== ":") latest = { text: token, index };
        else {
            const { text, index } = latest;
            const key = JSON.parse(text) as string;
            if (objects.at(-1)?.has(key)) return `the key ${text} is there twice in one object ${place(json, index)}`;
            objects.at(-1)?.add(key);
        }
    }
    return undefined;
}

function place(json: string, index: number): string {
    const lines = json.slice(0, index).split("\n");
    return `at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
