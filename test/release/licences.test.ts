import { strict as assert } from "node:assert";

import { type Component, licenceProblems } from "../../scripts/release/licences";

const of = (...licenses: NonNullable<Component["licenses"]>): Component => ({ name: "a", version: "1.0.0", licenses });

const CASES: readonly (readonly [what: string, component: Component, isAllowed: boolean])[] = [
    ["one that is allowed", of({ license: { id: "MIT" } }), true],
    ["two of which one is to be chosen", of({ expression: "(MIT OR GPL-3.0-only)" }), true],
    ["two that both count", of({ expression: "MIT AND ISC" }), true],
    ["two that both count, one of them not allowed", of({ expression: "(MIT AND GPL-3.0-only)" }), false],
    ["one that is not allowed", of({ license: { id: "AGPL-3.0-only" } }), false],
    ["one that is only described", of({ license: { name: "SEE LICENSE IN LICENSE.md" } }), false],
    ["one of several that is not allowed", of({ license: { id: "MIT" } }, { license: { id: "SSPL-1.0" } }), false],
    ["none", of(), false],
    ["nothing said of it", { name: "a", version: "1.0.0" }, false],
];

describe("licenceProblems", () => {
    for (const [what, component, isAllowed] of CASES) {
        it(`${isAllowed ? "takes" : "names"} a package with ${what}`, () => {
            const problems = licenceProblems([component]);
            assert.equal(problems.length, isAllowed ? 0 : 1);
            if (!isAllowed)
                assert.match(problems[0] ?? "", /^a 1\.0\.0 has (no licence|the licence .+), which is not among 0BSD/);
        });
    }
});
