import { strict as assert } from "node:assert";

import { parseRules, type Rules, type RulesText } from "../../../src/core/membership/rules";

const NONE: Rules = {
    staticGateways: [],
    deny: [],
    selector: {},
    widestPrefix: 24,
    maxRemovals: { percent: 50 },
    windowMs: 600_000,
    timeToLive: { maxMs: undefined, permanent: "allowed" },
    allowUnroutable: false,
};

const GOOD: readonly (readonly [title: string, text: RulesText, rules: Partial<Rules>])[] = [
    ["nothing", {}, {}],
    ["fields that are undefined", { deny: undefined, selector: undefined, maxRemovals: undefined }, {}],
    [
        "addresses, CIDRs and ranges, with blanks around them",
        { staticGateways: [" 0.0.0.1 ", "0.0.0.4/30"], deny: ["0.0.1.0-0.0.1.9"] },
        { staticGateways: [span(1, 1), span(4, 7)], deny: [span(256, 265)] },
    ],
    ["labels", { selector: { app: "payroll" } }, { selector: { app: "payroll" } }],
    ["the widest prefix of all", { widestPrefix: 1 }, { widestPrefix: 1 }],
    ["the narrowest prefix, as a text", { widestPrefix: "32" }, { widestPrefix: 32 }],
    ["a number of removals", { maxRemovals: 10 }, { maxRemovals: { count: 10 } }],
    ["no removals at all", { maxRemovals: "0" }, { maxRemovals: { count: 0 } }],
    ["a share of removals", { maxRemovals: "50%" }, { maxRemovals: { percent: 50 } }],
    [
        "how long a grant may go on",
        { maxTimeToLive: "12h" },
        { timeToLive: { maxMs: 43_200_000, permanent: "allowed" } },
    ],
    ["no permanent grants", { permanent: "refused" }, { timeToLive: { maxMs: undefined, permanent: "refused" } }],
    ["addresses that Okta never sees", { allowUnroutable: true }, { allowUnroutable: true }],
    ["every removal", { maxRemovals: "100%" }, { maxRemovals: { percent: 100 } }],
    ["no brake", { maxRemovals: "off" }, { maxRemovals: "off" }],
    ["how long a removal counts", { maxRemovalsWindow: "90s" }, { windowMs: 90_000 }],
];

const noRemovals = (text: string) =>
    `maxRemovals "${text}" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off`;

const BAD: readonly (readonly [text: RulesText, message: string])[] = [
    [{ staticGateways: ["192.0.2.1", "office"] }, 'staticGateways: "office" is not an IPv4 address, CIDR or range'],
    [{ staticGateways: [""] }, 'staticGateways: "" is not an IPv4 address, CIDR or range'],
    [{ staticGateways: ["0.0.0.0/0"] }, "staticGateways: gateway 0.0.0.0/0 admits everybody"],
    [{ staticGateways: ["0.0.0.0/1", "128.0.0.0/1"] }, "staticGateways: its gateway list as a whole admits everybody"],
    [{ maxTimeToLive: "soon" }, 'maxTimeToLive "soon" is not a time such as 90m, 12h or 7d'],
    [{ deny: ["10.0.0.1/8"] }, 'deny: "10.0.0.1/8" has host bits; write 10.0.0.0/8 or 10.0.0.1/32'],
    [{ deny: ["10.0.0.9-10.0.0.1"] }, 'deny: "10.0.0.9-10.0.0.1" ends before it begins'],
    [{ widestPrefix: 0 }, 'widestPrefix "0" is not a prefix length from 1 to 32'],
    [{ widestPrefix: 33 }, 'widestPrefix "33" is not a prefix length from 1 to 32'],
    [{ widestPrefix: "" }, 'widestPrefix "" is not a prefix length from 1 to 32'],
    [{ widestPrefix: "/24" }, 'widestPrefix "/24" is not a prefix length from 1 to 32'],
    [{ widestPrefix: 24.5 }, 'widestPrefix "24.5" is not a prefix length from 1 to 32'],
    [{ maxRemovals: "" }, noRemovals("")],
    [{ maxRemovals: -1 }, noRemovals("-1")],
    [{ maxRemovals: "101%" }, noRemovals("101%")],
    [{ maxRemovals: "10 %" }, noRemovals("10 %")],
    [{ maxRemovals: "half" }, noRemovals("half")],
    [{ maxRemovals: "OFF" }, noRemovals("OFF")],
    [{ maxRemovalsWindow: "10" }, 'maxRemovalsWindow "10" is not a time such as 90s, 10m or 1h'],
    [{ maxRemovalsWindow: "0m" }, 'maxRemovalsWindow "0m" is not a time such as 90s, 10m or 1h'],
];

describe("parseRules", () => {
    for (const [title, text, rules] of GOOD) {
        it(`reads ${title}`, () => assert.deepEqual(parseRules(text), { ...NONE, ...rules }));
    }

    for (const [text, message] of BAD) {
        it(`refuses ${JSON.stringify(text)}`, () => {
            assert.throws(() => parseRules(text), { code: "bad-input", message });
        });
    }
});

function span(low: number, high: number) {
    return { low, high };
}
