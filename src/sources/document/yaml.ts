import type { Document } from "yaml";

import { type Numbers, plainData } from "./yamlData";

/** The parsed document, or a sentence on why it cannot be read, with line and column. */
export type ParsedYaml =
    | { readonly document: unknown; readonly problem?: never }
    | { readonly problem: string; readonly document?: never };

/**
 * Reads one YAML 1.2 document into plain data, in time that grows with its length and no faster.
 *
 * Refuses what is ambiguous or harmful: duplicate keys, tags,
 * more than one document, aliases that hold themselves or multiply, and depth.
 *
 * @param numbers Whether a number keeps how it was written, as an id needs it. @default "value"
 */
export async function parseYaml(text: string, numbers: Numbers = "value"): Promise<ParsedYaml> {
    // Not at the head of the file: most commands read no YAML.
    const yaml = require("yaml") as Yaml;
    const lineCounter = new yaml.LineCounter();
    const at = (offset: number | undefined) => {
        const { line, col } = lineCounter.linePos(offset ?? 0);
        return `at line ${line}, column ${col}`;
    };
    try {
        const [document, second] = documentsOf(text, yaml, lineCounter, at);
        if (document === undefined || second !== undefined) return { problem: "it has more than one YAML document" };
        const [error] = [...document.errors, ...document.warnings];
        if (error !== undefined) return { problem: `cannot be parsed: ${error.message} ${at(error.pos[0])}` };
        const { data, problem, offset } = plainData(document.contents, yaml, numbers);
        return problem === undefined ? { document: data } : { problem: `${problem} ${at(offset)}` };
    } catch (cause) {
        return { problem: `cannot be parsed: ${(cause as Error).message}` };
    }
}

type Yaml = typeof import("yaml");

/** A grants document has some ten levels. The parser recurses, and may end the process where the stack does. */
const DEEPEST = 60;

/** As parseDocument of the package, with a limit on nesting. */
function documentsOf(
    text: string,
    { Composer, Lexer, Parser }: Yaml,
    lineCounter: InstanceType<Yaml["LineCounter"]>,
    at: (offset: number) => string,
): Iterable<Document.Parsed> {
    const parser = new Parser(lineCounter.addNewLine);
    lineCounter.addNewLine(0);
    function* tokens() {
        for (const lexeme of new Lexer().lex(text)) {
            yield* parser.next(lexeme);
            if (parser.stack.length > DEEPEST) throw new Error(`nested too deep ${at(parser.offset)}`);
        }
        yield* parser.end();
    }
    // plainData checks for duplicate keys: the composer would compare each key of a map with every other.
    const composer = new Composer({ schema: "core", resolveKnownTags: false, uniqueKeys: false, logLevel: "error" });
    return composer.compose(tokens(), true, text.length);
}
