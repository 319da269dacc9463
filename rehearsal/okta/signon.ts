import type { Properties } from "../values/values";
import type { OktaApi, Wire } from "./api";
import { at, filled, type OktaResource, present, text } from "./resource";

/** `okta:policy/signon:Signon`, a global session policy. */
export const signon: OktaResource = {
    fields: {
        name: { kind: "text" },
        description: { kind: "text" },
        groupsIncluded: { kind: "texts", set: true },
        priority: { kind: "number", computed: true },
        status: { kind: "text", default: "ACTIVE", oneOf: ["ACTIVE", "INACTIVE"] },
    },
    needsIdentityEngine: false,

    async create(okta, inputs) {
        const made = await okta.send("POST", "/api/v1/policies", bodyOf(inputs));
        const path = pathOf(text(made.id));
        await setStatus(okta, path, inputs);
        return { id: text(made.id), outputs: outputsOf(await okta.send("GET", path)) };
    },

    async read(okta, id) {
        const found = await okta.unlessGone("GET", pathOf(id));
        return found && outputsOf(found);
    },

    async update(okta, id, planned) {
        const written = await okta.send("PUT", pathOf(id), bodyOf(planned));
        await setStatus(okta, pathOf(id), planned);
        return outputsOf({ ...written, status: planned.status ?? "ACTIVE" });
    },

    async delete(okta, id) {
        await okta.unlessGone("DELETE", pathOf(id));
    },
};

function pathOf(id: string): string {
    return `/api/v1/policies/${encodeURIComponent(id)}`;
}

async function setStatus(okta: OktaApi, path: string, { status }: Properties): Promise<void> {
    await okta.send("POST", `${path}/lifecycle/${status === "INACTIVE" ? "deactivate" : "activate"}`);
}

function bodyOf({ groupsIncluded, description, name, priority, status }: Properties): Wire {
    const groups = present({ include: filled(groupsIncluded) });
    return present({
        conditions: { people: { groups } },
        description,
        name,
        priority,
        status,
        type: "OKTA_SIGN_ON",
    });
}

function outputsOf(policy: Wire): Properties {
    return present({
        name: policy.name,
        description: policy.description ?? undefined,
        groupsIncluded: filled(at(policy, "conditions", "people", "groups", "include")),
        priority: policy.priority,
        status: policy.status,
    });
}
