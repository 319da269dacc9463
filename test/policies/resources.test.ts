import { strict as assert } from "node:assert";
import * as okta from "@pulumi/okta";

import { apiTokenInProduction } from "../../policies/credentials";
import { grantLastsTooLong } from "../../policies/grants";
import { unprotectedInProduction } from "../../policies/protection";
import * as types from "../../policies/types";
import { zoneWithoutStackName } from "../../policies/zoneName";
import { type Candidate, UNKNOWN, violations } from "./support";

describe("types", () => {
    const classes: [token: string, resourceClass: unknown][] = [
        [types.ZONE, okta.network.Zone],
        [types.AUTHENTICATION_POLICY, okta.AppSignonPolicy],
        [types.AUTHENTICATION_RULE, okta.AppSignonPolicyRule],
        [types.AUTHENTICATION_RULES, okta.app.SignonPolicyRules],
        [types.SESSION_POLICY, okta.policy.Signon],
        [types.SESSION_RULE, okta.policy.RuleSignon],
    ];
    for (const [token, resourceClass] of classes) {
        it(`has the token of ${token.split(":").at(-1)}`, () => {
            assert.equal((resourceClass as { __pulumiType: string }).__pulumiType, token);
        });
    }
});

describe("unprotected-in-production", () => {
    const slip = "a slip in the program could delete or replace it in production: set protect: true";
    const table: [candidate: Candidate, config: object, says: string[]][] = [
        [{ type: types.ZONE, stack: "production" }, {}, [slip]],
        [{ type: types.AUTHENTICATION_POLICY, stack: "prod-eu" }, {}, [slip]],
        [{ type: types.SESSION_POLICY, stack: "prod" }, {}, [slip]],
        [{ type: types.ZONE, stack: "production", protect: true }, {}, []],
        [{ type: types.ZONE, stack: "dev" }, {}, []],
        [{ type: types.AUTHENTICATION_RULE, stack: "production" }, {}, []],
        [{ type: types.ZONE, stack: "production" }, { productionStacks: "^live$" }, []],
        [{ type: types.ZONE, stack: "live" }, { productionStacks: "^live$" }, [slip]],
    ];
    for (const [candidate, config, says] of table) {
        it(`finds ${says.length} for ${JSON.stringify(candidate)} with ${JSON.stringify(config)}`, async () => {
            assert.deepEqual(await violations(unprotectedInProduction, candidate, config), says);
        });
    }

    it("judges nothing by a regular expression that is none", async () => {
        const candidate = { type: types.ZONE, stack: "dev" };
        const config = { productionStacks: "(" };
        await assert.rejects(
            violations(unprotectedInProduction, candidate, config),
            /productionStacks is not a regular expression of RE2: missing closing/,
        );
    });
});

describe("zone-without-stack-name", () => {
    const says = 'the name "Staff" does not carry the name of the stack: call it "Staff (dev)"';
    const table: [because: string, candidate: Candidate, says: string[]][] = [
        ["it carries the stack", { type: types.ZONE, props: { name: "Zonekeeper (dev) 2" } }, []],
        ["it carries nothing", { type: types.ZONE, props: { name: "Staff" } }, [says]],
        ["its settings carry nothing", { type: types.ZONE_SETTINGS, props: { name: "Staff" } }, [says]],
        [
            "it had a name without, and its settings have another",
            { type: types.ZONE, props: { name: "Staff" }, ignoreChanges: ["name"] },
            [],
        ],
        ["it is exempt", { type: types.ZONE, props: { name: "Knocknoc Users" } }, []],
        ["it is not known yet", { type: types.ZONE, props: { name: UNKNOWN } }, []],
        ["it is Okta's", { type: types.ZONE, props: { name: "BlockedIpZone" } }, []],
        ["it is no zone", { type: types.AUTHENTICATION_POLICY, props: { name: "Staff" } }, []],
    ];
    for (const [because, candidate, expected] of table) {
        it(`finds ${expected.length} where ${because}`, async () => {
            const config = { exemptZones: ["Knocknoc Users"] };
            assert.deepEqual(await violations(zoneWithoutStackName, candidate, config), expected);
        });
    }
});

