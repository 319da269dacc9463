import type { FastifyInstance } from "fastify";

import { forbid, invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf, queryOf } from "../http/http";
import { logEvent } from "../logs/events";
import type { Document } from "../state/document";
import type { Policy, Rule } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { policyOf } from "./policies";
import { readRuleBody } from "./ruleBody";
import { CATCH_ALL_PRIORITY } from "./ruleDefaults";

/** The rules of Okta's policies. */
export function ruleRoutes(app: FastifyInstance, world: World): void {
    const all = "/api/v1/policies/:id/rules";
    app.get(all, async (request) => {
        const { id } = policyOf(world.org, paramsOf(request).id);
        return sorted(rulesOf(world, id)).map((rule) => showRule(rule, id, world.url));
    });
    app.post(all, async (request) => {
        const policy = policyOf(world.org, paramsOf(request).id);
        const status = queryOf(request).activate === "false" ? "INACTIVE" : "ACTIVE";
        return showRule(createRule(world, policy, bodyOf(request), status), policy.id, world.url);
    });
    app.get(`${all}/:other`, async (request) => {
        const { id, other } = paramsOf(request);
        return showRule(ruleOf(world, id, other), id, world.url);
    });
    app.put(`${all}/:other`, async (request) => {
        const { id, other } = paramsOf(request);
        return showRule(
            replaceRule(world, policyOf(world.org, id), ruleOf(world, id, other), bodyOf(request)),
            id,
            world.url,
        );
    });
    app.delete(`${all}/:other`, async (request, reply) => {
        const { id, other } = paramsOf(request);
        deleteRule(world, id, ruleOf(world, id, other));
        return reply.code(204).send();
    });
    turnRoutes(app, world, `${all}/:other/lifecycle`);
}

function turnRoutes(app: FastifyInstance, world: World, path: string): void {
    for (const [verb, status] of [
        ["activate", "ACTIVE"],
        ["deactivate", "INACTIVE"],
    ] as const) {
        app.post(`${path}/${verb}`, async (request, reply) => {
            const { id, other } = paramsOf(request);
            const rule = ruleOf(world, id, other);
            if (rule.system) forbid();
            keep(world, id, { ...rule, status, lastUpdated: stampOf(world.now()) });
            logEvent(world, `policy.rule.${verb}`, rule);
            return reply.code(204).send();
        });
    }
}

function rulesOf({ org }: World, policyId: string): Map<string, Rule> {
    return org.rules.get(policyId) ?? missing(policyId, "Policy");
}

function ruleOf(world: World, policyId: string, id: string): Rule {
    return rulesOf(world, policyOf(world.org, policyId).id).get(id) ?? missing(id, "PolicyRule");
}

/** In the order of evaluation. */
function sorted(rules: ReadonlyMap<string, Rule>): Rule[] {
    return [...rules.values()].sort((a, b) => Number(a.system) - Number(b.system) || a.priority - b.priority);
}

function createRule(world: World, policy: Policy, body: Document, status: "ACTIVE" | "INACTIVE"): Rule {
    const { name, priority, conditions, actions } = readRuleBody(world.org, policy, body);
    checkName(rulesOf(world, policy.id), name, undefined);
    const now = stampOf(world.now());
    const isAccess = policy.type === "ACCESS_POLICY";
    const rule: Rule = {
        id: world.ids.id(isAccess ? "rul" : "0pr"),
        status,
        name,
        priority: priority ?? nextPriority(rulesOf(world, policy.id)),
        created: now,
        lastUpdated: now,
        system: false,
        conditions,
        actions,
        type: isAccess ? "ACCESS_POLICY" : "SIGN_ON",
    };
    makeRoom(world, policy.id, rule);
    keep(world, policy.id, rule);
    logEvent(world, "policy.rule.add", rule);
    return rule;
}

