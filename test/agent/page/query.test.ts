import { strict as assert } from "node:assert";
import fc from "fast-check";

import { COLUMNS, hrefOf, type PageQuery, readPageQuery, SHOWS, type Sort } from "../../../src/agent/page/query";

const PLAIN: PageQuery = { membership: "", address: "", find: "", show: "in", page: 1 };

describe("readPageQuery", () => {
    it("reads what somebody asks for", () => {
        assert.deepEqual(readPageQuery({ address: " 203.0.113.7 ", find: "ana", show: "all", page: "3" }), {
            membership: "",
            address: "203.0.113.7",
            find: "ana",
            show: "all",
            page: 3,
        });
    });

    for (const [key, values] of Object.entries({
        show: ["", "everything", ["all", "in"]],
        sort: ["", "colour", "--person", "person-", ["person"]],
        times: ["", "local", "UTC"],
        okta: ["", "false", "1"],
        page: ["0", "-1", "1.5", "x", "99999999", ["2"]],
        address: [["203.0.113.7"], { a: "b" }],
        other: ["1"],
    })) {
        for (const value of values) {
            it(`takes ${key} ${JSON.stringify(value)} as if it were not there`, () => {
                assert.deepEqual(readPageQuery({ [key]: value }), PLAIN);
            });
        }
    }

    it("cuts what is too long", () => {
        assert.equal(readPageQuery({ find: "x".repeat(5000) }).find.length, 200);
    });
});

describe("hrefOf", () => {
    it("is short for the page itself", () => assert.equal(hrefOf(PLAIN), "./"));

    it("is read as the query that it is of", () => {
        const text = fc.string({ unit: "grapheme", maxLength: 20 }).map((each) => each.trim());
        const query = fc.record({
            membership: text,
            address: text,
            find: text,
            show: fc.constantFrom(...SHOWS),
            page: fc.integer({ min: 1, max: 99 }),
        });
        const sorts = COLUMNS.flatMap((column): Sort[] => [column, `-${column}`]);
        const more = fc.record(
            { sort: fc.constantFrom(...sorts), times: fc.constant("utc" as const), okta: fc.constant(true as const) },
            { requiredKeys: [] },
        );
        fc.assert(
            fc.property(query, more, (plain, others) => {
                const asked = { ...plain, ...others };
                const { searchParams } = new URL(hrefOf(asked), "http://localhost");
                assert.deepEqual(readPageQuery(Object.fromEntries(searchParams)), { ...asked });
            }),
        );
    });
});
