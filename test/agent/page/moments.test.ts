import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import fc from "fast-check";

import { moment, relative, relativeText } from "../../../src/agent/page/moments";
import { at } from "../../support/agentView";
import { NOW } from "../../support/grants";

/** The table of relativeText, and the seconds at which its words change. */
const ROWS: readonly (readonly [seconds: number, text: string])[] = [
    [0.2, "in 1 s"],
    [42, "in 42 s"],
    [95, "in 1 min 35 s"],
    [840, "in 14 min"],
    [8040, "in 2 h 14 min"],
    [259_200, "in 3 days"],
    [0, "now"],
    [-30, "30 s ago"],
    [59, "in 59 s"],
    [60, "in 1 min"],
    [599, "in 9 min 59 s"],
    [600, "in 10 min"],
    [3599, "in 59 min"],
    [3600, "in 1 h"],
    [172_799, "in 47 h 59 min"],
    [172_800, "in 2 days"],
    [-0.4, "now"],
    [-172_800, "2 days ago"],
];

describe("relativeText", () => {
    for (const [seconds, text] of ROWS) {
        it(`calls ${seconds} s "${text}"`, () => assert.equal(relativeText(seconds), text));
    }

    it("says what the page's script says", () => {
        const script = readFileSync(join(__dirname, "../../../src/agent/page/live.js"), "utf8");
        const [functions] = /function durationText[\s\S]*?(?=function write)/.exec(script) ?? [];
        const inBrowser = runInNewContext(`${functions}; relativeText`) as typeof relativeText;
        for (const [seconds, text] of ROWS) assert.equal(inBrowser(seconds), text);
        const ages = fc.double({ min: -1e7, max: 1e7, noNaN: true });
        fc.assert(fc.property(ages, (seconds) => assert.equal(inBrowser(seconds), relativeText(seconds))));
    });
});

describe("relative and moment", () => {
    it("say a moment to people and to the script", () => {
        assert.equal(
            relative(at(840), NOW).markup,
            '<time class="relative" datetime="2026-12-01T12:14:00.000Z" data-ms="1796127240000">in 14 min</time>',
        );
        assert.equal(
            moment(at(840), NOW).markup,
            '<time class="moment" datetime="2026-12-01T12:14:00.000Z" data-ms="1796127240000">12:14:00</time>',
        );
    });

    it("name the day where it is not today", () => {
        assert.match(moment(at(86_400), NOW).markup, />2026-12-02 12:00:00</);
    });
});
