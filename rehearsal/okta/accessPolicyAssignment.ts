import type { Properties } from "../values/values";
import type { Wire } from "./api";
import { at, type OktaResource, text } from "./resource";

/** `okta:app/accessPolicyAssignment:AccessPolicyAssignment`, which puts an app on a policy; nothing takes it off again. */
export const accessPolicyAssignment: OktaResource = {
    fields: {
        appId: { kind: "text", required: true, replaces: true },
        policyId: { kind: "text", required: true },
    },
    needsIdentityEngine: false,

    async create(okta, { appId = "", policyId = "" }) {
        await okta.send("GET", pathOf(text(appId)));
        await okta.send("PUT", `${pathOf(text(appId))}/policies/${text(policyId)}`);
        return { id: text(appId), outputs: { appId, policyId } };
    },

    async read(okta, id) {
        const app = await okta.unlessGone("GET", pathOf(id));
        return app && { appId: id, policyId: policyOf(app) };
    },

    async update(okta, id, { policyId = "" }): Promise<Properties> {
        const app = await okta.send("GET", pathOf(id));
        if (policyOf(app) !== policyId) await okta.send("PUT", `${pathOf(id)}/policies/${text(policyId)}`);
        return { appId: id, policyId };
    },

    async delete() {},
};

function pathOf(appId: string): string {
    return `/api/v1/apps/${encodeURIComponent(appId)}`;
}

/** The last part of the link to the app's policy is the policy's id. */
function policyOf(app: Wire): string {
    return (
        text(at(app, "_links", "accessPolicy", "href"))
            .split("/")
            .at(-1) ?? ""
    );
}
