import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { sentenceOf } from "../../src/core/errors/codes";
import { fail } from "../../src/core/errors/errors";
import { type FirstLookArgs, firstLook, lookFirst } from "../../src/provider/firstLook";
import { memorySource } from "../support/memorySource";
import { worldAt } from "./worldAt";

const ORG = "00oExpectedOrg000001";
const [POLICY, SESSION, APP] = ["rstContractors000000", "00pSession0000000000", "0oaPayroll0000000000"] as const;

/** What is configured, and what the sentence is. */
const WRONG: readonly (readonly [what: string, args: FirstLookArgs, sentence: string])[] = [
    [
        "another org",
        { orgId: "00oAnotherOrg0000001" },
        `the Okta org that answers is ${ORG}, but this stack is for 00oAnotherOrg0000001: check okta:orgName, okta:baseUrl and the OKTA_* variables, or zonekeeper:orgId [ZK113]`,
    ],
    [
        "a policy name that is nobody's",
        { policyName: "Payroll" },
        'the org has no authentication policy with the name "Payroll": check zonekeeper:policyName, and that the credential is of that org [ZK002]',
    ],
    [
        "a policy name with a slip of the pen",
        { policyName: "Contactors" },
        'the org has no authentication policy with the name "Contactors": check zonekeeper:policyName, and that the credential is of that org; did you mean "Contractors"? [ZK002]',
    ],
    [
        "the name of a policy of another type",
        { policyName: "Sessions" },
        'the org has no authentication policy with the name "Sessions": check zonekeeper:policyName, and that the credential is of that org [ZK002]',
    ],
    [
        "a policy id that is nobody's",
        { policyId: "rstNowhere0000000000" },
        "the org has no policy rstNowhere0000000000: check zonekeeper:policyId, and that the credential is of that org [ZK002]",
    ],
    [
        "the id of a policy of another type",
        { policyId: SESSION },
        `policy "Sessions" (${SESSION}) is of type OKTA_SIGN_ON: zonekeeper:policyId names an authentication policy, of type ACCESS_POLICY [ZK002]`,
    ],
    [
        "an app that is not there",
        { apps: [APP, "0oaNowhere0000000000"] },
        "the org has no app 0oaNowhere0000000000: check zonekeeper:apps, and that the credential is of that org [ZK002]",
    ],
    ["a limit that is none", { widestPrefix: 64 }, 'widestPrefix "64" is not a prefix length from 1 to 32 [ZK002]'],
];

describe("lookFirst", () => {
    let okta: Emulator;

    before(async () => {
        const policies = [
            { id: POLICY, name: "Contractors" },
            { id: SESSION, name: "Sessions", type: "OKTA_SIGN_ON" as const },
        ];
        okta = await startEmulator({ seed: { org: { id: ORG }, policies, apps: [{ id: APP, label: "Payroll" }] } });
    });
    after(() => okta.close());
    afterEach(() => okta.mend());

    const look = (args: FirstLookArgs) => lookFirst(worldAt(okta.url, []), args);
    const said = (args: FirstLookArgs) => look(args).then(() => "nothing", sentenceOf);

    for (const [what, args, sentence] of WRONG) {
        it(`says in a sentence with its code: ${what}`, async () => {
            assert.equal(await said(args), sentence);
        });
    }

    it("finds the policy by its name, and by its id", async () => {
        assert.deepEqual(await look({ orgId: ORG, policyName: "Contractors", apps: [APP] }), {
            orgId: ORG,
            policyId: POLICY,
        });
        assert.deepEqual(await look({ policyId: POLICY }), { orgId: ORG, policyId: POLICY });
    });

    it("says that the state is of another org, also where the stack names none", async () => {
        const state = (id?: string) => ({ zones: async () => [], orgId: async () => id });
        const world = worldAt(okta.url, []);
        assert.equal(
            await lookFirst(world, {}, state("00oAnotherOrg0000001")).then(() => "nothing", sentenceOf),
            `the Okta org that answers is ${ORG}, but these resources of the stack are in the org 00oAnotherOrg0000001: check okta:orgName, okta:baseUrl, the OKTA_* variables and the okta.Provider, or use another stack for another org [ZK113]`,
        );
        for (const id of [ORG, undefined]) assert.deepEqual(await lookFirst(world, {}, state(id)), { orgId: ORG });
    });

    it("tries the credential where nothing else does", async () => {
        okta.inject({ on: { path: "/api/" }, do: { status: 401 } });
        assert.match(await said({}), /^GET \/api\/v1\/zones\S*: 401 .*\[ZK101\]$/);
    });

    it("says that a Classic org has no policies for apps, where the program needs one", async () => {
        await using classic = await startEmulator({ seed: { org: { id: ORG, pipeline: "v1" } } });
        const world = worldAt(classic.url, []);
        const sentence = `the Okta org ${ORG} is on Classic Engine, which has no authentication policies for apps [ZK112]`;
        assert.equal(await lookFirst(world, {}).then(() => "nothing", sentenceOf), sentence);
        assert.deepEqual(await lookFirst(world, { needsIdentityEngine: false }), { orgId: ORG });
    });

    it("reads the grants, where the program follows a source", async () => {
        const source = { ...memorySource(), read: async () => fail("source-unreadable", "no grants today") };
        const world = worldAt(okta.url, [], source);
        const looking = lookFirst(world, { source: { type: "file", path: "grants.yaml" } });
        assert.equal(await looking.then(() => "nothing", sentenceOf), "no grants today [ZK401]");
    });

    it("writes nothing", () => {
        assert.deepEqual([...new Set(okta.requests.map(({ method }) => method))], ["GET"]);
    });
});

/** The configuration of a stack, and what its sentence begins with. */
const UNCONFIGURED: readonly (readonly [what: string, config: Readonly<Record<string, string>>, sentence: RegExp])[] = [
    ["no org", {}, /^no Okta org: set okta:orgName .*\[ZK002\]$/],
    ["no domain", { "okta:orgName": "acme" }, /^no domain of Okta: set okta:baseUrl .*\[ZK002\]$/],
    [
        "no credential",
        { "okta:httpProxy": "http://127.0.0.1:3" },
        /^no Okta credential: set okta:apiToken .*\[ZK002\]$/,
    ],
    [
        "two credentials",
        { "okta:httpProxy": "http://127.0.0.1:3", "okta:apiToken": "a", "okta:accessToken": "b" },
        /^okta:apiToken and okta:accessToken are both set; remove one of them \[ZK002\]$/,
    ],
];

describe("firstLook", () => {
    const kept = { ...process.env };
    before(() => {
        for (const name of Object.keys(process.env)) if (name.startsWith("OKTA_")) delete process.env[name];
    });
    after(() => void Object.assign(process.env, kept));

    for (const [what, config, sentence] of UNCONFIGURED) {
        it(`asks no server, and says what is missing: ${what}`, async () => {
            const looking = firstLook({ get: (key) => config[key] }, {});
            assert.match(await looking.then(() => "nothing", sentenceOf), sentence);
        });
    }
});
