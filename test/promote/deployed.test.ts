import { strict as assert } from "node:assert";

import { compareDeployed, lastDeployment } from "../../scripts/promote/deployed";
import { compareRecord } from "../../scripts/promote/record";

const AT = "2026-11-23T07:56:09.000Z";
const CHECKOUT = { commit: "c1", dirty: false };
const UPDATE = {
    kind: "update",
    result: "succeeded",
    startTime: AT,
    environment: { "git.head": "c1", "git.dirty": "false" },
};

/** What the history has, latest first, and what is found for the commit c1. */
const TABLE: readonly [because: string, history: readonly object[], findings: readonly string[]][] = [
    ["this commit, and clean", [UPDATE], []],
    ["a refresh came after", [{ ...UPDATE, kind: "refresh", environment: { "git.head": "c2" } }, UPDATE], []],
    ["there is no history", [], ["preview was never deployed"]],
    ["destroyed", [{ ...UPDATE, kind: "destroy" }, UPDATE], ["preview was destroyed"]],
    [
        "failed",
        [{ ...UPDATE, result: "failed" }, UPDATE],
        [`the last deployment of preview, begun at ${AT}, did not succeed`],
    ],
    ["another commit", [{ ...UPDATE, environment: { "git.head": "c2" } }, UPDATE], ["preview runs c2, and not c1"]],
    ["no checkout of git", [{ ...UPDATE, environment: {} }], ["preview runs a commit that is not known, and not c1"]],
    [
        "changes that nobody can see",
        [{ ...UPDATE, environment: { "git.head": "c1", "git.dirty": "true" } }],
        ["preview was deployed from a checkout with changes that were not committed"],
    ],
];

describe("compareDeployed", () => {
    for (const [because, history, findings] of TABLE) {
        it(`finds ${findings.length === 0 ? "nothing" : findings.length}: ${because}`, () => {
            assert.deepEqual(compareDeployed("preview", lastDeployment(JSON.stringify(history)), CHECKOUT), findings);
        });
    }

    it("wants a clean checkout", () => {
        const last = lastDeployment(JSON.stringify([UPDATE]));
        assert.deepEqual(compareDeployed("preview", last, { ...CHECKOUT, dirty: true }), [
            "the checkout has changes that are not committed",
        ]);
    });
});

describe("lastDeployment", () => {
    it("takes silence for a stack without a history, and nothing else", () => {
        assert.equal(lastDeployment(""), undefined);
        assert.throws(() => lastDeployment('{"error": "no such stack"}'));
    });
});

describe("compareRecord", () => {
    const record = { stack: "production", commit: "c1", sha256: "aa", after: AT };
    const last = lastDeployment(JSON.stringify([UPDATE]));
    const now = { checkout: CHECKOUT, last, sha256: "aa" };

    for (const [because, change, findings] of [
        ["all as it was", {}, []],
        ["another commit", { checkout: { commit: "c2", dirty: false } }, ["the plan was made from c1, and this is c2"]],
        [
            "changed files",
            { checkout: { commit: "c1", dirty: true } },
            ["the checkout has changes that are not committed"],
        ],
        ["another plan", { sha256: "bb" }, ["the plan is not the one that was made"]],
        [
            "a deployment came between",
            { last: lastDeployment(JSON.stringify([{ ...UPDATE, startTime: "2026-11-23T09:00:00.000Z" }])) },
            ["production was deployed since the plan was made, at 2026-11-23T09:00:00.000Z"],
        ],
        [
            "the history is gone",
            { last: undefined },
            ["production was deployed since the plan was made, at an unknown time"],
        ],
    ] as const) {
        it(`finds ${findings.length === 0 ? "nothing" : findings.length}: ${because}`, () => {
            assert.deepEqual(compareRecord(record, { ...now, ...change }), findings);
        });
    }

    it("knows a stack that was never deployed", () => {
        assert.deepEqual(compareRecord({ ...record, after: null }, { ...now, last: undefined }), []);
    });
});
