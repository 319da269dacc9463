import type { FastifyInstance } from "fastify";

import { invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import type { Document } from "../state/document";
import type { App, Org } from "../state/org";
import type { World } from "../state/world";

const NO_MAPPINGS = "Policy mappings are no longer supported on this endpoint";

interface Apps {
    /** The app with this id, or 404. */
    readonly appOf: (org: Org, id: string) => App;
    readonly show: (app: App) => Document;
}

/**
 * Which policies are for an app: one that decides how people sign in, and one for their enrollment. The same call puts
 * an app on either. Source: pull request 1189 of the Okta provider.
 */
export function appPolicyRoutes(app: FastifyInstance, world: World, { appOf, show }: Apps): void {
    app.put("/api/v1/apps/:id/policies/:other", async (request, reply) => {
        const { id, other } = paramsOf(request);
        assign(world.org, appOf(world.org, id), other);
        return reply.code(204).send();
    });
    app.get("/api/v1/policies/:id/app", (request, reply) => {
        const { id } = paramsOf(request);
        const rows = appsOn(world.org, id).map((each) => ({ id: each.document.id, each }));
        const self = `${world.url}/api/v1/policies/${id}/app`;
        const { items, links } = pageOf(rows, queryOf(request), self, { usual: 20, most: 200 });
        return sendPage(reply, { items: items.map(({ each }) => show(each)), links });
    });
    const showMapping = ({ document }: App, policyId: string): Document => ({
        id: document.id,
        _links: {
            application: { href: `${world.url}/api/v1/apps/${document.id}` },
            policy: { href: `${world.url}/api/v1/policies/${policyId}` },
        },
    });
    app.get("/api/v1/policies/:id/mappings", async (request) => {
        const { id } = paramsOf(request);
        return appsOn(world.org, id).map((each) => showMapping(each, id));
    });
    app.post("/api/v1/policies/:id/mappings", async (request) => {
        const { id } = paramsOf(request);
        // Okta's own words. Source: issue 1055 of the Okta provider.
        if (world.org.policies.get(id)?.type === "PROFILE_ENROLLMENT") {
            return refuse(400, "E0000001", `Api validation failed: ${NO_MAPPINGS}`);
        }
        return showMapping(assign(world.org, appOf(world.org, String(bodyOf(request).resourceId)), id), id);
    });
}

/** The enrollment policy of an app; the system's unless it was put on another. */
export function enrollmentPolicyOf({ enrollmentPolicyId }: App, { about }: Org): string {
    return enrollmentPolicyId ?? about.profileEnrollmentPolicyId;
}

function appsOn(org: Org, policyId: string): App[] {
    const { type } = org.policies.get(policyId) ?? missing(policyId, "Policy");
    const isOn = (app: App) =>
        (type === "PROFILE_ENROLLMENT" ? enrollmentPolicyOf(app, org) : app.policyId) === policyId;
    return [...org.apps.values()].filter(isOn);
}

/** Puts the app on the policy; `lastUpdated` stays. */
function assign({ policies, apps }: Org, app: App, policyId: string): App {
    const { type } = policies.get(policyId) ?? missing(policyId, "Policy");
    if (type !== "ACCESS_POLICY" && type !== "PROFILE_ENROLLMENT") {
        invalid("policyId", "Only an authentication policy or an enrollment policy can be assigned to an app.");
    }
    const moved = { ...app, ...(type === "ACCESS_POLICY" ? { policyId } : { enrollmentPolicyId: policyId }) };
    apps.set(app.document.id, moved);
    return moved;
}
