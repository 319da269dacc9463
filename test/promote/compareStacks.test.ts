import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";

import { compareStacks, MAY_DIFFER } from "../../scripts/promote/compareStacks";
import { parseStackFile } from "../../scripts/promote/stackFile";

const PREVIEW = {
    "okta:orgName": "acme-preview",
    "okta:baseUrl": "oktapreview.com",
    "zonekeeper:orgId": "00oPreview",
    "zonekeeper:membership": "agent",
};
const PRODUCTION = {
    "okta:orgName": "acme",
    "okta:baseUrl": "okta.com",
    "zonekeeper:orgId": "00oProduction",
    "zonekeeper:membership": "agent",
};

type Changes = Readonly<Record<string, unknown>>;

/** What the two files say besides, undefined to take a setting away, and what is found. */
const TABLE: readonly [because: string, preview: Changes, production: Changes, findings: readonly string[]][] = [
    ["they differ in their orgs only", {}, {}, []],
    [
        "what may differ differs",
        { "zonekeeper:apps": ["0oaPreview"], "zonekeeper:source": { type: "file", path: "a.yaml" } },
        { "zonekeeper:zoneName": "Staff", "okta:apiToken": { secure: "v1:x" }, "zonekeeper:maxRemovals": "50%" },
        [],
    ],
    [
        "the shards differ",
        { "zonekeeper:shards": 2 },
        {},
        ['zonekeeper:shards must be the same: it is "2" in preview, and "1" in production'],
    ],
    ["one names the default", { "zonekeeper:shards": 1, "zonekeeper:widestPrefix": "24" }, {}, []],
    ["a number is a text to the other", { "zonekeeper:widestPrefix": 28 }, { "zonekeeper:widestPrefix": "28" }, []],
    ["a key without a namespace is ours", { widestPrefix: 28 }, { "zonekeeper:widestPrefix": "28" }, []],
    [
        "production has a static gateway more",
        { "zonekeeper:staticGateways": ["192.0.2.128/28"] },
        { "zonekeeper:staticGateways": ["192.0.2.128/28", "198.51.100.7"] },
        [
            'zonekeeper:staticGateways must be the same: it is ["192.0.2.128/28"] in preview, and ["192.0.2.128/28","198.51.100.7"] in production',
        ],
    ],
    [
        "production selects nobody out",
        { "zonekeeper:selector": { app: "payroll" } },
        {},
        ['zonekeeper:selector must be the same: it is {"app":"payroll"} in preview, and not set in production'],
    ],
    [
        "a setting that nobody has judged, of another package, is not shown",
        { "other:password": "hunter2" },
        {},
        ["other:password must be the same: it is set in preview, and not set in production"],
    ],
    [
        "a shared setting is encrypted",
        { "zonekeeper:deny": { secure: "v1:abc" } },
        { "zonekeeper:deny": { secure: "v1:def" } },
        ["zonekeeper:deny must be the same: it is encrypted in preview, and encrypted in production"],
    ],
    [
        "the same org by its address",
        { "okta:orgName": "acme", "okta:baseUrl": "okta.com" },
        {},
        ["preview and production are of the same Okta org; each needs one of its own"],
    ],
    [
        "the same org by its id",
        { "zonekeeper:orgId": "00oProduction" },
        {},
        ["preview and production are of the same Okta org; each needs one of its own"],
    ],
    [
        "no org is named",
        {},
        { "okta:orgName": undefined, "zonekeeper:orgId": undefined },
        [
            "okta:orgName is missing in production: whichever org the credentials are of would be written",
            "zonekeeper:orgId is missing in production: whichever org the credentials are of would be written",
        ],
    ],
    [
        "production is a preview org",
        {},
        { "okta:baseUrl": "oktapreview.com" },
        ["okta:baseUrl of production is oktapreview.com, where preview orgs are"],
    ],
    [
        "both leave the membership to Pulumi",
        { "zonekeeper:membership": undefined },
        { "zonekeeper:membership": "pulumi" },
        [
            "zonekeeper:membership of production is not agent: its plan would hold the live grants and be stale with the next one",
        ],
    ],
    [
        "the brake is off for good",
        { "zonekeeper:confirmRemovals": true },
        {},
        ["zonekeeper:confirmRemovals stands in the file of preview, but is for one run only"],
    ],
    [
        "the guards are off for good",
        {},
        { "zonekeeper:allow": ["destroy"] },
        ["zonekeeper:allow stands in the file of production, but is for one run only"],
    ],
];

