import { strict as assert } from "node:assert";

import { isBlank, userNameProblem } from "../../../src/core/portal/visible";

describe("isBlank", () => {
    const rows: Readonly<Record<string, boolean>> = {
        "": true,
        " \t\n": true,
        "\u200b": true,
        "\u00a0\u3000": true,
        "\ufeff\u2060\u00ad": true,
        "\u3164": true,
        "\u202e": true,
        x: false,
        "\u200bx": false,
        "–": false,
    };
    for (const [text, expected] of Object.entries(rows)) {
        it(`says ${expected} of ${JSON.stringify(text)}`, () => assert.equal(isBlank(text), expected));
    }
});

describe("userNameProblem", () => {
    const space = "begins or ends with a space";
    const rows: Readonly<Record<string, string | undefined>> = {
        "ana@example.com": undefined,
        "Ana Anders": undefined,
        "änä@example.com": undefined,
        " ana@example.com": space,
        "ana@example.com ": space,
        "ana@example.com\u00a0": space,
        "ana@example.com\n": space,
        "\u200b": "is empty",
        "ana\u200b@example.com": "has a character that cannot be seen: U+200B",
        "ana@example.com\u202e": "has a character that cannot be seen: U+202E",
        "a\u00adna": "has a character that cannot be seen: U+00AD",
        "ana\u0000": "has a character that cannot be seen: U+0000",
        "ana\u00a0anders": "has a character that cannot be seen: U+00A0",
    };
    for (const [name, expected] of Object.entries(rows)) {
        it(`says ${expected ?? "nothing"} of ${JSON.stringify(name)}`, () =>
            assert.equal(userNameProblem(name), expected));
    }
});
