import { strict as assert } from "node:assert";

import { readSettings, type Settings } from "../../../src/core/settings/settings";

const FILE = { type: "file", path: "grants.yaml" };
const SOURCE = JSON.stringify(FILE);
const DEFAULTS: Settings = { zoneName: "Zonekeeper (dev)", source: FILE, membership: "pulumi", shards: 1 };

/** What a stack says besides its source, and what it comes to besides the defaults. */
const GOOD: readonly (readonly [title: string, config: Record<string, string>, settings: Partial<Settings>])[] = [
    ["nothing but a source", {}, {}],
    ["a source as the path of a file", { source: "grants.yaml" }, {}],
    ["a source as a URL", { source: "https://a.example/g" }, { source: { type: "http", url: "https://a.example/g" } }],
    [
        "a source as the URL of a database",
        { source: "postgres://db/a?table=g" },
        { source: { type: "postgres", url: "postgres://db/a?table=g" } },
    ],
    [
        "a number of a source, which Pulumi makes of a text of digits",
        { source: '{"type":"okta-log","hours":12}' },
        { source: { type: "okta-log", hours: "12" } },
    ],
    ["the name of the zone, without blanks around it", { zoneName: " Staff " }, { zoneName: "Staff" }],
    ["a name of 120 characters", { zoneName: "x".repeat(120) }, { zoneName: "x".repeat(120) }],
    ["who keeps the gateways", { membership: "agent" }, { membership: "agent" }],
    ["the most shards", { shards: "100" }, { shards: 100 }],
    ["a policy by its id", { policyId: "rst1" }, { policyId: "rst1" }],
    ["a policy by its name", { policyName: "Staff only" }, { policyName: "Staff only" }],
    [
        "a policy by the stack that has it",
        { policyStack: "organization/policies/dev" },
        { policyStack: "organization/policies/dev" },
    ],
    [
        "a source whose plain values Pulumi gives as such",
        { source: '{"type":"http","url":"http://grants.internal/","allowInsecure":true}' },
        { source: { type: "http", url: "http://grants.internal/", allowInsecure: "true" } },
    ],
    ["a list as JSON", { apps: '["0oa1","0oa2"]' }, { apps: ["0oa1", "0oa2"] }],
    ["a list with commas", { apps: "0oa1, 0oa2" }, { apps: ["0oa1", "0oa2"] }],
    ["a list of one", { apps: "0oa1" }, { apps: ["0oa1"] }],
    ["an empty list", { apps: "[]" }, { apps: [] }],
    ["an existing policy without apps", { policyId: "rst1", apps: "[]" }, { policyId: "rst1", apps: [] }],
    ["labels, as texts", { selector: '{"app":"payroll","level":3}' }, { selector: { app: "payroll", level: "3" } }],
    [
        "ranges with commas and as JSON",
        { staticGateways: "192.0.2.1, 10.0.0.1-10.0.0.9", deny: '["10.0.0.0/8"]' },
        { staticGateways: ["192.0.2.1", "10.0.0.1-10.0.0.9"], deny: ["10.0.0.0/8"] },
    ],
    [
        "proxies as Okta has them, a single address without its range",
        { proxies: "10.1.2.3/16, 10.2.0.1-10.2.0.1, 10.3.0.1-10.3.0.9, 10.4.0.1, 10.5.0.1/32" },
        { proxies: ["10.1.2.3/16", "10.2.0.1", "10.3.0.1-10.3.0.9", "10.4.0.1", "10.5.0.1/32"] },
    ],
    ["no proxies", { proxies: "[]" }, { proxies: [] }],
    ["a prefix length", { widestPrefix: "16" }, { widestPrefix: 16 }],
    ["a share of removals", { maxRemovals: "50%" }, { maxRemovals: "50%" }],
    ["a number of removals", { maxRemovals: "10" }, { maxRemovals: "10" }],
    ["addresses that Okta never sees", { allowUnroutable: "true" }, { allowUnroutable: true }],
    ["a confirmation", { confirmRemovals: "true" }, { confirmRemovals: true }],
    ["an org", { orgId: "00o1abcdefGHIJKLM2p7" }, { orgId: "00o1abcdefGHIJKLM2p7" }],
    ["what may be done, by name", { allow: "destroy, blocklist" }, { allow: ["destroy", "blocklist"] }],
    ["no confirmation", { confirmRemovals: "false" }, { confirmRemovals: false }],
];

