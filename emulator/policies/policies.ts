import type { FastifyInstance } from "fastify";

import { forbid, invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf, type Query, queryOf, sendPage } from "../http/http";
import { pageOf, withQuery } from "../http/paging";
import { logEvent } from "../logs/events";
import { type Document, documentOf, without } from "../state/document";
import type { Org, Policy } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { catchAllRule } from "./ruleDefaults";

/** The types that there are here. */
const TYPES = ["ACCESS_POLICY", "OKTA_SIGN_ON"];

/** Types that Okta has besides; their lists are empty here. */
const OTHER_TYPES = ["PASSWORD", "MFA_ENROLL", "IDP_DISCOVERY", "PROFILE_ENROLLMENT"];

/** Okta's policies: authentication policies (`ACCESS_POLICY`) and global session policies (`OKTA_SIGN_ON`). */
export function policyRoutes(app: FastifyInstance, world: World): void {
    const show = (policy: Policy) => showPolicy(policy, world.url);
    app.get("/api/v1/policies", (request, reply) => sendPage(reply, listPolicies(world, queryOf(request))));
    app.post("/api/v1/policies", async (request) => {
        const status = queryOf(request).activate === "false" ? "INACTIVE" : "ACTIVE";
        return show(createPolicy(world, bodyOf(request), status));
    });
    app.get("/api/v1/policies/:id", async (request) => show(policyOf(world.org, paramsOf(request).id)));
    app.put("/api/v1/policies/:id", async (request) =>
        show(replacePolicy(world, paramsOf(request).id, bodyOf(request))),
    );
    app.delete("/api/v1/policies/:id", async (request, reply) => {
        deletePolicy(world, paramsOf(request).id);
        return reply.code(204).send();
    });
    for (const [verb, status] of [
        ["activate", "ACTIVE"],
        ["deactivate", "INACTIVE"],
    ] as const) {
        app.post(`/api/v1/policies/:id/lifecycle/${verb}`, async (request, reply) => {
            const policy = policyOf(world.org, paramsOf(request).id);
            if (policy.system || isAccountManagement(policy)) forbid();
            if (policy.status !== status) {
                world.org.policies.set(policy.id, { ...policy, status, lastUpdated: stampOf(world.now()) });
            }
            logEvent(world, `policy.lifecycle.${verb}`, policy);
            return reply.code(204).send();
        });
    }
}

/** The policy with this id, or 404. */
export function policyOf({ policies }: Org, id: string): Policy {
    return policies.get(id) ?? missing(id, "Policy");
}

function listPolicies({ org, url }: World, query: Query) {
    const { type, status, q, resourceId } = query;
    if (typeof type !== "string" || ![...TYPES, ...OTHER_TYPES].includes(type)) {
        return invalid("type", `The type has to be one of ${[...TYPES, ...OTHER_TYPES].join(", ")}.`);
    }
    checkFeature(org, type);
    const onApp = typeof resourceId === "string" ? org.apps.get(resourceId)?.policyId : undefined;
    const found = [...org.policies.values()].filter(
        (policy) =>
            policy.type === type &&
            (status === undefined || policy.status === status) &&
            (resourceId === undefined || policy.id === onApp) &&
            policy.name.toLowerCase().startsWith(String(q ?? "").toLowerCase()),
    );
    const sorted = found.sort((a, b) => a.priority - b.priority);
    const { items, links } = pageOf(sorted, query, withQuery(`${url}/api/v1/policies`, { type }), { most: 200 });
    const show = (policy: Policy) => ({
        ...showPolicy(policy, url),
        ...(policy._embedded !== undefined && { _embedded: policy._embedded }),
    });
    return { items: items.map(show), links };
}

/** A new authentication policy has a rule that lets everybody in. A status in the body is ignored. */
function createPolicy(world: World, body: Document, status: "ACTIVE" | "INACTIVE"): Policy {
    const { type, name, description, conditions, priority } = body;
    if (typeof type !== "string" || !TYPES.includes(type)) {
        return invalid("type", `The type has to be one of ${TYPES.join(", ")}.`);
    }
    checkFeature(world.org, type);
    checkName(world.org, type, name, undefined);
    const now = stampOf(world.now());
    const isAccess = type === "ACCESS_POLICY";
    const policy: Policy = {
        id: world.ids.id(isAccess ? "rst" : "00p"),
        status,
        name: String(name),
        ...(description !== undefined && { description }),
        priority: isAccess ? 1 : placeOf(world.org, priority),
        system: false,
        conditions: isAccess ? null : (conditions ?? null),
        created: now,
        lastUpdated: now,
        type,
        ...(isAccess && { _embedded: { resourceType: "APP" } }),
    };
    world.org.policies.set(policy.id, policy);
    const rules = isAccess ? [catchAllRule(world.ids.id("rul"), now, false)] : [];
    world.org.rules.set(policy.id, new Map(rules.map((rule) => [rule.id, rule])));
    settlePriorities(world, policy);
    return policy;
}

