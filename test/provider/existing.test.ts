import { strict as assert } from "node:assert";
import { runtime } from "@pulumi/pulumi";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { type Existing, type ExistingProvider, existingProvider } from "../../src/provider/existing";
import { worldAt } from "./worldAt";

const [POLICY, SESSION, APP] = ["rstContractors000000", "00pSession0000000000", "0oaPayroll0000000000"] as const;

describe("existingProvider", () => {
    let okta: Emulator;
    let provider: ExistingProvider;

    before(async () => {
        const policies = [
            { id: POLICY, name: "Contractors" },
            { id: SESSION, name: "Sessions", type: "OKTA_SIGN_ON" as const },
        ];
        okta = await startEmulator({ seed: { policies, apps: [{ id: APP, label: "Payroll" }] } });
        provider = existingProvider(() => worldAt(okta.url, []));
        await provider.configure({ config: { get: () => undefined, require: () => "" } });
    });
    after(() => okta.close());
    afterEach(() => okta.mend());

    const check = (news: Existing, olds: Partial<Existing> = {}) => provider.check(olds as Existing, news);

    it("finds what is there, and asks for it once only", async () => {
        const news = { policyId: POLICY, apps: [APP] };
        assert.deepEqual(await check(news), { inputs: news });
        const from = okta.requests.length;
        assert.deepEqual(await check(news, news), { inputs: news });
        assert.equal(okta.requests.length, from);
    });

    it("asks for nothing that is not known yet", async () => {
        const news = { policyId: runtime.unknownValue, apps: ["0oaNowhere0000000000"] };
        assert.deepEqual(await check(news), { inputs: news });
    });

    const MISSING: readonly (readonly [what: string, news: Existing, reason: string])[] = [
        [
            "a policy of another type",
            { policyId: SESSION, apps: [] },
            `policy "Sessions" (${SESSION}) is of type OKTA_SIGN_ON: zonekeeper:policyId names an authentication policy, of type ACCESS_POLICY`,
        ],
        [
            "a policy that is not there",
            { policyId: "rstNowhere0000000000", apps: [] },
            "the org has no policy rstNowhere0000000000: check zonekeeper:policyId, and that the credential is of that org",
        ],
        [
            "an app that is not there",
            { apps: [APP, "0oaNowhere0000000000"] },
            "the org has no app 0oaNowhere0000000000: check zonekeeper:apps, and that the credential is of that org",
        ],
        ["an id that is none", { policyId: "Staff only", apps: [] }, '"Staff only" is not the id of a policy'],
    ];
    for (const [what, news, reason] of MISSING) {
        it(`reports it in a sentence: ${what}`, async () => {
            assert.deepEqual((await check(news)).failures, [{ property: "", reason: `${reason} [ZK002]` }]);
        });
    }

    it("passes on what Okta says otherwise", async () => {
        okta.inject({ on: { path: POLICY }, do: { status: 403 } });
        const { failures } = await check({ policyId: POLICY, apps: [] });
        assert.match(failures?.[0]?.reason ?? "", /403 E0000006/);
    });
});
