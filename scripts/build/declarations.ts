import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

import { ENTRIES } from "./entries";

/** Declares the types of the entries and of all that these name, file by file, in `dist/types`. */
export function declareTypes(root: string, dist: string): void {
    const waiting = ENTRIES.map(({ source }) => source).filter((source) => source !== "package/provider.ts");
    const done = new Set<string>();
    for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
        if (done.has(source)) continue;
        done.add(source);
        const isDeclared = source.endsWith(".d.cts");
        const text = isDeclared ? readFileSync(join(root, source), "utf8") : declarationOf(root, source);
        const path = join(dist, "types", isDeclared ? source : source.replace(/\.ts$/, ".d.ts"));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        for (const { fileName } of ts.preProcessFile(text).importedFiles) {
            if (fileName.startsWith(".")) waiting.push(sourceOf(normalize(join(dirname(source), fileName))));
        }
    }
}

/** What an import names: TypeScript, or JavaScript with a declaration beside it. */
function sourceOf(target: string): string {
    return target.endsWith(".cjs") ? target.replace(/\.cjs$/, ".d.cts") : `${target}.ts`;
}

const OPTIONS: ts.CompilerOptions = {
    isolatedDeclarations: true,
    declaration: true,
    stripInternal: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
};

/** @throws where the text alone does not say what the types are */
function declarationOf(root: string, source: string): string {
    const text = readFileSync(join(root, source), "utf8");
    const { outputText, diagnostics = [] } = ts.transpileDeclaration(text, {
        fileName: source,
        compilerOptions: OPTIONS,
        reportDiagnostics: true,
    });
    const problems = diagnostics.map(({ messageText, start = 0 }) => {
        const line = text.slice(0, start).split("\n").length;
        return `${source}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return outputText;
}
