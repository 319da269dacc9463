import { strict as assert } from "node:assert";

import { ignoring } from "../../../rehearsal/steps/ignored";
import type { Properties } from "../../../rehearsal/values/values";

describe("ignoring", () => {
    const olds = { gateways: ["a"], labels: { app: "old", team: "x" }, rules: [{ name: "old" }, { name: "second" }] };
    const news = { gateways: ["b"], labels: { app: "new", team: "y" }, rules: [{ name: "new" }, { name: "other" }] };
    const table: [because: string, paths: string[], news: Properties, expected: Properties][] = [
        ["a property", ["gateways"], news, { ...news, gateways: ["a"] }],
        ["a part of an object", ["labels.app"], news, { ...news, labels: { app: "old", team: "y" } }],
        ["an item", ["rules[0].name"], news, { ...news, rules: [{ name: "old" }, { name: "other" }] }],
        ["everything", ["*"], news, olds],
        ["two paths", ["gateways", "labels"], news, { ...news, gateways: ["a"], labels: olds.labels }],
        ["a property that the program no longer has", ["gateways"], { name: "x" }, { name: "x", gateways: ["a"] }],
        ["a property that only the program has", ["extra"], { extra: 1 }, {}],
        ["a path that neither has", ["labels.none.at"], news, news],
    ];
    for (const [because, paths, wanted, expected] of table) {
        it(`takes the old value for ${because}`, () => assert.deepEqual(ignoring(paths, wanted, olds), expected));
    }
});
