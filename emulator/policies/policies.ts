import type { FastifyInstance } from "fastify";

import { forbid, invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf, type Query, queryOf, sendPage } from "../http/http";
import { pageOf, withQuery } from "../http/paging";
import { logEvent } from "../logs/events";
import { type Document, documentOf, without } from "../state/document";
import type { Org, Policy } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { KINDS, kindOf, OF_IDENTITY_ENGINE } from "./kinds";
import { moveInSequence } from "./priorities";
import { firstRules } from "./ruleDefaults";
import { settingsOf } from "./settings";
import { OF_THREAT_PROTECTION } from "./threatPolicies";

/** The types that there are here. */
const TYPES = Object.keys(KINDS);

/** A place beyond the end. */
const LAST = Number.MAX_SAFE_INTEGER;

/** Okta's policies; see KINDS for the types. */
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
    if (typeof type !== "string" || !TYPES.includes(type)) {
        return invalid("type", `The type has to be one of ${TYPES.join(", ")}.`);
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
    const { type, name, description, conditions } = body;
    if (typeof type !== "string" || !TYPES.includes(type)) {
        return invalid("type", `The type has to be one of ${TYPES.join(", ")}.`);
    }
    checkFeature(world.org, type);
    // That Okta refuses it is known; the words are the emulator's.
    if (OF_THREAT_PROTECTION.includes(type)) invalid("type", "There is one policy of this type, and no other.");
    checkName(world.org, type, name, undefined);
    const now = stampOf(world.now());
    const kind = kindOf(type);
    const settings = settingsOf(type, body.settings);
    const policy: Policy = {
        id: world.ids.id(kind.ids[0]),
        status,
        name: String(name),
        ...(description !== undefined && { description }),
        priority: 1,
        system: false,
        conditions: kind.isSequential ? (conditions ?? null) : null,
        created: now,
        lastUpdated: now,
        ...(settings !== undefined && { settings }),
        type,
        ...(type === "ACCESS_POLICY" && { _embedded: { resourceType: "APP" } }),
    };
    place(world, policy, numberIn(body) ?? LAST);
    const rules = firstRules(type, () => world.ids.id("rul"), now);
    world.org.rules.set(policy.id, new Map(rules.map((rule) => [rule.id, rule])));
    return policyOf(world.org, policy.id);
}

/** A system policy keeps its conditions and its place. */
function replacePolicy(world: World, id: string, body: Document): Policy {
    const before = policyOf(world.org, id);
    if (isAccountManagement(before)) return forbid();
    const { type, name, description } = body;
    if (type !== before.type) invalid("type", "The type of a policy cannot be changed.");
    if (name !== before.name) checkName(world.org, before.type, name, id);
    const { isSequential } = kindOf(before.type);
    const settings = settingsOf(before.type, body.settings, before.settings);
    const conditions = body.conditions ?? (before.system ? before.conditions : null);
    place(
        world,
        {
            ...(without(before, "description") as Policy),
            name: String(name),
            ...(description !== undefined && { description }),
            conditions: isSequential ? conditions : null,
            ...(settings !== undefined && { settings }),
            lastUpdated: stampOf(world.now()),
        },
        numberIn(body),
    );
    const policy = policyOf(world.org, id);
    logEvent(world, "policy.lifecycle.update", policy);
    return policy;
}

/** Refused while an app is on the policy; that it is, and its words, are the emulator's guess. */
function deletePolicy(world: World, id: string): void {
    const policy = policyOf(world.org, id);
    if (policy.system || isAccountManagement(policy)) forbid();
    const app = [...world.org.apps.values()].find((each) => each.policyId === id || each.enrollmentPolicyId === id);
    if (app !== undefined) invalid("id", `The policy is assigned to the app ${app.document.label}.`);
    world.org.policies.delete(id);
    world.org.rules.delete(id);
    settle(world, policy.type);
}

function isAccountManagement(policy: Policy): boolean {
    return documentOf(policy._embedded).resourceType === "END_USER_ACCOUNT_MANAGEMENT";
}

/** The priority that a body asks for, if it is one. */
function numberIn({ priority }: Document): number | undefined {
    return typeof priority === "number" && Number.isInteger(priority) ? priority : undefined;
}

/** Keeps the policy, at the place that it asks for. */
function place(world: World, policy: Policy, wanted: number | undefined): void {
    world.org.policies.set(policy.id, policy);
    if (policy.system) settle(world, policy.type);
    else settle(world, policy.type, policy.id, wanted);
}

/**
 * Numbers the policies of a type, the default one last. One that moves for
 * the sake of another has a new `lastUpdated` (recorded).
 */
function settle({ org, now }: World, type: string, id?: string, wanted?: number): void {
    if (!kindOf(type).isSequential) return;
    const all = [...org.policies.values()].filter((policy) => policy.type === type);
    const moves = new Map(
        moveInSequence(
            all.filter(({ system }) => !system),
            id,
            wanted,
        ),
    );
    for (const { id: last } of all.filter(({ system }) => system)) moves.set(last, all.length);
    for (const policy of all) {
        const priority = moves.get(policy.id) ?? policy.priority;
        if (priority === policy.priority) continue;
        org.policies.set(policy.id, { ...policy, priority, lastUpdated: stampOf(now()) });
    }
}

/** Some types exist on Identity Engine only, some with Identity Threat Protection only. */
function checkFeature({ about }: Org, type: string): void {
    const lacksThreats = OF_THREAT_PROTECTION.includes(type) && about.settings.itpEnabled !== true;
    if (!lacksThreats && (!OF_IDENTITY_ENGINE.includes(type) || about.pipeline === "idx")) return;
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
