import type { FastifyInstance } from "fastify";

import { forbid, invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf, queryOf } from "../http/http";
import { logEvent } from "../logs/events";
import type { Document } from "../state/document";
import type { Policy, Rule } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { kindOf } from "./kinds";
import { policyOf } from "./policies";
import { type Moves, moveInSequence, shiftToGap } from "./priorities";
import { readRuleBody } from "./ruleBody";
import { hasFixedRules } from "./threatPolicies";

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
        deleteRule(world, policyOf(world.org, id), ruleOf(world, id, other));
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
            rulesOf(world, id).set(other, { ...rule, status, lastUpdated: stampOf(world.now()) });
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
    // That Okta refuses it is known; the words are the emulator's.
    if (policy.type === "PROFILE_ENROLLMENT") invalid("policy", "Such a policy has its catch-all rule alone.");
    if (hasFixedRules(policy.type))
        invalid("policy", "Such a policy has the rules that it was made with, and no other.");
    const { name, priority, conditions, actions } = readRuleBody(world.org, policy, body);
    checkName(rulesOf(world, policy.id), name, undefined);
    const now = stampOf(world.now());
    const { ids, ruleType } = kindOf(policy.type);
    const rule: Rule = {
        id: world.ids.id(ids[1]),
        status,
        name,
        priority: priority ?? nextPriority(rulesOf(world, policy.id)),
        created: now,
        lastUpdated: now,
        system: false,
        conditions,
        actions,
        type: ruleType,
    };
    const kept = keep(world, policy, rule);
    logEvent(world, "policy.rule.add", kept);
    return kept;
}

/** A full replace, except of a system rule: that has no conditions and keeps its name and priority. */
function replaceRule(world: World, policy: Policy, before: Rule, body: Document): Rule {
    if (before.system) checkSystemPut(policy, before, body);
    const usual = kindOf(policy.type).movesBehind ? nextPriority(rulesOf(world, policy.id)) : before.priority;
    const { name, priority = usual, conditions, actions } = readRuleBody(world.org, policy, body);
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
    const kept = keep(world, policy, rule, body.priority !== undefined);
    logEvent(world, "policy.rule.update", kept);
    return kept;
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

function deleteRule(world: World, policy: Policy, rule: Rule): void {
    if (rule.system) forbid();
    rulesOf(world, policy.id).delete(rule.id);
    if (kindOf(policy.type).isSequential) move(world, policy.id, moveInSequence(ownRules(world, policy.id)));
    settleDefault(world, policy);
    logEvent(world, "policy.rule.delete", rule);
}

/**
 * Keeps the rule at the priority that it asks for; others make room by the
 * rules of the policy's type.
 *
 * @param isPlaced Whether a priority was asked for; without one nobody moves.
 */
function keep(world: World, policy: Policy, rule: Rule, isPlaced = true): Rule {
    const { id, system, priority } = rule;
    const others = ownRules(world, policy.id);
    rulesOf(world, policy.id).set(id, rule);
    if (!system && kindOf(policy.type).isSequential) {
        move(world, policy.id, moveInSequence(ownRules(world, policy.id), id, priority));
    } else if (!system && isPlaced) {
        move(world, policy.id, shiftToGap(others, id, priority));
    }
    settleDefault(world, policy);
    return ruleOf(world, policy.id, id);
}

/** The rules that an administrator made. */
function ownRules(world: World, policyId: string): Rule[] {
    return [...rulesOf(world, policyId).values()].filter(({ system }) => !system);
}

/** One that moves for the sake of another has a new `lastUpdated` (recorded). */
function move(world: World, policyId: string, moves: Moves): void {
    const rules = rulesOf(world, policyId);
    for (const [id, priority] of moves) {
        const rule = rules.get(id);
        if (rule === undefined || rule.priority === priority) continue;
        rules.set(id, { ...rule, priority, lastUpdated: stampOf(world.now()) });
    }
}

/** A catch-all rule stays at 99; the system's rule of a policy of another type comes after the others. */
function settleDefault(world: World, { id, type }: Policy): void {
    const last = [...rulesOf(world, id).values()].find(({ system }) => system);
    if (last !== undefined && kindOf(type).isSequential) {
        move(world, id, new Map([[last.id, ownRules(world, id).length + 1]]));
    }
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
