import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

/** Which files of the checkout each file imports, by their paths from the root. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const PARTS = /^(?!\.|node_modules$|dist$)/;
const SOURCE = /\.(ts|cjs|mjs)$/;

/** Reads the imports of every source file. */
export function readImports(root: string): Imports {
    const files = readdirSync(root)
        .filter((name) => PARTS.test(name))
        .flatMap((name) => (SOURCE.test(name) ? [name] : sourcesIn(root, name)));
    return new Map(files.map((file) => [file, importsOf(root, file)]));
}

/** The test files that a change of a file touches: the file itself, or those that import it, directly or not. */
export function testsTouchedBy(file: string, imports: Imports): readonly string[] {
    const touched = new Set([file]);
    for (const each of touched) {
        for (const [importer, targets] of imports) if (targets.includes(each)) touched.add(importer);
    }
    return [...touched].filter((each) => each.endsWith(".test.ts")).sort();
}

function sourcesIn(root: string, part: string): readonly string[] {
    const path = join(root, part);
    if (!statSync(path).isDirectory()) return [];
    return readdirSync(path, { recursive: true, encoding: "utf8" })
        .filter((name) => SOURCE.test(name) && !name.includes("node_modules"))
        .map((name) => join(part, name));
}

function importsOf(root: string, file: string): readonly string[] {
    const text = readFileSync(join(root, file), "utf8");
    return ts
        .preProcessFile(text, true, true)
        .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
        .flatMap(({ fileName }) => {
            const target = resolve(root, dirname(file), fileName);
            const found = [target, `${target}.ts`, join(target, "index.ts")].find(
                (path) => SOURCE.test(path) && existsSync(path),
            );
            return found === undefined ? [] : [relative(root, found)];
        });
}
