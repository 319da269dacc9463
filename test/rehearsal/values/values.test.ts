import { strict as assert } from "node:assert";

import fc from "fast-check";

import { differences } from "../../../rehearsal/steps/diff";
import {
    hasSecret,
    hasUnknown,
    type Properties,
    remarked,
    secret,
    secretTexts,
    shown,
    UNKNOWN,
    unmarked,
    type Value,
} from "../../../rehearsal/values/values";
import { fromStruct, toStruct } from "../../../rehearsal/values/wire";

const leaf = fc.oneof(fc.constantFrom<Value>("a", "b", 1, true, null, UNKNOWN), fc.constant(secret("s")));
const { properties } = fc.letrec<{ value: Value; properties: Properties }>((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value"), { maxLength: 3 }), tie("properties")),
    properties: fc.dictionary(fc.constantFrom("x", "y", "z"), tie("value"), { noNullPrototype: true }),
}));

describe("values", () => {
    it("come back from the wire as they went", () => {
        fc.assert(fc.property(properties, (value) => assert.deepEqual(fromStruct(toStruct(value)), value)));
    });

    it("have no marks left when unmarked, and get them back from what they were like", () => {
        fc.assert(
            fc.property(properties, (value) => {
                assert.equal(hasSecret(unmarked(value)), false);
                assert.deepEqual(remarked(unmarked(value), value), value);
            }),
        );
    });

    it("show neither secrets nor the sign for unknown values", () => {
        const value = { token: secret({ inner: ["s3cret"] }), zones: [UNKNOWN], name: "staff" };
        assert.deepEqual(shown(value), { token: "[secret]", zones: ["[unknown]"], name: "staff" });
        assert.deepEqual(secretTexts(value), ["s3cret"]);
        assert.equal(hasUnknown(value), true);
    });

    it("mark a key that is called secret only once", () => {
        const marked = { token: secret("a") };
        assert.deepEqual(remarked({ token: "a", key: "k" }, marked, ["token", "key"]), {
            token: secret("a"),
            key: secret("k"),
        });
    });
});

describe("differences", () => {
    it("finds none between equal properties, and some between others", () => {
        fc.assert(
            fc.property(properties, properties, (before, after) => {
                assert.deepEqual(differences(before, before), []);
                assert.deepEqual(
                    differences(before, after).length === 0,
                    JSON.stringify(sorted(before)) === JSON.stringify(sorted(after)),
                );
            }),
        );
    });

    it("names the smallest part that differs, and hides secrets and Pulumi's own properties", () => {
        const before = { gateways: ["a", "b"], labels: { app: "x" }, token: secret("1"), gone: 1, __provider: "old" };
        const after = { gateways: ["a", "c", "d"], labels: { app: "y" }, token: secret("2"), __provider: "new" };
        assert.deepEqual(differences(before, after), [
            { path: "gateways[1]", before: "b", after: "c" },
            { path: "gateways[2]", before: undefined, after: "d" },
            { path: "labels.app", before: "x", after: "y" },
            { path: "token", before: "[secret]", after: "[secret]" },
            { path: "gone", before: 1, after: undefined },
        ]);
    });
});

function sorted(value: Value): Value {
    if (Array.isArray(value)) return value.map((item: Value) => sorted(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sorted(item)]),
    );
}
