import { fail } from "../../src/core/errors/errors";
import type { Properties, Value } from "../values/values";
import type { OktaApi, Wire } from "./api";
import { networkFields, networkFromWire, networkToWire } from "./network";
import { at, filled, type OktaResource, present, text } from "./resource";

const textField = { kind: "text" } as const;
const texts = { kind: "texts", set: true } as const;

/** `okta:index/appSignonPolicyRule:AppSignonPolicyRule`, a rule of an authentication policy. */
export const appSignonPolicyRule: OktaResource = {
    fields: {
        policyId: { kind: "text", required: true, replaces: true },
        name: textField,
        priority: { kind: "number" },
        status: { kind: "text", default: "ACTIVE", oneOf: ["ACTIVE", "INACTIVE"] },
        access: { kind: "text", default: "ALLOW", oneOf: ["ALLOW", "DENY"] },
        factorMode: { kind: "text", default: "2FA", oneOf: ["1FA", "2FA"] },
        type: { kind: "text", default: "ASSURANCE" },
        reAuthenticationFrequency: { kind: "text", default: "PT2H" },
        inactivityPeriod: textField,
        constraints: { kind: "texts" },
        ...networkFields,
        usersIncluded: texts,
        usersExcluded: texts,
        groupsIncluded: texts,
        groupsExcluded: texts,
        userTypesIncluded: texts,
        userTypesExcluded: texts,
        customExpression: textField,
        riskScore: { kind: "text", computed: true },
        keepMeSignedIn: { kind: "object", computed: true },
    },
    needsIdentityEngine: true,

    async create(okta, inputs) {
        const rules = rulesOf(inputs);
        const made = await okta.send("POST", rules, bodyOf(inputs));
        const path = `${rules}/${text(made.id)}`;
        if (inputs.status === "INACTIVE") await okta.send("POST", `${path}/lifecycle/deactivate`);
        return { id: text(made.id), outputs: outputsOf(await okta.send("GET", path), inputs) };
    },

    async read(okta, id, outputs) {
        const found = await okta.unlessGone("GET", pathOf(outputs, id));
        return found && outputsOf(found, outputs);
    },

    async update(okta, id, planned, outputs) {
        const path = pathOf(planned, id);
        await okta.send("PUT", path, bodyOf({ ...planned, system: outputs.system ?? false }));
        if (planned.status !== outputs.status) await setStatus(okta, path, planned);
        return outputsOf(await okta.send("GET", path), planned);
    },

    async delete(okta, id, outputs) {
        if (outputs.name !== "Catch-all Rule") await okta.unlessGone("DELETE", pathOf(outputs, id));
    },
};

async function setStatus(okta: OktaApi, path: string, { status }: Properties): Promise<void> {
    await okta.send("POST", `${path}/lifecycle/${status === "INACTIVE" ? "deactivate" : "activate"}`);
}

function rulesOf({ policyId }: Properties): string {
    return `/api/v1/policies/${encodeURIComponent(text(policyId))}/rules`;
}

function pathOf(rule: Properties, id: string): string {
    return `${rulesOf(rule)}/${encodeURIComponent(id)}`;
}

function bodyOf(rule: Properties): Wire {
    const method = present({
        constraints: filled(rule.constraints)?.map(constraintIn),
        factorMode: rule.factorMode,
        inactivityPeriod: rule.inactivityPeriod,
        reauthenticateIn: rule.reAuthenticationFrequency,
        type: rule.type,
    });
    return present({
        actions: {
            appSignOn: present({
                access: rule.access,
                keepMeSignedIn: rule.keepMeSignedIn,
                verificationMethod: method,
            }),
        },
        conditions: rule.system === true ? undefined : conditionsOf(rule),
        name: rule.name,
        priority: rule.priority ?? 0,
        system: rule.system === true ? true : undefined,
        type: "ACCESS_POLICY",
    });
}

function conditionsOf(rule: Properties): Wire {
    const users = present({ exclude: filled(rule.usersExcluded), include: filled(rule.usersIncluded) });
    const groups = present({ exclude: filled(rule.groupsExcluded), include: filled(rule.groupsIncluded) });
    const people = present({ groups: unlessEmpty(groups), users: unlessEmpty(users) });
    const types = present({ exclude: filled(rule.userTypesExcluded), include: filled(rule.userTypesIncluded) });
    return present({
        elCondition: rule.customExpression === undefined ? undefined : { condition: rule.customExpression },
        network: networkToWire(rule),
        people: unlessEmpty(people),
        platform: {},
        riskScore: rule.riskScore === undefined ? undefined : { level: rule.riskScore },
        userType: unlessEmpty(types),
    });
}

function unlessEmpty(properties: Properties): Properties | undefined {
    return Object.keys(properties).length > 0 ? properties : undefined;
}

function constraintIn(json: Value): Value {
    try {
        return JSON.parse(text(json)) as Value;
    } catch {
        return fail("bad-input", "a constraint of the rule is not JSON");
    }
}

function outputsOf(rule: Wire, { policyId, constraints }: Properties): Properties {
    const signOn = at(rule, "actions", "appSignOn");
    return present({
        policyId,
        name: rule.name,
        priority: rule.priority,
        status: rule.status,
        system: rule.system ?? false,
        access: at(signOn, "access"),
        factorMode: at(signOn, "verificationMethod", "factorMode"),
        type: at(signOn, "verificationMethod", "type"),
        reAuthenticationFrequency: at(signOn, "verificationMethod", "reauthenticateIn"),
        inactivityPeriod: at(signOn, "verificationMethod", "inactivityPeriod"),
        constraints,
        ...networkFromWire(rule),
        usersIncluded: filled(at(rule, "conditions", "people", "users", "include")),
        usersExcluded: filled(at(rule, "conditions", "people", "users", "exclude")),
        groupsIncluded: filled(at(rule, "conditions", "people", "groups", "include")),
        groupsExcluded: filled(at(rule, "conditions", "people", "groups", "exclude")),
        userTypesIncluded: filled(at(rule, "conditions", "userType", "include")),
        userTypesExcluded: filled(at(rule, "conditions", "userType", "exclude")),
        customExpression: at(rule, "conditions", "elCondition", "condition"),
        riskScore: at(rule, "conditions", "riskScore", "level"),
        keepMeSignedIn: at(signOn, "keepMeSignedIn"),
    });
}
