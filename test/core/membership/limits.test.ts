import { strict as assert } from "node:assert";

import { formatSpan } from "../../../src/core/addresses/ip";
import {
    type MaxRemovals,
    parseMaxRemovals,
    parseSpans,
    parseWidestPrefix,
    WIDEST_PREFIX,
} from "../../../src/core/membership/limits";

describe("parseMaxRemovals", () => {
    const good: [value: string | number, limit: MaxRemovals][] = [
        [10, { count: 10 }],
        [0, { count: 0 }],
        ["10", { count: 10 }],
        [" 10 ", { count: 10 }],
        ["50%", { percent: 50 }],
        ["0%", { percent: 0 }],
        ["100%", { percent: 100 }],
        ["101", { count: 101 }],
    ];
    for (const [value, limit] of good) {
        it(`reads ${JSON.stringify(value)}`, () => assert.deepEqual(parseMaxRemovals(value), limit));
    }

    for (const value of ["", "-1", -1, 1.5, "1.5%", "101%", "50 %", "%", "1e3", Number.NaN, "9999999999"]) {
        it(`refuses ${JSON.stringify(value)}`, () => {
            assert.throws(() => parseMaxRemovals(value), {
                code: "bad-input",
                message: `maxRemovals "${value}" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off`,
            });
        });
    }
});

describe("parseWidestPrefix", () => {
    for (const value of [1, 24, 32, "24"]) {
        it(`reads ${JSON.stringify(value)}`, () => assert.equal(parseWidestPrefix(value), Number(value)));
    }

    for (const value of [0, 33, -1, 24.5, "", " ", "/24", "wide", Number.NaN]) {
        it(`refuses ${JSON.stringify(value)}`, () => {
            assert.throws(() => parseWidestPrefix(value), {
                code: "bad-input",
                message: `widestPrefix "${value}" is not a prefix length from 1 to 32`,
            });
        });
    }

    it("takes its own default", () => assert.equal(parseWidestPrefix(WIDEST_PREFIX), 24));
});

describe("parseSpans", () => {
    it("reads a list, in its order", () => {
        const spans = parseSpans("deny", ["203.0.113.0/24", " 198.51.100.1 ", "10.0.0.1-10.0.0.3"]);
        assert.deepEqual(spans.map(formatSpan), ["203.0.113.0/24", "198.51.100.1/32", "10.0.0.1-10.0.0.3"]);
    });

    it("names the setting and what is wrong in it", () => {
        assert.throws(() => parseSpans("staticGateways", ["198.51.100.1", "198.51.100.7/24"]), {
            code: "bad-input",
            message: 'staticGateways: "198.51.100.7/24" has host bits; write 198.51.100.0/24 or 198.51.100.7/32',
        });
    });

    it("reads nothing as nothing", () => assert.deepEqual(parseSpans("deny", []), []));
});
