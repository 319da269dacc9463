import { strict as assert } from "node:assert";

import { judgeCredentials } from "../../../src/core/judging/judgeCredentials";
import { judgeProtection, judgeRuleZone, judgeZoneName } from "../../../src/core/judging/judgeZone";

describe("judgeRuleZone", () => {
    const empty = "a rule lets in by this zone, which has no gateway: give it the sentinel 192.0.2.0/32";
    const written =
        'a rule lets in by this zone, and an update of it would evict who holds a grant: add ignoreChanges: ["gateways"]';
    const table: [gateways: string[] | undefined, ignoresGateways: boolean, says: string[]][] = [
        [["192.0.2.0/32"], true, []],
        [undefined, true, []],
        [[], true, [empty]],
        [["192.0.2.0/32"], false, [written]],
        [[], false, [empty, written]],
    ];
    for (const [gateways, ignoresGateways, says] of table) {
        it(`finds ${says.length} with ${gateways?.length} gateways, ${ignoresGateways ? "" : "not "}ignored`, () => {
            assert.deepEqual(
                judgeRuleZone({ subject: "Staff", gateways, ignoresGateways }),
                says.map((problem) => ({ rule: "rule-zone-unkept", subject: "Staff", problem })),
            );
        });
    }
});

describe("judgeZoneName", () => {
    const table: [name: string, stack: string, isFine: boolean][] = [
        ["Zonekeeper (dev)", "dev", true],
        ["Zonekeeper (dev) 2", "dev", true],
        ["dev", "dev", true],
        ["Zonekeeper (Prod EU)", "prod-eu", true],
        ["Developers", "dev", false],
        ["Zonekeeper (eu-prod)", "prod-eu", false],
        ["Staff", "dev", false],
        ["BlockedIpZone", "dev", true],
        ["LegacyIpZone", "dev", true],
        ["DefaultExemptIpZone", "dev", true],
    ];
    for (const [name, stack, isFine] of table) {
        it(`${isFine ? "takes" : "refuses"} "${name}" in the stack ${stack}`, () => {
            const problem = `the name "${name}" does not carry the name of the stack: call it "${name} (${stack})"`;
            const finding = { rule: "zone-without-stack-name", subject: name, problem };
            assert.deepEqual(judgeZoneName(name, stack), isFine ? [] : [finding]);
        });
    }
});

describe("judgeProtection", () => {
    it("finds what could be deleted by a slip", () => {
        const problem = "a slip in the program could delete or replace it in production: set protect: true";
        assert.deepEqual(judgeProtection("staff", false), [
            { rule: "unprotected-in-production", subject: "staff", problem },
        ]);
        assert.deepEqual(judgeProtection("staff", true), []);
    });
});

describe("judgeCredentials", () => {
    const rule = "api-token-in-production";
    const alone =
        "an API token may do all that its admin may: use an OAuth app with okta:clientId, okta:privateKey and okta:scopes";
    const beside = "there is an OAuth app's private key, but the API token counts before it: take the API token away";
    const table: [accessToken: boolean, apiToken: boolean, privateKey: boolean, problem: string | undefined][] = [
        [false, true, false, alone],
        [false, true, true, beside],
        [false, false, true, undefined],
        [true, true, true, undefined],
        [true, true, false, undefined],
        [false, false, false, undefined],
    ];
    for (const [accessToken, apiToken, privateKey, problem] of table) {
        const having = JSON.stringify({ accessToken, apiToken, privateKey });
        it(`finds ${problem === undefined ? "nothing" : "the API token"} with ${having}`, () => {
            const found = judgeCredentials("okta", { accessToken, apiToken, privateKey });
            assert.deepEqual(found, problem === undefined ? [] : [{ rule, subject: "okta", problem }]);
        });
    }
});
