import type { Properties } from "../values/values";
import type { OktaApi, Wire } from "./api";
import { networkFields, networkFromWire, networkToWire } from "./network";
import { at, filled, type OktaResource, present, text } from "./resource";

/** `okta:policy/ruleSignon:RuleSignon`, a rule of a global session policy. */
export const ruleSignon: OktaResource = {
    fields: {
        policyId: { kind: "text", required: true, replaces: true },
        name: { kind: "text" },
        priority: { kind: "number", computed: true },
        status: { kind: "text", default: "ACTIVE", oneOf: ["ACTIVE", "INACTIVE"] },
        access: { kind: "text", default: "ALLOW", oneOf: ["ALLOW", "DENY", "CHALLENGE"] },
        authtype: { kind: "text", default: "ANY", oneOf: ["ANY", "RADIUS", "LDAP_INTERFACE"] },
        identityProvider: { kind: "text", default: "ANY", oneOf: ["ANY", "OKTA"] },
        mfaLifetime: { kind: "number" },
        mfaPrompt: { kind: "text", oneOf: ["DEVICE", "SESSION", "ALWAYS"] },
        mfaRememberDevice: { kind: "flag", default: false },
        mfaRequired: { kind: "flag", default: false },
        ...networkFields,
        primaryFactor: { kind: "text", computed: true },
        sessionIdle: { kind: "number", default: 120 },
        sessionLifetime: { kind: "number", default: 120 },
        sessionPersistent: { kind: "flag", default: false },
        usersExcluded: { kind: "texts", set: true },
    },
    needsIdentityEngine: false,

    async create(okta, inputs) {
        const rules = rulesOf(inputs);
        const made = await okta.send("POST", rules, bodyOf(inputs));
        const path = `${rules}/${text(made.id)}`;
        if (inputs.status === "INACTIVE") await okta.send("POST", `${path}/lifecycle/deactivate`);
        await okta.send("GET", policyOf(inputs));
        return { id: text(made.id), outputs: outputsOf(await okta.send("GET", path), inputs) };
    },

    async read(okta, id, outputs) {
        const rule = await readRule(okta, id, outputs);
        return rule && outputsOf(rule, outputs);
    },

    async update(okta, id, planned) {
        const path = `${rulesOf(planned)}/${encodeURIComponent(id)}`;
        const written = await okta.send("PUT", path, bodyOf(planned));
        await okta.send("POST", `${path}/lifecycle/${planned.status === "INACTIVE" ? "deactivate" : "activate"}`);
        return outputsOf({ ...written, status: planned.status ?? "ACTIVE" }, planned);
    },

    async delete(okta, id, outputs) {
        const rule = await readRule(okta, id, outputs);
        if (rule !== undefined) await okta.unlessGone("DELETE", `${rulesOf(outputs)}/${encodeURIComponent(id)}`);
    },
};

/** The provider looks for the policy first: without it, it takes the rule for gone. */
async function readRule(okta: OktaApi, id: string, rule: Properties): Promise<Wire | undefined> {
    const policy = await okta.unlessGone("GET", policyOf(rule));
    return policy && okta.unlessGone("GET", `${rulesOf(rule)}/${encodeURIComponent(id)}`);
}

function policyOf({ policyId }: Properties): string {
    return `/api/v1/policies/${encodeURIComponent(text(policyId))}`;
}

function rulesOf(rule: Properties): string {
    return `${policyOf(rule)}/rules`;
}

function bodyOf(rule: Properties): Wire {
    const excluded = filled(rule.usersExcluded);
    return present({
        type: "SIGN_ON",
        name: rule.name,
        priority: rule.priority,
        status: rule.status,
        conditions: present({
            authContext: { authType: rule.authtype ?? "ANY" },
            identityProvider: { provider: rule.identityProvider ?? "ANY" },
            network: networkToWire(rule),
            people: excluded && { users: { exclude: excluded } },
        }),
        actions: { signon: signonOf(rule) },
    });
}

function signonOf(rule: Properties): Wire {
    return present({
        access: rule.access,
        factorLifetime: rule.mfaLifetime,
        factorPromptMode: rule.mfaPrompt,
        primaryFactor: rule.primaryFactor,
        rememberDeviceByDefault: rule.mfaRememberDevice ?? false,
        requireFactor: rule.mfaRequired ?? false,
        session: present({
            maxSessionIdleMinutes: rule.sessionIdle,
            maxSessionLifetimeMinutes: rule.sessionLifetime,
            usePersistentCookie: rule.sessionPersistent ?? false,
        }),
    });
}

function outputsOf(rule: Wire, { policyId }: Properties): Properties {
    const signOn = at(rule, "actions", "signon");
    return present({
        policyId,
        name: rule.name,
        priority: rule.priority,
        status: rule.status,
        access: at(signOn, "access"),
        authtype: at(rule, "conditions", "authContext", "authType"),
        identityProvider: at(rule, "conditions", "identityProvider", "provider"),
        mfaLifetime: at(signOn, "factorLifetime"),
        mfaPrompt: at(signOn, "factorPromptMode"),
        mfaRememberDevice: at(signOn, "rememberDeviceByDefault"),
        mfaRequired: at(signOn, "requireFactor"),
        ...networkFromWire(rule),
        primaryFactor: at(signOn, "primaryFactor"),
        sessionIdle: at(signOn, "session", "maxSessionIdleMinutes"),
        sessionLifetime: at(signOn, "session", "maxSessionLifetimeMinutes"),
        sessionPersistent: at(signOn, "session", "usePersistentCookie"),
        usersExcluded: filled(at(rule, "conditions", "people", "users", "exclude")),
    });
}
