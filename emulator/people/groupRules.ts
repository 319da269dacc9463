import type { FastifyInstance } from "fastify";

import { invalid, missing } from "../http/errors";
import { bodyOf, paramsOf, type Query, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import { type Document, documentOf, stringsOf } from "../state/document";
import type { Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { followGroupRules, undoGroupRule } from "./followGroupRules";

/** What may change of whom a rule is true. */
const PEOPLE = /^\/api\/v1\/(users|groups)(\/|\?|$)/;

/**
 * Okta's group rules, which put users into groups. An active rule follows every change of users and groups, at once here. Whom it put
 * in stays when it is deactivated, and goes when it is deleted with `removeUsers=true`. Of Okta's expression language the
 * emulator knows what compileExpression takes; a rule with another expression does nothing.
 *
 * Source of the shape and of the statuses: the Okta provider's recordings of GroupRule.
 */
export function groupRuleRoutes(app: FastifyInstance, world: World): void {
    const all = "/api/v1/groups/rules";
    const show = (rule: Document) => showRule(rule, world.org);
    app.addHook("onSend", async ({ method, url }, { statusCode }) => {
        if (method !== "GET" && statusCode < 400 && PEOPLE.test(url)) followGroupRules(world.org, stampOf(world.now()));
    });
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
        if (queryOf(request).removeUsers === "true") undoGroupRule(world.org, ruleOf(world.org, id));
        world.org.groupRules.delete(id);
        world.org.ruleMembers.delete(id);
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
            return reply.code(204).send();
        });
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
