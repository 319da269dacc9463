import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeNamed, codeOf, sentenceOf } from "../../../src/core/errors/codes";
import { CODES, type CodeName } from "../../../src/core/errors/codeTable";
import { type Code, fail } from "../../../src/core/errors/errors";

const root = join(__dirname, "../../..");

/** That this compiles is the fact: the code of an error is the name of a row. */
const nameOf = (code: Code): CodeName => code;

function thrown(work: () => unknown): unknown {
    try {
        return work();
    } catch (error) {
        return error;
    }
}

describe("CODES", () => {
    it("is sorted, and has each code and each name once", () => {
        const codes = CODES.map(({ code }) => code);
        assert.deepEqual(codes, [...new Set(codes)].sort());
        assert.equal(new Set(CODES.map(({ name }) => name)).size, CODES.length);
    });

    it("says what each means and what to do, a sentence each", () => {
        const sentence = /^[A-Z][^\n]+\.$/;
        const odd = CODES.filter(({ meaning, remedy }) => !sentence.test(meaning) || !sentence.test(remedy));
        assert.deepEqual(odd, []);
    });

    it("has codes of three digits and names of small letters", () => {
        const odd = CODES.filter(({ code, name }) => !/^ZK\d{3}$/.test(code) || !/^[a-z]+(-[a-z]+)*$/.test(name));
        assert.deepEqual(odd, []);
    });
});

describe("codeOf", () => {
    it("gives an error the code of its row, with its message", () => {
        const error = thrown(() => fail("okta-forbidden", "PUT /api/v1/zones/nzo1: 403"));
        assert.deepEqual(codeOf(error), { code: "ZK102", message: "PUT /api/v1/zones/nzo1: 403" });
        assert.equal(sentenceOf(error), "PUT /api/v1/zones/nzo1: 403 [ZK102]");
    });

    it("knows every code of an error", () => {
        const source = readFileSync(join(root, "src/core/errors/errors.ts"), "utf8");
        const codes = [...source.matchAll(/^ {4}\| "([\w-]+)"/gm)].map(([, code = ""]) => code as Code);
        assert.ok(codes.length > 10);
        for (const code of codes) {
            assert.deepEqual(codeOf(Object.assign(new Error("x"), { code })), {
                code: codeNamed(nameOf(code)).code,
                message: "x",
            });
        }
    });

    for (const [title, error, message] of [
        ["an error without a code", new TypeError("x is undefined"), "x is undefined"],
        ["an error with somebody else's code", Object.assign(new Error("gone"), { code: "ENOENT" }), "gone"],
        ["a text", "nonsense", "nonsense"],
        ["nothing", undefined, "undefined"],
    ] as const) {
        it(`takes ${title} for a bug`, () => {
            assert.deepEqual(codeOf(error), { code: "ZK001", message });
        });
    }
});
