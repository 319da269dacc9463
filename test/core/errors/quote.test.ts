import { strict as assert } from "node:assert";

import { printable, quote } from "../../../src/core/errors/quote";

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

describe("printable", () => {
    const table: [text: string, shown: string][] = [
        ["g-101", "g-101"],
        ["Zoë 中", "Zoë 中"],
        ["two\n\tlines", "two\n\tlines"],
        ["\u001b[2J\u0007\r", "\\u001b[2J\\u0007\\u000d"],
        ["a line\r\nand another\r\n", "a line\nand another\n"],
        ["a\r\rb", "a\\u000d\\u000db"],
        ["\u009b31m\u007f", "\\u009b31m\\u007f"],
        ["a\u202e\u2066b", "a\\u202e\\u2066b"],
        ["שלום", "שלום"],
    ];
    for (const [text, shown] of table) {
        it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () => assert.equal(printable(text), shown));
    }
});
