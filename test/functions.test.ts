import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

import { ROOT } from "./support/run";

/** The most lines of a function. */
const MOST = 60;

interface Long {
    /** `src/a.ts functionName` */
    readonly name: string;
    readonly lines: number;
}

describe("the length of functions", () => {
    const long = ["src", "components", "policies"]
        .flatMap(sourcesIn)
        .flatMap((path) => longFunctionsIn(path, readFileSync(join(ROOT, path), "utf8")));

    it(`is at most ${MOST} lines in src, components and policies`, () => {
        assert.deepEqual(
            long.map(({ name, lines }) => `${name}: ${lines} lines`),
            [],
        );
    });

    for (const [what, text, expected] of [
        ["a function", (body: string) => `function f() {${body}}`, "f"],
        ["a function with a name of its own variable", (body: string) => `const g = () => {${body}};`, "g"],
        ["a method", (body: string) => `const a = { h() {${body}} };`, "h"],
        ["a function that is passed on", (body: string) => `call(() => {${body}});`, "anonymous"],
    ] as const) {
        it(`is measured: ${what}`, () => {
            assert.deepEqual(longFunctionsIn("a.ts", text("\n".repeat(MOST - 1))), []);
            assert.deepEqual(longFunctionsIn("a.ts", text("\n".repeat(MOST))), [
                { name: `a.ts ${expected}`, lines: MOST + 1 },
            ]);
        });
    }
});

function sourcesIn(folder: string): readonly string[] {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
    return files.filter((file) => /\.(ts|cjs)$/.test(file)).map((file) => join(folder, file));
}

function longFunctionsIn(path: string, text: string): readonly Long[] {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const lineAt = (position: number) => file.getLineAndCharacterOfPosition(position).line;
    const long: Long[] = [];
    const visit = (node: ts.Node) => {
        if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
            const lines = lineAt(node.getEnd()) - lineAt(node.getStart()) + 1;
            if (lines > MOST) long.push({ name: `${path} ${nameOf(node)}`, lines });
        }
        ts.forEachChild(node, visit);
    };
    visit(file);
    return long;
}

/** The name of a function, or of what it is assigned to. */
function nameOf({ name, parent }: ts.SignatureDeclaration): string {
    const named =
        name ?? (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name : undefined);
    return named?.getText() ?? "anonymous";
}
