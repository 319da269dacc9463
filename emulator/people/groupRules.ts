import type { FastifyInstance } from "fastify";

import { invalid, missing } from "../http/errors";
import { bodyOf, paramsOf, type Query, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import { type Document, documentOf, stringsOf } from "../state/document";
import type { Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { compileExpression } from "./ruleExpression";

/**
 * Okta's group rules, which put users into groups. A rule that is activated puts in the users of whom it is true then; they
 * stay when it is deactivated, and go when it is deleted with `removeUsers=true`. Okta also follows users who come or change later. Of Okta's expression language the
 * emulator knows what compileExpression takes; a rule with another expression does nothing.
 *
 * Source of the shape and of the statuses: the Okta provider's recordings of GroupRule.
 */
export function groupRuleRoutes(app: FastifyInstance, world: World): void {
    const all = "/api/v1/groups/rules";
    const show = (rule: Document) => showRule(rule, world.org);
    app.get(all, (request, reply) => sendPage(reply, listRules(world, queryOf(request))));
    app.post(all, async (request) => {
        const now = stampOf(world.now());
        const rule = { ...readRule(world.org, bodyOf(request)), id: world.ids.id("0pr"), status: "INACTIVE" };
        world.org.groupRules.set(rule.id, { ...rule, created: now, lastUpdated: now });
        return show(ruleOf(world.org, rule.id));
    });
    app.get(`${all}/:id`, async (request) => show(ruleOf(world.org, paramsOf(request).id)));
    app.put(`${all}/:id`, async (request) => {
        const { id } = paramsOf(request);
        const before = ruleOf(world.org, id);
        if (before.status === "ACTIVE") return invalid("status", "A rule that is active cannot be changed.");
        const rule = { ...before, ...readRule(world.org, bodyOf(request)), lastUpdated: stampOf(world.now()) };
        world.org.groupRules.set(id, rule);
        return show(rule);
    });
    app.delete(`${all}/:id`, async (request, reply) => {
        const { id } = paramsOf(request);
        if (ruleOf(world.org, id).status === "ACTIVE") invalid("status", "A rule that is active cannot be deleted.");
        if (queryOf(request).removeUsers === "true") applyRule(world.org, ruleOf(world.org, id), "remove");
        world.org.groupRules.delete(id);
        return reply.code(202).send({});
    });
    for (const [verb, status] of [
        ["activate", "ACTIVE"],
        ["deactivate", "INACTIVE"],
    ] as const) {
        app.post(`${all}/:id/lifecycle/${verb}`, async (request, reply) => {
            const { id } = paramsOf(request);
            const rule = { ...ruleOf(world.org, id), status, lastUpdated: stampOf(world.now()) };
            world.org.groupRules.set(id, rule);
            if (status === "ACTIVE") applyRule(world.org, rule, "add");
            return reply.code(204).send();
        });
    }
}

/** Puts in, or takes out, the users of whom a rule is true. */
function applyRule(org: Org, { conditions, actions }: Document, what: "add" | "remove"): void {
    const { people, expression } = documentOf(conditions);
    const isTrue = compileExpression(String(documentOf(expression).value));
    if (isTrue === undefined) return;
    const { users, groups } = documentOf(people);
    const out = stringsOf(documentOf(users).exclude);
    const outGroups = stringsOf(documentOf(groups).exclude);
    const groupsOf = (userId: string) => [...org.members].flatMap(([id, members]) => (members.has(userId) ? [id] : []));
    for (const groupId of stringsOf(documentOf(documentOf(actions).assignUserToGroups).groupIds)) {
        const members = org.members.get(groupId) ?? new Set<string>();
        for (const [id, user] of org.users) {
            const isOut = out.includes(id) || groupsOf(id).some((group) => outGroups.includes(group));
            if (user.status === "DEPROVISIONED" || isOut || !isTrue(documentOf(user.profile), groupsOf(id))) continue;
            if (what === "add") members.add(id);
            else members.delete(id);
        }
        org.members.set(groupId, members);
    }
}

function ruleOf({ groupRules }: Org, id: string): Document {
    return groupRules.get(id) ?? missing(id, "GroupRule");
}

function listRules({ org, url }: World, query: Query) {
    const wanted = String(query.search ?? "").toLowerCase();
    const found = [...org.groupRules.values()].filter(({ name }) => String(name).toLowerCase().includes(wanted));
    const rows = found.map((rule) => ({ id: String(rule.id), rule }));
    const { items, links } = pageOf(rows, query, `${url}/api/v1/groups/rules`, { usual: 50, most: 200 });
    return { items: items.map(({ rule }) => showRule(rule, org)), links };
}

function readRule({ groups }: Org, { name, type, conditions, actions }: Document): Document {
    if (typeof name !== "string" || name === "" || name.length > 50) {
        return invalid("name", "The name has to have 1 to 50 characters.");
    }
    if (type !== undefined && type !== "group_rule") return invalid("type", "The type has to be group_rule.");
    const { expression, people } = documentOf(conditions);
    const { value } = documentOf(expression);
    if (typeof value !== "string" || value === "") return invalid("conditions.expression", "An expression is needed.");
    const groupIds = stringsOf(documentOf(documentOf(actions).assignUserToGroups).groupIds);
    const unknown = groupIds.find((id) => !groups.has(id));
    if (groupIds.length === 0) return invalid("actions.assignUserToGroups", "Groups are needed.");
    if (unknown !== undefined) return invalid("actions.assignUserToGroups", `There is no group ${unknown}.`);
    const excluded = (part: unknown) => ({ exclude: stringsOf(documentOf(part).exclude) });
    const { users, groups: out } = documentOf(people);
    return {
        type: "group_rule",
        name,
        conditions: {
            people: { users: excluded(users), groups: excluded(out) },
            expression: { value, type: "urn:okta:expression:1.0" },
        },
        actions: { assignUserToGroups: { groupIds } },
    };
}

/** A rule whose group was deleted says so. */
function showRule(rule: Document, { groups }: Org): Document {
    const { groupIds } = documentOf(documentOf(rule.actions).assignUserToGroups);
    return { ...rule, allGroupsValid: stringsOf(groupIds).every((id) => groups.has(id)) };
}