const NO_SOURCE =
    "zonekeeper:source is not a file, a URL, or an object of texts such as {type: file, path: grants.yaml}";
const NO_SELECTOR = 'zonekeeper:selector is not an object of labels such as {"app": "payroll"}';
const NO_APPS = 'zonekeeper:apps is not a list of app ids: write a,b or ["a","b"]';
const noShards = (text: string) =>
    `zonekeeper:shards "${text}" is not a whole number from 1 to 100, the most zones of an org`;
const noSetting = (key: string) =>
    `zonekeeper:${key} is not a setting; there are zoneName, source, membership, shards, policyId, policyName, ruleId, policyStack, ` +
    "apps, selector, staticGateways, proxies, deny, widestPrefix, allowUnroutable, maxRemovals, confirmRemovals, orgId, bindToUser, allow";

/** What a stack says besides its source, and the whole message. */
const BAD: readonly (readonly [config: Record<string, string>, message: string])[] = [
    [{ zonename: "Staff" }, noSetting("zonename")],
    [{ toString: "x" }, noSetting("toString")],
    [
        { policyStack: "production" },
        'zonekeeper:policyStack "production" is not the whole name of a stack, such as organization/policies/production',
    ],
    [
        { policyStack: "organization/policies/dev", policyName: "Staff only" },
        "zonekeeper:policyName and zonekeeper:policyStack name a policy each; keep one of them",
    ],
    [{ zoneName: "" }, "zonekeeper:zoneName is empty"],
    [{ zoneName: "x".repeat(121) }, "zonekeeper:zoneName is longer than 120 characters"],
    [{ source: "" }, NO_SOURCE],
    [{ source: "ftp://grants.example.com/active.yaml" }, NO_SOURCE],
    [{ source: "7" }, NO_SOURCE],
    [{ source: '["grants.yaml"]' }, NO_SOURCE],
    [{ source: '{"type":"file","path":7}' }, NO_SOURCE],
    [{ source: "{type: file, path: grants.yaml}" }, NO_SOURCE],
    [{ membership: "agnet" }, 'zonekeeper:membership "agnet" is neither pulumi nor agent'],
    [{ shards: "two" }, noShards("two")],
    [{ shards: "" }, noShards("")],
    [{ shards: "0" }, noShards("0")],
    [{ shards: "101" }, noShards("101")],
    [{ shards: "1.5" }, noShards("1.5")],
    [{ shards: "0x10" }, noShards("0x10")],
    [{ policyId: " " }, "zonekeeper:policyId is empty"],
    [{ policyName: "" }, "zonekeeper:policyName is empty"],
    [{ apps: "" }, NO_APPS],
    [{ apps: "0oa1,,0oa2" }, NO_APPS],
    [{ apps: '["0oa1",7,8]' }, NO_APPS],
    [{ apps: '["0oa1"' }, NO_APPS],
    [{ apps: '{"id":"0oa1"}' }, NO_APPS],
    [{ selector: "app=payroll" }, NO_SELECTOR],
    [{ selector: "[]" }, NO_SELECTOR],
    [{ selector: '{"app":null}' }, NO_SELECTOR],
    [{ selector: '{"app":{"name":"payroll"}}' }, NO_SELECTOR],
    [
        { staticGateways: "192.0.2.300" },
        'zonekeeper:staticGateways: "192.0.2.300" is not an IPv4 address, CIDR or range',
    ],
    [
        { staticGateways: "[192.0.2.1]" },
        'zonekeeper:staticGateways is not a list of addresses, CIDRs and ranges: write a,b or ["a","b"]',
    ],
    [{ proxies: "proxy" }, 'zonekeeper:proxies: "proxy" is not an IPv4 address, CIDR or range'],
    [
        { proxies: '["10.0.0.1",7]' },
        'zonekeeper:proxies is not a list of addresses, CIDRs and ranges: write a,b or ["a","b"]',
    ],
    [{ deny: "10.0.0.1/8" }, 'zonekeeper:deny: "10.0.0.1/8" has host bits; write 10.0.0.0/8 or 10.0.0.1/32'],
    [{ widestPrefix: "/24" }, 'zonekeeper:widestPrefix "/24" is not a prefix length from 1 to 32'],
    [{ widestPrefix: "" }, 'zonekeeper:widestPrefix "" is not a prefix length from 1 to 32'],
    [{ widestPrefix: "0" }, 'zonekeeper:widestPrefix "0" is not a prefix length from 1 to 32'],
    [{ widestPrefix: "33" }, 'zonekeeper:widestPrefix "33" is not a prefix length from 1 to 32'],
    [
        { maxRemovals: "half" },
        'zonekeeper:maxRemovals "half" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off',
    ],
    [{ orgId: "acme" }, 'zonekeeper:orgId "acme" is not the id of an Okta org, such as 00o1abcdefGHIJKLM2p7'],
    [
        { allow: "destory,blocklist" },
        'zonekeeper:allow "destory" is none of destroy, remove-zone, fewer-shards, blocklist',
    ],
    [{ confirmRemovals: "maybe" }, 'zonekeeper:confirmRemovals "maybe" is neither true nor false'],
    [
        { policyId: "rst1", policyName: "Staff only" },
        "zonekeeper:policyId and zonekeeper:policyName name a policy each; keep one of them",
    ],
    [
        { policyId: "rst1", apps: "0oa1" },
        "zonekeeper:apps are put on the policy that is created; leave them out with policyId",
    ],
    [
        { policyName: "Staff only", apps: "0oa1" },
        "zonekeeper:apps are put on the policy that is created; leave them out with policyName",
    ],
    [
        { policyId: "rst1", policyName: "Staff only", maxRemovals: "half" },
        "zonekeeper:policyId and zonekeeper:policyName name a policy each; keep one of them\n" +
            'zonekeeper:maxRemovals "half" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off',
    ],
    [
        { shrads: "2", membership: "both", shards: "none" },
        `${noSetting("shrads")}\nzonekeeper:membership "both" is neither pulumi nor agent\n${noShards("none")}`,
    ],
];

