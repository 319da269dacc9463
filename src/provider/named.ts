import { fail } from "../core/errors/errors";
import { nearest } from "../core/errors/nearest";
import { quote } from "../core/errors/quote";
import { isMissing } from "../okta/exchange/refused";
import type { Policies, Policy } from "../okta/policies";

/** The authentication policy with this id. @throws `bad-input` where the org has none, or one of another type */
export async function policyOfId(policies: Policies, id: string, signal: AbortSignal): Promise<Policy> {
    const policy = await found(policies.readPolicy(id, signal), `policy ${id}`, "zonekeeper:policyId");
    if (policy.type === "ACCESS_POLICY") return policy;
    return fail(
        "bad-input",
        `policy "${policy.name}" (${id}) is of type ${policy.type}: zonekeeper:policyId names an authentication policy, of type ACCESS_POLICY`,
    );
}

/** The authentication policy with exactly this name. @throws `bad-input` where the org has none */
export async function policyOfName(policies: Policies, name: string, signal: AbortSignal): Promise<Policy> {
    const all = await policies.listPolicies("ACCESS_POLICY", signal);
    const policy = all.find((each) => each.name === name);
    if (policy !== undefined) return policy;
    const names = all.map((each) => each.name);
    const near = nearest(name, names);
    const meant = near === undefined ? "" : `; did you mean ${quote(near)}?`;
    return fail(
        "bad-input",
        `the org has no authentication policy with the name ${quote(name)}: check zonekeeper:policyName, ` +
            `and that the credential is of that org${meant}`,
    );
}

/** @throws `bad-input` where the org has no app with this id */
export async function checkApp(policies: Policies, id: string, signal: AbortSignal): Promise<void> {
    await found(policies.readApp(id, signal), `app ${id}`, "zonekeeper:apps");
}

/** @throws `bad-input` if the policy has no rule with this id that admits a zone */
export async function checkRule(policies: Policies, policyId: string, id: string, signal: AbortSignal): Promise<void> {
    const rule = (await policies.listRules(policyId, signal)).find((each) => each.id === id);
    if (rule === undefined) fail("bad-input", `policy ${policyId} has no rule ${id}: check zonekeeper:ruleId`);
    else if (rule.network.connection !== "ZONE") {
        fail(
            "bad-input",
            `the rule "${rule.name}" (${id}) asks for no network zone: zonekeeper:ruleId names one that does`,
        );
    }
}

async function found<T>(call: Promise<T>, what: string, setting: string): Promise<T> {
    try {
        return await call;
    } catch (error) {
        if (!isMissing(error)) throw error;
        return fail("bad-input", `the org has no ${what}: check ${setting}, and that the credential is of that org`);
    }
}
