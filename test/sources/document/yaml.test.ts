import { strict as assert } from "node:assert";

import fc from "fast-check";
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument } from "yaml";

import { parseYaml } from "../../../src/sources/document/yaml";
import { plainData } from "../../../src/sources/document/yamlData";

const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join("");

describe("parseYaml", () => {
    const good: readonly (readonly [what: string, text: string, data: unknown])[] = [
        ["nothing", "", null],
        ["scalars", "[a, 1, 1.5, true, null, ~, 2026-01-01]", ["a", 1, 1.5, true, null, null, "2026-01-01"]],
        ["a key without a value", "a:\nb: 1", { a: null, b: 1 }],
        ["keys that are no texts", "{1: a, true: b, ~: c}", { 1: "a", true: "b", "": "c" }],
        ["an alias of a text", "a: &x b\nc: *x", { a: "b", c: "b" }],
        ["an alias of a list", "a: &x [b]\nc: *x", { a: ["b"], c: ["b"] }],
        ["an alias as a key", "a: &x b\n*x : c", { a: "b", b: "c" }],
        ["an anchor that is set again: the latest counts", "[&x a, *x, &x b, *x]", ["a", "a", "b", "b"]],
        ["an anchor that is set again within itself", "a: &x [&x b, *x]\nc: *x", { a: ["b", "b"], c: ["b", "b"] }],
        [
            "a merge key, which YAML 1.2 does not know",
            "a: &x {b: 1}\nc: {<<: *x}",
            { a: { b: 1 }, c: { "<<": { b: 1 } } },
        ],
    ];
    for (const [what, text, data] of good) {
        it(`reads ${what}`, async () => assert.deepEqual(await parseYaml(text), { document: data }));
    }

    it("reads a key __proto__ as any other key", async () => {
        const { document } = await parseYaml("{__proto__: {a: 1}}");
        assert.deepEqual(Object.keys(document as object), ["__proto__"]);
        assert.equal((document as { a?: unknown }).a, undefined);
    });

    const bad: readonly (readonly [what: string, text: string, problem: string])[] = [
        ["an alias within its anchor", "a: &x {b: [*x]}", "the alias *x holds itself at line 1, column 12"],
        ["an alias as a key of what it stands for", "&x {*x : 1}", "the alias *x holds itself at line 1, column 5"],
        ["a key twice, once by an alias", "a: &x b\nb: 1\n*x : 2", 'the key "b" is there twice at line 3, column 1'],
        ["a key twice, as a number and a text", '{1: a, "1": b}', 'the key "1" is there twice at line 1, column 8'],
        ["a list as a key", "? [a]\n: b", "a list or a map cannot be a key at line 1, column 3"],
        [
            "a long text that is repeated",
            `a: &x ${"y".repeat(500_000)}\nb:\n${"- *x\n".repeat(600)}`,
            "its aliases multiply: they stand for more than 2,000,000 values at line 258, column 3",
        ],
    ];
    for (const [what, text, problem] of bad) {
        it(`refuses ${what}`, async () => assert.deepEqual(await parseYaml(text), { problem }));
    }

    it("reads what JSON says as JSON does", async () => {
        await fc.assert(
            fc.asyncProperty(fc.jsonValue({ noUnicodeString: true } as object), async (value) => {
                const text = JSON.stringify({ value });
                assert.deepEqual((await parseYaml(text)).document, JSON.parse(text));
            }),
            { numRuns: 200 },
        );
    });

    describe("in linear time", () => {
        const kinds: readonly (readonly [what: string, text: (count: number) => string])[] = [
            [
                "grants that share an anchor",
                (n) => `end: &end x\ngrants:\n${lines(n, (i) => `- {id: ${i}, expiresAt: *end}\n`)}`,
            ],
            [
                "an anchor each, and an alias of the one before",
                (n) => `- &a0 x\n${lines(n, (i) => `- &a${i + 1} [*a${i % 9}]\n`)}`,
            ],
            ["an anchor that is set again each time", (n) => lines(n, () => "- &a x\n- *a\n")],
            [
                "lists in lists, with an alias in the innermost",
                (n) => `- &a x\n${lines(n, () => `- ${"[".repeat(4)}*a${"]".repeat(4)}\n`)}`,
            ],
            ["keys of one map", (n) => lines(n, (i) => `k${i}: v\n`)],
            ["one list on one line", (n) => `[${lines(n, () => "a, ")}]`],
        ];

        /** How often a document's nodes are looked at. */
        function stepsFor(text: string): number {
            let steps = 0;
            const counted = <T>(is: T) => {
                const count = (node: unknown) => {
                    steps += 1;
                    return (is as (node: unknown) => boolean)(node);
                };
                return count as T;
            };
            const { contents } = parseDocument(text, { schema: "core", uniqueKeys: false });
            const read = plainData(contents as ParsedNode, {
                isAlias: counted(isAlias),
                isMap: counted(isMap),
                isScalar: counted(isScalar),
                isSeq: counted(isSeq),
            });
            assert.equal(read.problem, undefined);
            return steps;
        }
        for (const [what, text] of kinds) {
            it(`looks at each node once: ${what}`, () => {
                const [few, many] = [stepsFor(text(100)), stepsFor(text(1000))];
                assert.ok(many <= few * 10, `${few} steps, and ${many} for ten times as much`);
            });
        }

        // In quadratic time, eight times as much takes 64 times as long.
        for (const [what, text] of kinds) {
            it(`takes no more than its share: ${what}`, async () => {
                const cpuFor = async (count: number) => {
                    const begun = process.cpuUsage();
                    assert.equal((await parseYaml(text(count))).problem, undefined);
                    const { user, system } = process.cpuUsage(begun);
                    return user + system;
                };
                // Other processes take the caches away, and the collector has its own times: the best of three counts.
                const [few, many] = [await bestOf(3, () => cpuFor(1_000)), await bestOf(3, () => cpuFor(8_000))];
                assert.ok(many < Math.max(few, 5_000) * 40, `${few} µs, and ${many} µs for eight times as much`);
            });
        }
    });
});

async function bestOf(times: number, measure: () => Promise<number>): Promise<number> {
    let best = Infinity;
    for (let time = 0; time < times; time++) best = Math.min(best, await measure());
    return best;
}