/** A full replace, except of a system rule: that has no conditions and keeps its name and priority. */
function replaceRule(world: World, policy: Policy, before: Rule, body: Document): Rule {
    if (before.system) checkSystemPut(policy, before, body);
    const { name, priority = before.priority, conditions, actions } = readRuleBody(world.org, policy, body);
    checkName(rulesOf(world, policy.id), name, before.id);
    const conditionsNow = before.system ? before.conditions : conditions;
    const rule: Rule = {
        ...before,
        name,
        priority,
        conditions: conditionsNow,
        actions,
        lastUpdated: stampOf(world.now()),
    };
    if (priority !== before.priority) makeRoom(world, policy.id, rule);
    keep(world, policy.id, rule);
    logEvent(world, "policy.rule.update", rule);
    return rule;
}

/** What the Okta provider knows of such a PUT; Okta's refusal is not recorded, these are the emulator's words. */
function checkSystemPut({ type }: Policy, before: Rule, body: Document): void {
    if (body.system !== true) invalid("system", "A change of a system rule needs system: true.");
    if (body.name !== before.name) invalid("name", "The name of a system rule cannot be changed.");
    if (body.priority !== before.priority) invalid("priority", "The priority of a system rule cannot be changed.");
    const hasConditions = body.conditions !== undefined && body.conditions !== null;
    if (type === "ACCESS_POLICY" && hasConditions) {
        invalid("conditions", "The conditions of a system rule cannot be changed.");
    }
}

function deleteRule(world: World, policyId: string, rule: Rule): void {
    if (rule.system) forbid();
    rulesOf(world, policyId).delete(rule.id);
    settleDefault(world, policyId);
    logEvent(world, "policy.rule.delete", rule);
}

function keep(world: World, policyId: string, rule: Rule): void {
    rulesOf(world, policyId).set(rule.id, rule);
    settleDefault(world, policyId);
}

/** A taken priority pushes the others down. */
function makeRoom(world: World, policyId: string, { id, priority }: Rule): void {
    const rules = rulesOf(world, policyId);
    const others = [...rules.values()].filter((rule) => rule.id !== id && !rule.system);
    if (!others.some((rule) => rule.priority === priority)) return;
    for (const rule of others.filter((other) => other.priority >= priority)) {
        rules.set(rule.id, { ...rule, priority: rule.priority + 1 });
    }
}

/** A catch-all rule stays at 99; the default rule of a global session policy comes after the others. */
function settleDefault(world: World, policyId: string): void {
    const rules = rulesOf(world, policyId);
    const last = [...rules.values()].find(({ system }) => system);
    if (last === undefined || last.priority === CATCH_ALL_PRIORITY) return;
    rules.set(last.id, { ...last, priority: nextPriority(rules) });
}

function nextPriority(rules: ReadonlyMap<string, Rule>): number {
    return 1 + Math.max(0, ...[...rules.values()].filter(({ system }) => !system).map(({ priority }) => priority));
}

/** 409, by the Okta provider's account; the code and the words are the emulator's. */
function checkName(rules: ReadonlyMap<string, Rule>, name: string, ownId: string | undefined): void {
    const isTaken = [...rules.values()].some((rule) => rule.name === name && rule.id !== ownId);
    if (isTaken) {
        refuse(409, "E0000001", "Api validation failed: name", { causes: [`name: The rule name ${name} is in use.`] });
    }
}

function showRule(rule: Rule, policyId: string, url: string): Document {
    const self = `${url}/api/v1/policies/${policyId}/rules/${rule.id}`;
    const turn = rule.status === "ACTIVE" ? "deactivate" : "activate";
    const allow = rule.system ? ["GET", "PUT"] : ["GET", "PUT", "DELETE"];
    const turning = { [turn]: { href: `${self}/lifecycle/${turn}`, hints: { allow: ["POST"] } } };
    return { ...rule, _links: { self: { href: self, hints: { allow } }, ...(rule.system ? {} : turning) } };
}
