import type { Document, Node } from "yaml";

/** What a text says, or a sentence on why it cannot be read, with line and column. */
export type ParsedYaml =
    | { readonly document: unknown; readonly problem?: never }
    | { readonly problem: string; readonly document?: never };

/**
 * Reads one YAML 1.2 document into plain data.
 *
 * Refuses what may mean two things or do harm: a key that is there twice, tags,
 * more than one document, aliases that hold themselves or multiply.
 */
export async function parseYaml(text: string): Promise<ParsedYaml> {
    const yaml = await import("yaml");
    const lineCounter = new yaml.LineCounter();
    const at = (offset: number | undefined) => {
        const { line, col } = lineCounter.linePos(offset ?? 0);
        return `at line ${line}, column ${col}`;
    };
    try {
        const document = yaml.parseDocument(text, {
            schema: "core",
            resolveKnownTags: false,
            // It compares each key with each other one; duplicates are found below.
            uniqueKeys: false,
            lineCounter,
            // Silent would also be silent about a second document.
            logLevel: "error",
        });
        const [error] = [...document.errors, ...document.warnings];
        if (error?.code === "MULTIPLE_DOCS") return { problem: "it has more than one YAML document" };
        if (error !== undefined) return { problem: `cannot be parsed: ${firstLine(error.message)}` };
        const trap = findTrap(document, yaml, at);
        return trap === undefined ? { document: document.toJS({ maxAliasCount: MOST_ALIASES }) } : { problem: trap };
    } catch (cause) {
        return { problem: `cannot be parsed: ${firstLine((cause as Error).message)}` };
    }
}

/** As many grants as an 8 MiB document can hold may share the anchor of one moment. */
const MOST_ALIASES = 100_000;

function findTrap(
    document: Document,
    { isScalar, visit }: typeof import("yaml"),
    at: (offset: number | undefined) => string,
): string | undefined {
    let trap: string | undefined;
    visit(document, {
        Map(_, map) {
            const seen = new Set<unknown>();
            for (const { key } of map.items) {
                const name = isScalar(key) ? String(key.value) : key;
                if (seen.has(name)) trap = `the key "${name}" is there twice ${at((key as Node).range?.[0])}`;
                seen.add(name);
            }
            return trap === undefined ? undefined : visit.BREAK;
        },
        Alias(_, alias, path) {
            const source = alias.resolve(document);
            if (source === undefined || !path.includes(source)) return undefined;
            trap = `the alias *${alias.source} holds itself ${at(alias.range?.[0])}`;
            return visit.BREAK;
        },
    });
    return trap;
}

/** The lines after the first one show the text around the error. */
function firstLine(message: string): string {
    return message.split("\n", 1)[0]?.replace(/:$/, "") ?? message;
}
