import { strict as assert } from "node:assert";

import { linearPattern } from "../../../src/core/patterns/linearPattern";

describe("linearPattern", () => {
    const whole: readonly (readonly [pattern: string, text: string, isWhole: boolean])[] = [
        ["^(INC|CHG)-\\d+$", "INC-4711", true],
        ["(INC|CHG)-\\d+", "INC-4711", true],
        ["INC-\\d+|CHG-\\d+", "CHG-1", true],
        ["INC-\\d+|CHG-\\d+", "CHG-1 and more", false],
        ["^(INC|CHG)-\\d+$", "INC-4711\n", false],
        ["^(INC|CHG)-\\d+$", "x INC-4711", false],
        ["[^ ]+", "Ärger-1", true],
        ["\\p{L}+", "Ärger", true],
    ];
    for (const [pattern, text, isWhole] of whole) {
        it(`${pattern} ${isWhole ? "describes" : "does not describe"} ${JSON.stringify(text)}`, () => {
            assert.equal(read(pattern).isWhole(text), isWhole);
        });
    }

    it("finds a part of a text", () => {
        assert.deepEqual(["prod-eu", "dev-prod"].map(read("^prod").isIn), [true, false]);
    });

    const refused: Readonly<Record<string, RegExp>> = {
        "(": /missing closing/,
        "[a": /missing closing \]/,
        "(?=a)b": /unsupported Perl syntax/,
        "(a)\\1": /invalid escape sequence/,
        "a{2000}": /invalid repeat count/,
        "((a{100}){100}){100}": /invalid repeat count/,
    };
    for (const [pattern, why] of Object.entries(refused)) {
        it(`refuses ${pattern}`, () => {
            const found = linearPattern(pattern);
            assert.match("problem" in found ? found.problem : "none", why);
        });
    }

    // Each of them takes JavaScript's own engine longer than anybody waits.
    for (const pattern of [
        "^(a+)+$",
        "(a|a)*b",
        "(a*)*b",
        "(.*a){25}b",
        "a*a*a*a*a*a*a*a*b",
        "(a|aa)+b",
        "([a-z]+)*\\d",
    ]) {
        it(`answers at once for ${pattern}, whatever the text`, () => {
            assert.equal(read(pattern).isWhole(`${"a".repeat(199)}!`), false);
        });
    }
});

function read(pattern: string) {
    const found = linearPattern(pattern);
    if ("problem" in found) throw new Error(found.problem);
    return found;
}
