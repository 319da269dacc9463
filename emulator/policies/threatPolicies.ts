import { type Document, documentOf } from "../state/document";
import type { Rule } from "../state/org";

/** The types that belong to Okta's Identity Threat Protection; an org that has it has one policy of each. */
export const OF_THREAT_PROTECTION: readonly string[] = [
    "SESSION_VIOLATION_DETECTION",
    "POST_AUTH_SESSION",
    "ENTITY_RISK",
];

/**
 * Its policies.
 *
 * Source: the Okta provider's recordings SessionViolationPolicyRule_crud and PostAuthSessionPolicyRule_crud. Of
 * ENTITY_RISK, which is not recorded, name and description are the emulator's.
 */
export const THREAT_POLICIES = [
    {
        type: "SESSION_VIOLATION_DETECTION" as const,
        name: "Session Violation Detection Policy",
        description: "Enables session violation detection policy evaluation for the org.",
    },
    {
        type: "POST_AUTH_SESSION" as const,
        name: "Post Auth Policy",
        description: "Enables post auth policy evaluation for the org.",
    },
    {
        type: "ENTITY_RISK" as const,
        name: "Entity Risk Policy",
        description: "Enables entity risk policy evaluation for the org.",
    },
].map((policy) => ({ ...policy, system: true, rules: [] }));

/** What the catch-all rule of each does: nothing. */
const NOTHING: Readonly<Record<string, Document>> = {
    SESSION_VIOLATION_DETECTION: { sessionViolationDetection: { policyEvaluation: { enabled: false } } },
    POST_AUTH_SESSION: { postAuthSession: { failureActions: [] } },
    ENTITY_RISK: { entityRisk: { actions: [] } },
};

/** The one other rule of the types that have two. Its values are those of a new org as far as they are recorded. */
const CHANGEABLE: Readonly<Record<string, Pick<Rule, "name"> & Document>> = {
    SESSION_VIOLATION_DETECTION: {
        name: "Session Violation Policy Risk Rule",
        conditions: { network: { connection: "ANYWHERE" }, riskScore: { minRiskLevel: "LOW" } },
        actions: { sessionViolationDetection: { policyEvaluation: { enabled: true } } },
    },
    POST_AUTH_SESSION: {
        name: "Post Session Protection Rule",
        conditions: { people: { users: { exclude: [] } } },
        actions: { postAuthSession: { failureActions: [] } },
    },
};

/** The types whose policy keeps the rules that Okta made, and takes no other. */
export function hasFixedRules(type: string): boolean {
    return type in CHANGEABLE;
}

/** The rules that Okta gives such a policy. @param catchAll The catch-all rule of an authentication policy. */
export function threatRules(type: string, catchAll: Rule, id: () => string): Rule[] {
    const last: Rule = { ...catchAll, type, actions: NOTHING[type] };
    const changeable = CHANGEABLE[type];
    return changeable === undefined ? [last] : [{ ...last, id: id(), priority: 1, system: false, ...changeable }, last];
}

/** Conditions of a rule of these types; a network is shown only where one may be set. */
export function threatConditions(type: string, { network, people, ...given }: Document): Document {
    if (type === "SESSION_VIOLATION_DETECTION") return { network, ...given };
    const { users, ...rest } = documentOf(people);
    const filled = Object.entries(rest).filter(([, value]) => Object.values(documentOf(value)).some(isFilled));
    const [named, out] = [documentOf(users).include, documentOf(users).exclude];
    return {
        ...given,
        people: {
            ...Object.fromEntries(filled),
            users: { ...(isFilled(named) && { include: named }), exclude: out ?? [] },
        },
    };
}

function isFilled(value: unknown): boolean {
    return Array.isArray(value) && value.length > 0;
}

/** What a failed look at a session does; each action says which apps are signed out (recorded: null). */
export function failureActions({ actions }: Document): Document {
    const { failureActions: given, ...rest } = documentOf(documentOf(actions).postAuthSession);
    if (!Array.isArray(given)) return { postAuthSession: rest };
    return { postAuthSession: { ...rest, failureActions: given.map((each) => ({ slo: null, ...documentOf(each) })) } };
}