describe("api-token-in-production", () => {
    const alone =
        "an API token may do all that its admin may: use an OAuth app with okta:clientId, okta:privateKey and okta:scopes";
    const beside = "there is an OAuth app's private key, but the API token counts before it: take the API token away";
    const table: [because: string, props: object, env: Record<string, string>, says: string[]][] = [
        ["it is set", { apiToken: "00secret" }, {}, [alone]],
        ["it is set, and only later known", { apiToken: UNKNOWN }, {}, [alone]],
        ["it is in the environment", {}, { OKTA_API_TOKEN: "00secret" }, [alone]],
        ["it stands beside a key", { privateKey: "-----" }, { OKTA_API_TOKEN: "00secret" }, [beside]],
        ["it is empty", { privateKey: "-----" }, { OKTA_API_TOKEN: "" }, []],
        ["there is a key", {}, { OKTA_API_PRIVATE_KEY: "-----" }, []],
        ["an access token counts before it", { apiToken: "00secret" }, { OKTA_ACCESS_TOKEN: "eyJ" }, []],
    ];
    for (const [because, props, env, says] of table) {
        it(`finds ${says.length} where ${because}`, async () => {
            const candidate = { type: types.OKTA_PROVIDER, props: props as Record<string, unknown> };
            assert.deepEqual(await violations(apiTokenInProduction(env), { ...candidate, stack: "production" }), says);
            assert.deepEqual(await violations(apiTokenInProduction(env), { ...candidate, stack: "dev" }), []);
        });
    }

    it("is advice", () => assert.equal(apiTokenInProduction({}).enforcementLevel, "advisory"));
});

describe("grant-lasts-too-long", () => {
    const policy = grantLastsTooLong(() => Date.parse("2026-11-23T12:00:00Z"));
    const ends = { "g-0": "2026-11-23T13:00:00.000Z", "g-1": "2026-11-24T12:00:00.000Z" };
    const entries = {
        nzo1: { "203.0.113.7/32": ends, "203.0.113.9/32": { office: "never" }, "192.0.2.9/32": { static: "never" } },
        nzo2: { "203.0.113.11/32": { office: "never", "g-1": ends["g-1"] }, "192.0.2.0/32": {} },
    };
    const office = { nzo1: { "203.0.113.9/32": { office: "never" } } };
    const long = 'the grant "g-1" lasts until 2026-11-24T12:00:00.000Z; grants may last 23h';
    const endless = 'the grant "office" never ends: give it expiresAt';
    const table: [because: string, props: object, config: object, says: string[]][] = [
        ["there is no limit", { entries }, {}, []],
        ["it ends just in time", { entries }, { maxTimeToLive: "24h" }, []],
        ["it ends too late", { entries }, { maxTimeToLive: "23h" }, [long]],
        ["it never ends, and may not", { entries }, { permanent: "refused" }, [endless]],
        ["both", { entries }, { maxTimeToLive: "23h", permanent: "refused" }, [endless, long]],
        ["only permanent ones are there", { entries: office }, { maxTimeToLive: "1m" }, []],
        ["the membership does not say", {}, { maxTimeToLive: "1m", permanent: "refused" }, []],
        ["it is not known yet", { entries: UNKNOWN }, { permanent: "refused" }, []],
        [
            "a zone is not known yet",
            { entries: { nzo1: UNKNOWN, nzo2: office.nzo1 } },
            { permanent: "refused" },
            [endless],
        ],
        [
            "its end is not known yet",
            { entries: { nzo1: { "203.0.113.7/32": { g: UNKNOWN } } } },
            { permanent: "refused" },
            [],
        ],
    ];
    for (const [because, props, config, says] of table) {
        it(`finds ${says.length} where ${because}`, async () => {
            const candidate = { type: types.MEMBERSHIP, props: props as Record<string, unknown> };
            assert.deepEqual(await violations(policy, candidate, config), says);
        });
    }
});
