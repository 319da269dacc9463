import { strict as assert } from "node:assert";

import { tableSql } from "../../../src/sources/postgres/table";

describe("tableSql", () => {
    const table: [text: string, sql: string | undefined][] = [
        ["grants", '"grants"'],
        ["Access.Grants", '"access"."grants"'],
        ['"Access".grants', '"Access"."grants"'],
        ['"a.b ""c"""', '"a.b ""c"""'],
        ["grants; DROP TABLE grants", undefined],
        // Beyond the table.
        ["_g$1", '"_g$1"'],
        ["größe", '"größe"'],
        ["ÄRGER.X", '"Ärger"."x"'],
        ["", undefined],
        ["a.b.c", undefined],
        ["a.", undefined],
        [".a", undefined],
        ["1a", undefined],
        ["a b", undefined],
        ['"a', undefined],
        ['""', undefined],
        ['"a" b', undefined],
        ['"a\0b"', undefined],
        ["a\n", undefined],
        ["x".repeat(63), `"${"x".repeat(63)}"`],
        ["x".repeat(64), undefined],
    ];
    for (const [text, sql] of table) {
        it(`${JSON.stringify(text)} is ${sql ?? "no name"}`, () => assert.equal(tableSql(text), sql));
    }
});
