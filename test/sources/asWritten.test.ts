import { strict as assert } from "node:assert";

import fc from "fast-check";

import { readDocument } from "../../src/sources/document/document";
import { parseJson } from "../../src/sources/document/json";

const read = (text: string) => readDocument([Buffer.from(text)], { widestPrefix: 24 });
const REST = '"ip": "198.51.100.1", "permanent": true';

describe("the id of a grant", () => {
    /** How it is written, and what it is; JSON knows only the first ones. */
    const both = ["7", "-7", "1.5", "1.0", "1.50", "1e3", "1E3", "-0", "1e21", "1e999", "0.1e1", "1234567890123456789"];
    const yamlOnly = ["007", "+7", "0x10", "0o7", "1_000", ".5", "5.", ".inf", "-.INF", ".nan", "1e+03", "0123"];
    const texts = ["yes", "no", "2026-12-01", "2026-12-01 18:00:00Z", "12:30", "1.2.3", "0b1", "1e", "True story"];

    for (const [kinds, ids] of [
        [["JSON", "YAML"], both],
        [["YAML"], [...yamlOnly, ...texts]],
    ] as const) {
        for (const kind of kinds) {
            it(`is what is written in ${kind}: ${ids.join(", ")}`, async () => {
                const list = ids.map((id) => `{ "id": ${id}, ${REST} }`).join(",\n");
                const { grants, unusable } = await read(`{ "grants": [\n${list}\n]${kind === "YAML" ? "," : ""} }`);
                assert.deepEqual([grants.map(({ id }) => id), unusable], [ids, []]);
            });
        }
    }

    it("is not there twice because two numbers have one value", async () => {
        const { grants } = await read(
            "grants:\n- &a {id: 007, ip: 198.51.100.1, permanent: true}\n- {id: 7, ip: 1.1.1.1, permanent: true}",
        );
        assert.deepEqual(
            grants.map(({ id }) => id),
            ["007", "7"],
        );
    });

    it("is there twice when a number and a text are written in one way", async () => {
        const { unusable } = await read(`{"grants":[{"id":"1.0",${REST}},{"id":1.0,${REST}}]}`);
        assert.deepEqual(
            unusable.map(({ id, reason }) => [id, reason]),
            [["1.0", "an earlier grant has this id"]],
        );
    });

    for (const [written, reason] of [
        ["~", "is missing; every grant needs an id of its own"],
        ["null", "is missing; every grant needs an id of its own"],
        ["", "is missing; every grant needs an id of its own"],
        ["true", "is true, which is no text; put it in quotes"],
        ["False", "is false, which is no text; put it in quotes"],
    ] as const) {
        it(`is not ${JSON.stringify(written)} without quotes`, async () => {
            const { unusable } = await read(
                `grants:\n- {id: ${written}, ip: 198.51.100.1, permanent: true}\n- {id: g1, ip: 1.1.1.1, permanent: true}`,
            );
            assert.deepEqual(
                unusable.map((entry) => [entry.field, entry.reason]),
                [["id", reason]],
            );
        });
    }
});

describe("user, reason and labels of a grant", () => {
    const texts = ["007", "7", "1.0", "0x10", "1e3", "12345678901234567890"];
    it(`are what is written: ${texts.join(", ")}`, async () => {
        for (const text of texts) {
            const entry = `{id: g, user: ${text}, reason: ${text}, labels: {ticket: ${text}, ${text}: x}, ip: 1.1.1.1, permanent: true}`;
            const { grants } = await read(`grants:\n- ${entry}\n`);
            const [{ user, reason, labels } = { user: "", reason: "", labels: {} }] = grants;
            assert.deepEqual([user, reason, labels], [text, text, { ticket: text, [text]: "x" }]);
        }
    });
});

describe("a document", () => {
    for (const more of [
        '"total": 4.0e1',
        '"total": 40.0',
        '"hasMore": 1.0',
        '"page": 2.0',
        '"nbf": 1.0, "offset": 1e1',
    ]) {
        it(`is a part of one also with ${more}`, async () => {
            await assert.rejects(read(`{"grants":[{"id":"g1",${REST}}],${more}}`), /is only a part/);
        });
    }

    it("admits nobody before a time that is written with a fraction", async () => {
        const { grants, unusable } = await read(
            `{"grants":[{"id":"g0",${REST}},{"id":"g1",${REST},"nbf":4070908800.0}]}`,
        );
        assert.deepEqual([grants.map(({ id }) => id), unusable.map(({ field }) => field)], [["g0"], ["nbf"]]);
    });
});

describe("parseJson", () => {
    it("reads what JSON.parse reads, where numbers are written as JavaScript writes them", () => {
        fc.assert(
            fc.property(fc.jsonValue(), (value) => {
                const text = JSON.stringify(value);
                assert.deepEqual(parseJson(text).document, JSON.parse(text));
            }),
        );
    });

    const digits = fc.stringMatching(/^[0-9]{1,30}$/);
    const number = fc
        .tuple(
            fc.constantFrom("", "-"),
            digits.map((text) => text.replace(/^0+(?=\d)/, "")),
            fc.option(digits, { nil: undefined }),
            fc.option(fc.stringMatching(/^[eE][+-]?[0-9]{1,3}$/), { nil: undefined }),
        )
        .map(([sign, whole, part, power]) => `${sign}${whole}${part === undefined ? "" : `.${part}`}${power ?? ""}`);

    it("makes one value of two numbers only where they are written in the same way", () => {
        fc.assert(
            fc.property(fc.array(number), (numbers) => {
                const { document } = parseJson(`{"a:1.0,":[ ${numbers.join(" , ")}]}`);
                assert.deepEqual((document as { readonly "a:1.0,": unknown[] })["a:1.0,"].map(String), numbers);
            }),
        );
    });

    for (const blank of [" ", "\n", "\r\n", "\t", "\r", ""]) {
        it(`reads whole numbers before ${JSON.stringify(blank)} as numbers`, () => {
            const text = `{"a"${blank}:${blank}7${blank},"b":[${blank}-1${blank},0${blank}]${blank}}`;
            assert.deepEqual(parseJson(text), { document: { a: 7, b: [-1, 0] }, depth: 2 });
        });
    }

    it("leaves texts with numbers in them as they are", () => {
        assert.deepEqual(parseJson('["1.0","\\"1.0",{"1.0":1.0}]').document, ["1.0", '"1.0', { "1.0": "1.0" }]);
    });
});
