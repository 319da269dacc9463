import { strict as assert } from "node:assert";
import fc from "fast-check";

import { duplicateKey } from "../../../src/sources/document/jsonKeys";

describe("duplicateKey", () => {
    const table: [json: string, found: string | undefined][] = [
        ["[]", undefined],
        ['{"a":1,"b":"a"}', undefined],
        ['{"a":{"a":[{"a":1},{"a":1}]}}', undefined],
        ['{"a":"\\"a\\":","b":"{"}', undefined],
        ['{"a":1,"a":2}', 'the key "a" is there twice in one object at line 1, column 8'],
        ['{"a":{"b":1},\n"a":2}', 'the key "a" is there twice in one object at line 2, column 1'],
        ['{"a":1,"\\u0061":2}', 'the key "\\u0061" is there twice in one object at line 1, column 8'],
        ['[{"x":[{"b":1,"b":1}]}]', 'the key "b" is there twice in one object at line 1, column 15'],
    ];
    for (const [json, found] of table) {
        it(`finds ${found ?? "nothing"} in ${json}`, () => assert.equal(duplicateKey(json), found));
    }

    it("finds nothing in what JSON.stringify wrote", () => {
        fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(duplicateKey(JSON.stringify(value)), undefined)));
    });

    it("takes a text of megabytes", () => {
        assert.equal(duplicateKey(JSON.stringify({ a: "x".repeat(20_000_000) })), undefined);
    });
});