describe("readSettings", () => {
    for (const [title, config, settings] of GOOD) {
        it(`reads ${title}`, () => {
            assert.deepEqual(readSettings({ source: SOURCE, ...config }, "dev"), { ...DEFAULTS, ...settings });
        });
    }

    for (const [config, message] of BAD) {
        it(`refuses ${JSON.stringify(config).slice(0, 80)}`, () => {
            const read = () => readSettings({ source: SOURCE, ...config }, "dev");
            assert.throws(read, { code: "bad-input", message });
        });
    }

    it("names the zone after the stack", () => {
        assert.equal(readSettings({ source: SOURCE }, "prod").zoneName, "Zonekeeper (prod)");
    });

    it("needs no source with an agent", () => {
        const settings = { zoneName: "Zonekeeper (dev)", membership: "agent", shards: 1 };
        assert.deepEqual(readSettings({ membership: "agent" }, "dev"), settings);
    });

    it("misses the source of a membership that Pulumi keeps", () => {
        assert.throws(() => readSettings({}, "dev"), {
            code: "bad-input",
            message: "zonekeeper:source is missing; say where the grants are, such as {type: file, path: grants.yaml}",
        });
    });

    it("does not show a source that may hold a secret", () => {
        const read = () => readSettings({ source: '{"type":"http","token":["s3cr3t"]}' }, "dev");
        assert.throws(read, { code: "bad-input", message: NO_SOURCE });
    });
});
