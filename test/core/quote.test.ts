import { strict as assert } from "node:assert";

import { quote } from "../../src/core/quote";

describe("quote", () => {
    const table: [value: unknown, quoted: string][] = [
        ["198.51.100.7", '"198.51.100.7"'],
        ["", '""'],
        ['a "b"\n\u001b[31m', '"a \\"b\\"\\n\\u001b[31m"'],
        ["x".repeat(80), `"${"x".repeat(80)}"`],
        ["x".repeat(81), `"${"x".repeat(80)}…"`],
        [7, "7"],
        [null, "null"],
        [undefined, "undefined"],
        [true, "true"],
        [["a", "b"], "a list"],
        [{ a: "b" }, "a map"],
    ];
    for (const [value, quoted] of table) {
        it(`writes ${quoted}`, () => assert.equal(quote(value), quoted));
    }
});
