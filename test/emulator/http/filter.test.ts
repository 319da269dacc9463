import { strict as assert } from "node:assert";

import fc from "fast-check";

import { parseFilter } from "../../../emulator/http/filter";

type Tree = { readonly value: string } | { readonly join: "and" | "or"; readonly left: Tree; readonly right: Tree };

const tree = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
        { maxDepth: 4 },
        fc.record({ value: fc.constantFrom("a", "b", 'quo"te', "(") }),
        fc.record({ join: fc.constantFrom("and" as const, "or" as const), left: tie("tree"), right: tie("tree") }),
    ),
})).tree;

const textOf = (node: Tree): string =>
    "value" in node
        ? `id eq ${JSON.stringify(node.value)}`
        : `(${textOf(node.left)}) ${node.join} (${textOf(node.right)})`;

function holds(node: Tree, value: string): boolean {
    if ("value" in node) return node.value === value;
    const [left, right] = [holds(node.left, value), holds(node.right, value)];
    return node.join === "and" ? left && right : left || right;
}

describe("parseFilter", () => {
    it("means what a tree of and, or and parentheses means", () => {
        const property = fc.property(tree, fc.constantFrom("a", "b", 'quo"te', "("), (node, value) => {
            assert.equal(
                parseFilter(textOf(node), ["id"])(() => value),
                holds(node, value),
            );
        });
        fc.assert(property);
    });

    it("binds and tighter than or", () => {
        const filter = parseFilter('id eq "a" or id eq "b" and system eq true', ["id", "system"]);
        const rows = [
            ["a", false],
            ["b", false],
            ["b", true],
        ] as const;
        assert.deepEqual(
            rows.map(([id, system]) => filter((field) => ({ id, system })[field])),
            [true, false, true],
        );
    });

    for (const text of [
        "",
        "id",
        "id eq",
        "id eq x",
        'id eq "x" and',
        '(id eq "x"',
        'id eq "x")',
        'id ne "x"',
        'name eq "x"',
        "id sw 1",
        'id eq "x',
    ]) {
        it(`refuses ${JSON.stringify(text)}`, () => {
            assert.throws(() => parseFilter(text, ["id"]), /Invalid search criteria/);
        });
    }
});
