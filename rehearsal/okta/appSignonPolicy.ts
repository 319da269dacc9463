import { fail } from "../../src/core/errors/errors";
import { nextPath } from "../../src/okta/pages";
import type { Properties, Value } from "../values/values";
import type { OktaApi, Wire } from "./api";
import { at, type OktaResource, present, text } from "./resource";

/** `okta:index/appSignonPolicy:AppSignonPolicy`, an authentication policy. */
export const appSignonPolicy: OktaResource = {
    fields: {
        name: { kind: "text" },
        description: { kind: "text", required: true },
        priority: { kind: "number", default: 1 },
        catchAll: { kind: "flag", default: true },
    },
    needsIdentityEngine: true,

    async create(okta, inputs) {
        const made = await okta.send("POST", "/api/v1/policies", bodyOf(inputs));
        const id = text(made.id);
        const outputs = await withDefaultRule(okta, id, { ...outputsOf(made), catchAll: inputs.catchAll ?? true });
        if (inputs.catchAll === false) await denyByDefault(okta, id);
        return { id, outputs };
    },

    /** A policy that is gone is an error, as it is for the real provider. */
    async read(okta, id, { catchAll }) {
        const found = await okta.send("GET", pathOf(id));
        return withDefaultRule(okta, id, present({ ...outputsOf(found), catchAll }));
    },

    async update(okta, id, planned) {
        const written = await okta.send("PUT", pathOf(id), bodyOf(planned));
        return withDefaultRule(okta, id, present({ ...outputsOf(written), catchAll: planned.catchAll }));
    },

    async delete(okta, id) {
        const fallback = await defaultPolicyId(okta);
        for (const appId of await appsOn(okta, id)) {
            await okta.send("PUT", `/api/v1/apps/${appId}/policies/${fallback}`).catch(() => undefined);
        }
        await okta.unlessGone("DELETE", pathOf(id));
    },
};

function pathOf(id: string): string {
    return `/api/v1/policies/${encodeURIComponent(id)}`;
}

function bodyOf({ description, name, priority }: Properties): Wire {
    return present({ description, name, priority, type: "ACCESS_POLICY" });
}

function outputsOf({ description, name, priority }: Wire): Properties {
    return present({ description, name, priority });
}

async function withDefaultRule(okta: OktaApi, id: string, outputs: Properties): Promise<Properties> {
    const rule = await catchAllRule(okta, id);
    return present({ ...outputs, defaultRuleId: rule?.id });
}

async function catchAllRule(okta: OktaApi, policyId: string): Promise<Wire | undefined> {
    const rules = await okta.list(`${pathOf(policyId)}/rules`);
    return rules.find(({ system }) => system === true);
}

/** Okta creates the catch-all rule open. The provider sends the whole rule back, as it read it, with another access. */
async function denyByDefault(okta: OktaApi, policyId: string): Promise<void> {
    const rule = await catchAllRule(okta, policyId);
    if (rule === undefined) return fail("okta-refused", `policy ${policyId} has no catch-all rule to deny by`);
    const signOn = at(rule, "actions", "appSignOn") as Properties | undefined;
    const body = { ...rule, actions: { appSignOn: { ...signOn, access: "DENY" } } };
    await okta.send("PUT", `${pathOf(policyId)}/rules/${text(rule.id)}`, body);
}

/** The policy that apps fall back on: the only one of the system's on the first page. */
async function defaultPolicyId(okta: OktaApi): Promise<string> {
    const policies = await okta.list("/api/v1/policies?type=ACCESS_POLICY");
    const [found, ...more] = policies.filter(({ system }) => system === true);
    if (found === undefined || more.length > 0) {
        return fail("okta-refused", `cannot find the default access policy: ${policies.length} policies`);
    }
    return text(found.id);
}

async function appsOn(okta: OktaApi, policyId: string): Promise<readonly string[]> {
    const ids: string[] = [];
    let path: string | undefined = "/api/v1/apps?limit=200";
    while (path !== undefined) {
        const { body, headers } = await okta.http.request("GET", path, { signal: okta.signal });
        const apps = Array.isArray(body) ? (body as Value[]) : [];
        const on = apps.filter((app) => text(at(app, "_links", "accessPolicy", "href")).endsWith(`/${policyId}`));
        ids.push(...on.map((app) => text(at(app, "id"))));
        path = nextPath(headers.get("link"), okta.http.orgUrl);
    }
    return ids;
}
