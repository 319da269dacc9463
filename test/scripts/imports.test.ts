import { strict as assert } from "node:assert";
import { join } from "node:path";

import { type Imports, readImports, testsTouchedBy } from "../../scripts/test/imports";

const IMPORTS: Imports = new Map([
    ["src/a.ts", []],
    ["src/b.ts", ["src/a.ts"]],
    ["src/c.ts", ["src/d.ts"]],
    ["src/d.ts", ["src/c.ts"]],
    ["test/a.test.ts", ["src/a.ts"]],
    ["test/b.test.ts", ["src/b.ts", "test/support.ts"]],
    ["test/d.test.ts", ["src/d.ts"]],
    ["test/support.ts", []],
]);

describe("testsTouchedBy", () => {
    const cases: Readonly<Record<string, { readonly file: string; readonly tests: readonly string[] }>> = {
        "a file that another one imports": { file: "src/a.ts", tests: ["test/a.test.ts", "test/b.test.ts"] },
        "a test": { file: "test/a.test.ts", tests: ["test/a.test.ts"] },
        "what a test imports": { file: "test/support.ts", tests: ["test/b.test.ts"] },
        "files that import each other": { file: "src/c.ts", tests: ["test/d.test.ts"] },
        "a file that nobody imports": { file: "src/new.ts", tests: [] },
    };
    for (const [what, { file, tests }] of Object.entries(cases)) {
        it(`finds the tests of ${what}`, () => {
            assert.deepEqual(testsTouchedBy(file, IMPORTS), tests);
        });
    }
});

describe("readImports", () => {
    it("reads those of the checkout", () => {
        const imports = readImports(join(__dirname, "../.."));
        assert.ok(imports.get("src/core/addresses/spans.ts")?.includes("src/core/addresses/ip.ts"));
        assert.ok(testsTouchedBy("src/core/addresses/ip.ts", imports).includes("test/core/addresses/ip.test.ts"));
    });
});
