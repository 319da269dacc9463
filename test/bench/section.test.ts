import { strict as assert } from "node:assert";

import { describe as described, figure, figures } from "../../bench/section";

describe("figure", () => {
    const CASES: readonly (readonly [value: number, text: string])[] = [
        [0, "0.00"],
        [0.1234, "0.12"],
        [9.994, "9.99"],
        [9.996, "10.0"],
        [78.94, "78.9"],
        [99.96, "100"],
        [1234.4, "1234"],
    ];
    for (const [value, text] of CASES) it(`writes ${value} as ${text}`, () => assert.equal(figure(value), text));

    it("writes a summary in the order of its headings", () => {
        assert.deepEqual(figures({ min: 1, median: 20, max: 300 }), ["1.00", "20.0", "300"]);
    });
});

describe("describe", () => {
    it("ends figures below each other and begins texts so", () => {
        const section = {
            title: "Things, in milliseconds",
            headings: ["of", "by", "median"],
            rows: [
                ["one", "hand", "1.00"],
                ["two", "machine, slowly", "1,234"],
            ],
            note: ["9 runs."],
        };
        assert.equal(
            described(section),
            [
                "Things, in milliseconds",
                "",
                "    of   by               median",
                "    one  hand               1.00",
                "    two  machine, slowly   1,234",
                "",
                "    9 runs.",
                "",
            ].join("\n"),
        );
    });
});