function replacePolicy(world: World, id: string, body: Document): Policy {
    const before = policyOf(world.org, id);
    if (isAccountManagement(before)) return forbid();
    const { type, name, description, conditions, priority } = body;
    if (type !== before.type) invalid("type", "The type of a policy cannot be changed.");
    if (name !== before.name) checkName(world.org, before.type, name, id);
    const isSession = before.type === "OKTA_SIGN_ON";
    const policy: Policy = {
        ...(without(before, "description") as Policy),
        name: String(name),
        ...(description !== undefined && { description }),
        priority: isSession && !before.system ? placeOf(world.org, priority ?? before.priority) : before.priority,
        conditions: isSession ? (conditions ?? null) : null,
        lastUpdated: stampOf(world.now()),
    };
    world.org.policies.set(id, policy);
    settlePriorities(world, policy);
    logEvent(world, "policy.lifecycle.update", policy);
    return world.org.policies.get(id) ?? policy;
}

/** Refused while an app is on the policy; that it is, and its words, are the emulator's guess. */
function deletePolicy(world: World, id: string): void {
    const policy = policyOf(world.org, id);
    if (policy.system || isAccountManagement(policy)) forbid();
    const app = [...world.org.apps.values()].find(({ policyId }) => policyId === id);
    if (app !== undefined) invalid("id", `The policy is assigned to the app ${app.document.label}.`);
    world.org.policies.delete(id);
    world.org.rules.delete(id);
    settlePriorities(world, undefined);
}

function isAccountManagement(policy: Policy): boolean {
    return documentOf(policy._embedded).resourceType === "END_USER_ACCOUNT_MANAGEMENT";
}

function placeOf({ policies }: Org, wanted: unknown): number {
    const last = [...policies.values()].filter(({ type, system }) => type === "OKTA_SIGN_ON" && !system).length + 1;
    return Number.isInteger(wanted) ? Math.min(Math.max(1, Number(wanted)), last) : last;
}

/**
 * Global session policies are numbered from 1 without gaps, the default one
 * last. One that moves for the sake of another has a new `lastUpdated`.
 */
function settlePriorities({ org, now }: World, placed: Policy | undefined): void {
    const session = [...org.policies.values()].filter(({ type }) => type === "OKTA_SIGN_ON");
    const order = session.sort(
        (a, b) =>
            Number(a.system) - Number(b.system) ||
            a.priority - b.priority ||
            Number(b === placed) - Number(a === placed),
    );
    for (const [index, policy] of order.entries()) {
        if (policy.priority === index + 1) continue;
        org.policies.set(policy.id, { ...policy, priority: index + 1, lastUpdated: stampOf(now()) });
    }
}

/** Authentication policies exist on Identity Engine only. */
function checkFeature({ about }: Org, type: string): void {
    if (type !== "ACCESS_POLICY" || about.pipeline === "idx") return;
    refuse(401, "E0000015", "You do not have permission to access the feature you are requesting");
}

/** That names are unique, and the words of the refusal, are the emulator's guess. */
function checkName({ policies }: Org, type: string, name: unknown, ownId: string | undefined): void {
    if (typeof name !== "string" || name.trim() === "") invalid("name", "The field cannot be left blank");
    const isTaken = [...policies.values()].some(
        (policy) => policy.type === type && policy.name === name && policy.id !== ownId,
    );
    if (isTaken) invalid("name", "Policy name already in use");
}

/** The policy as Okta shows it alone; a list also has `_embedded`. */
export function showPolicy(policy: Policy, url: string): Document {
    const self = `${url}/api/v1/policies/${policy.id}`;
    const turn = policy.status === "ACTIVE" ? "deactivate" : "activate";
    const isFixed = policy.system || isAccountManagement(policy);
    const link = (href: string, ...allow: readonly string[]) => ({ href, hints: { allow } });
    const free = {
        [turn]: link(`${self}/lifecycle/${turn}`, "POST"),
        mappings: link(`${self}/mappings`, "GET", "POST"),
    };
    const methods = isAccountManagement(policy) ? ["GET"] : policy.system ? ["GET", "PUT"] : ["GET", "PUT", "DELETE"];
    return {
        ...without(policy, "_embedded"),
        _links: { self: link(self, ...methods), rules: link(`${self}/rules`, "GET", "POST"), ...(isFixed ? {} : free) },
    };
}
