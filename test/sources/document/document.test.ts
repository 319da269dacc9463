import { strict as assert } from "node:assert";

import { readDocument } from "../../../src/sources/document/document";

const MIB = 1024 * 1024;
const read = (...pieces: (string | Uint8Array)[]) =>
    readDocument(
        pieces.map((piece) => Buffer.from(piece)),
        { widestPrefix: 24 },
    );
const idsOf = async (text: string | Uint8Array) => (await read(text)).grants.map(({ id }) => id);

describe("readDocument", () => {
    const good: [what: string, text: string | Uint8Array][] = [
        ["JSON", '{"grants":[{"id":"é","ip":"198.51.100.1","permanent":true}]}'],
        [
            "JSON indented with tabs",
            '{\n\t"grants": [\n\t\t{"id": "é", "ip": "198.51.100.1", "permanent": true}\n\t]\n}\n',
        ],
        ["JSON with a trailing comma, which is YAML", '{"grants":[{"id":"é","ip":"198.51.100.1","permanent":true},]}'],
        ["YAML", "grants:\n- id: é\n  ip: 198.51.100.1\n  permanent: true\n"],
        ["YAML with a byte order mark", "\ufeffgrants: [{ id: é, ip: 198.51.100.1, permanent: true }]"],
        ["YAML with line ends of Windows", "grants:\r\n- id: é\r\n  ip: 198.51.100.1\r\n  permanent: true\r\n"],
        ["YAML with an alias", "at: &at 198.51.100.1\ngrants: [{ id: é, ip: *at, permanent: true }]"],
    ];
    for (const [what, text] of good) {
        it(`reads ${what}`, async () => assert.deepEqual(await idsOf(text), ["é"]));
    }

    it("puts a letter together that arrives in two pieces", async () => {
        const bytes = Buffer.from('{"grants":[{"id":"é","ip":"198.51.100.1","permanent":true}]}');
        const cut = bytes.indexOf("é") + 1;
        assert.equal((await read(bytes.subarray(0, cut), bytes.subarray(cut))).grants[0]?.id, "é");
    });

    it("reads as many grants with one anchor as there are", async () => {
        const grants = Array.from({ length: 150 }, (_, index) => `- { id: ${index}, ip: *at, permanent: true }`);
        assert.equal((await idsOf(`at: &at 198.51.100.1\ngrants:\n${grants.join("\n")}`)).length, 150);
    });

    const bomb = [
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
        ...[1, 2, 3, 4, 5, 6].map((n) => `a${n}: &a${n} [${Array(10).fill(`*a${n - 1}`)}]`),
        "grants: *a6",
    ].join("\n");

    const bad: [what: string, text: string | Uint8Array, message: string | RegExp][] = [
        ["nothing", "", "it is empty; to grant nobody, write `grants: []`"],
        ["white space", " \n", "it is empty; to grant nobody, write `grants: []`"],
        ["a comment", "# none\n", 'the document has no list "grants"; nobody is `grants: []`'],
        ["HTML", "<!doctype html><p>Sign in", "it is HTML or XML, not YAML or JSON"],
        ["a sentence", "Bad gateway", 'the document has no list "grants"; nobody is `grants: []`'],
        ["another document", '{"people":[]}', 'the document has no list "grants"; nobody is `grants: []`'],
        [
            "another spelling",
            "Grants: []",
            'the document has no list "grants"; did you mean grants instead of "Grants"?',
        ],
        ["UTF-16", Buffer.from("\ufeffgrants: []", "utf16le"), "it is not UTF-8 text"],
        ["Latin 1", Buffer.from("grants: [] # \xe9", "latin1"), "it is not UTF-8 text"],
        [
            "half of a JSON document",
            '{"grants":[{"id":"g1","ip":"198.51',
            'cannot be parsed: Missing closing "quote at line 1, column 35',
        ],
        [
            "JSON with a word too many",
            '{"grants": [] x}',
            "cannot be parsed: Unexpected scalar at node end at line 1, column 15",
        ],
        [
            "a key twice, JSON",
            '{"grants":[],\n"grants":[]}',
            'the key "grants" is there twice in one object at line 2, column 1',
        ],
        ["a key twice, YAML", "grants: []\ngrants: []", 'the key "grants" is there twice at line 2, column 1'],
        [
            "tabs in YAML",
            "grants:\n\t- id: g1",
            "cannot be parsed: Tabs are not allowed as indentation at line 2, column 1",
        ],
        ["two YAML documents", "grants: []\n---\ngrants: []", "it has more than one YAML document"],
        ["a tag", "grants: !!set {}", "cannot be parsed: Unresolved tag: tag:yaml.org,2002:set at line 1, column 9"],
        [
            "a tag of another language",
            "grants: !!js/function x",
            "cannot be parsed: Unresolved tag: tag:yaml.org,2002:js/function at line 1, column 9",
        ],
        [
            "an alias of nothing",
            "grants: *x",
            "cannot be parsed: Unresolved alias (the anchor must be set before the alias): x at line 1, column 9",
        ],
        ["an alias in itself", "grants: &x [*x]", "the alias *x holds itself at line 1, column 13"],
        [
            "aliases that multiply",
            bomb,
            "its aliases multiply: they stand for more than 2,000,000 values at line 7, column 10",
        ],
        ["bottomless lists", "[".repeat(MIB), "cannot be parsed: nested too deep at line 1, column 61"],
        ["bottomless maps", "{a: ".repeat(MIB), /^cannot be parsed: nested too deep/],
        ["bottomless lists of lines", "- ".repeat(MIB), /^cannot be parsed: nested too deep/],
        ["bottomless keys", "? ".repeat(MIB), /^cannot be parsed: nested too deep/],
    ];
    for (const [what, text, message] of bad) {
        it(`does not take ${what} for an empty list`, async () => {
            await assert.rejects(read(text), { code: "source-unreadable", message });
        });
    }

    it("stops at 32 MiB, whatever is still to come", async () => {
        let pieces = 0;
        function* endless() {
            for (; ; pieces++) yield new Uint8Array(MIB).fill(32);
        }
        await assert.rejects(readDocument(endless(), { widestPrefix: 24 }), {
            code: "source-unreadable",
            message: "it is longer than 32 MiB",
        });
        assert.equal(pieces, 32);
    });

    it("does not spend its memory on a YAML document of more than 8 MiB", async () => {
        await assert.rejects(read(`grants: []\n${"#".repeat(8 * MIB)}`), {
            code: "source-unreadable",
            message: "it is not valid JSON, and too long to be YAML, which may have 8 MiB",
        });
    });
});
