import { strict as assert } from "node:assert";

import { isCalled } from "../../../src/core/portal/types";
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
        "an\u034fa": "has a character that cannot be seen: U+034F",
        "an\ufe0fa": "has a character that cannot be seen: U+FE0F",
        "an\u{e0061}a": "has a character that cannot be seen: U+E0061",
        "ana\uff20example.com": "has a character that stands for another one: U+FF20 for @",
        "o\ufb03ce@example.com": "has a character that stands for another one: U+FB03 for ffi",
        "\u{1d41a}na": "has a character that stands for another one: U+1D41A for a",
        "\u0301na": "begins with a mark that belongs to a letter: U+0301",
        "jose\u0301": "is not in the usual spelling of its letters, which is jos\u00e9",
        "jos\u00e9@example.com": undefined,
        "\u0430na@example.com": "mixes letters of Latin and Cyrillic in one word",
        "an\u03b1": "mixes letters of Latin and Greek in one word",
        "\u0391\u0430": "mixes letters of Greek and Cyrillic in one word",
        "\u0418\u0432\u0430\u043d Petrov": undefined,
        "\u0438\u0432\u0430\u043d@example.com": undefined,
        "\u5c71\u7530 \u592a\u90ce": undefined,
        "\u5c71\u7530a": undefined,
        नमस्ते: undefined,
        "ana\u0000": "has a character that cannot be seen: U+0000",
        "ana\u00a0anders": "has a character that cannot be seen: U+00A0",
    };
    for (const [name, expected] of Object.entries(rows)) {
        it(`says ${expected ?? "nothing"} of ${JSON.stringify(name)}`, () =>
            assert.equal(userNameProblem(name), expected));
    }
});

describe("isCalled", () => {
    const person = { user: "00uJose", aliases: ["jos\u00e9@example.com", "jose\u0301@example.org"] };
    const rows: Readonly<Record<string, boolean>> = {
        "00uJose": true,
        "00ujose": false,
        "JOS\u00c9@example.com": true,
        "jose\u0301@example.com": true,
        "jos\u00e9@example.org": true,
        "jos\u00e9\uff20example.com": true,
        "jose@example.com": false,
        "jos\u0435\u0301@example.com": false,
    };
    for (const [name, expected] of Object.entries(rows)) {
        it(`says ${expected} of ${JSON.stringify(name)}`, () => assert.equal(isCalled(person, name), expected));
    }
});