describe("compareStacks", () => {
    for (const [because, preview, production, findings] of TABLE) {
        it(`finds ${findings.length === 0 ? "nothing" : findings.length}: ${because}`, () => {
            assert.deepEqual(
                compareStacks(
                    file("preview", { ...PREVIEW, ...preview }),
                    file("production", { ...PRODUCTION, ...production }),
                ),
                findings,
            );
        });
    }

    it("refuses an environment, whose settings it cannot see", () => {
        assert.deepEqual(
            compareStacks(file("preview", PREVIEW), { ...file("production", PRODUCTION), environments: true }),
            ["production imports an environment, whose settings cannot be compared; name them in the file"],
        );
    });

    it("finds any setting that one has and the other has not, unless it may differ", () => {
        const keys = fc.constantFrom(...Object.keys(MAY_DIFFER), "zonekeeper:proxies", "zonekeeper:next", "okta:next");
        fc.assert(
            fc.property(keys, fc.boolean(), (key, isInPreview) => {
                const [preview, production] = [{ ...PREVIEW }, { ...PRODUCTION }] as [Changes, Changes];
                const changed = { [key]: "00oAnother" };
                const findings = compareStacks(
                    file("preview", isInPreview ? { ...preview, ...changed } : preview),
                    file("production", isInPreview ? production : { ...production, ...changed }),
                );
                assert.equal(findings.length, key in MAY_DIFFER ? 0 : 1);
            }),
        );
    });

    it("is the same in the docs", () => {
        const docs = readFileSync(join(__dirname, "../../docs/guides/pipelines.md"), "utf8");
        const rows = [...docs.matchAll(/^\| (`[^|]+) \| ([^|]+) \|$/gm)].flatMap(([, keys = "", reason = ""]) =>
            [...keys.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => [key, reason]),
        );
        assert.deepEqual(Object.fromEntries(rows), MAY_DIFFER);
    });
});

describe("the files of the stacks", () => {
    it("differ in nothing but what may, and name no org yet", () => {
        const [preview, production] = ["preview", "production"].map((stack) =>
            parseStackFile(stack, readFileSync(join(__dirname, `../../Pulumi.${stack}.yaml`), "utf8")),
        ) as [ReturnType<typeof file>, ReturnType<typeof file>];
        assert.deepEqual(
            compareStacks(preview, production).map((finding) => finding.split(":").slice(0, 2).join(":")),
            [
                "okta:orgName is missing in preview",
                "zonekeeper:orgId is missing in preview",
                "okta:orgName is missing in production",
                "zonekeeper:orgId is missing in production",
            ],
        );
    });

    for (const [text, message] of [
        ["- a list", "Pulumi.x.yaml is not an object with config: {key: value, …}"],
        ["config: a secret", "Pulumi.x.yaml is not an object with config: {key: value, …}"],
        ["{a secret", "Pulumi.x.yaml is not YAML"],
    ] as const) {
        it(`cannot be ${JSON.stringify(text)}`, () => {
            assert.throws(() => parseStackFile("x", text), { code: "bad-input", message });
        });
    }
});

function file(stack: string, config: Changes) {
    const set = Object.entries(config).filter(([, value]) => value !== undefined);
    return parseStackFile(stack, JSON.stringify({ config: Object.fromEntries(set) }));
}
