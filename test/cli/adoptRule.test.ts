import { strict as assert } from "node:assert";

import { readSettings } from "../../src/core/settings/settings";
import { call, openScene } from "./scene";

const network = { connection: "ZONE", include: ["nzo1"] };
const rule = (id: string, access = "ALLOW") => ({
    id,
    name: `Rule ${id}`,
    priority: 1,
    conditions: { network },
    actions: {
        appSignOn: { access, verificationMethod: { type: "ASSURANCE", factorMode: "1FA", reauthenticateIn: "PT2H" } },
    },
});
const policy = (id: string, ...rules: object[]) => ({
    id,
    name: `Policy ${id}`,
    type: "ACCESS_POLICY" as const,
    rules: rules as never,
});

describe("zonekeeper adopt, for a zone that rules name", () => {
    async function adopt(...policies: ReturnType<typeof policy>[]) {
        await using scene = await openScene({ nzo1: ["203.0.113.1/32"] }, "", { policies });
        const called = await call(["adopt", "nzo1", "--okta", scene.okta.url], { directory: scene.directory });
        return { ...called, writes: scene.asked().filter((line) => !line.startsWith("GET ")) };
    }

    it("keeps the only one, and its policy", async () => {
        const { status, out, writes } = await adopt(
            policy("rstPay", rule("rulA"), rule("rulDeny", "DENY")),
            policy("rstOther"),
        );
        assert.deepEqual([status, writes], [0, []]);
        assert.match(
            out,
            /let in by the rule "Rule rulA" \(rulA\) of the policy "Policy rstPay" \(rstPay\), which stays as it is\./,
        );
        const config = Object.fromEntries(
            [...out.matchAll(/zonekeeper:(policyId|ruleId) (\S+)/g)].map(([, k, v]) => [k, v]),
        );
        assert.deepEqual(config, { policyId: "rstPay", ruleId: "rulA" });
        assert.equal(readSettings({ ...config, membership: "agent" } as Record<string, string>, "dev").ruleId, "rulA");
    });

    it("asks which one is meant of several", async () => {
        const { out } = await adopt(policy("rstPay", rule("rulA")), policy("rstWiki", rule("rulB")));
        assert.match(
            out,
            /Rule rulA[\s\S]*Rule rulB[\s\S]*Set zonekeeper:policyId and zonekeeper:ruleId to one of them/,
        );
        assert.doesNotMatch(out, /zonekeeper:ruleId rul/);
    });

    it("has nothing to say where there is none", async () => {
        const { out } = await adopt(policy("rstPay"));
        assert.doesNotMatch(out, /ruleId|which stays as it is/);
    });
});
