import { invalid } from "../http/errors";
import { type Document, documentOf, isDocument, stringsOf } from "../state/document";
import type { Org, Policy } from "../state/org";
import { kindOf } from "./kinds";
import { SIGNON } from "./ruleDefaults";
import { failureActions, threatConditions } from "./threatPolicies";

/** What a client decides about a rule, with what Okta adds to it. */
export interface RuleBody {
    readonly name: string;
    /** Undefined where the body does not say. */
    readonly priority: number | undefined;
    readonly conditions: Document;
    readonly actions: Document;
}

/** Checks the body of a POST or PUT of a rule, and fills in what Okta fills in. A status in it is ignored. */
export function readRuleBody(org: Org, policy: Policy, body: Document): RuleBody {
    const { name, type, priority } = body;
    if (typeof name !== "string" || name.trim() === "") return invalid("name", "The field cannot be left blank");
    if (type !== kindOf(policy.type).ruleType) {
        return invalid("type", `The type does not fit a policy of type ${policy.type}.`);
    }
    if (priority !== undefined && !(Number.isInteger(priority) && Number(priority) >= 0)) {
        return invalid("priority", "The priority has to be a whole number.");
    }
    const given = documentOf(body.conditions);
    const [conditions, actions] = readers(policy.type);
    return {
        name,
        priority: priority as number | undefined,
        conditions: conditions(org, given),
        actions: actions(body),
    };
}

type Readers = readonly [conditions: (org: Org, given: Document) => Document, actions: (body: Document) => Document];

/** How conditions and actions are read, and filled in, where a policy of this type has the rule. */
function readers(type: string): Readers {
    const given = ({ actions }: Document) => documentOf(actions);
    const threats = (org: Org, all: Document) => threatConditions(type, conditionsOf(org, all));
    const kinds: Readonly<Record<string, Readers>> = {
        ACCESS_POLICY: [(org, all) => ({ ...conditionsOf(org, all), ...accessConditions(org, all) }), accessActions],
        OKTA_SIGN_ON: [(org, all) => ({ ...conditionsOf(org, all), ...sessionConditions(all) }), sessionActions],
        PROFILE_ENROLLMENT: [() => ({}), enrollmentActions],
        IDP_DISCOVERY: [routingConditions, routingActions],
        SESSION_VIOLATION_DETECTION: [threats, given],
        POST_AUTH_SESSION: [threats, failureActions],
        ENTITY_RISK: [threats, given],
    };
    return kinds[type] ?? [conditionsOf, given];
}

/** What most kinds of rules have. Empty objects, such as the provider's `platform: {}`, are dropped. */
function conditionsOf(org: Org, given: Document): Document {
    const people = documentOf(given.people);
    const users = documentOf(people.users);
    return {
        ...withoutEmpty(given),
        people: { ...people, users: { exclude: [], ...users } },
        network: networkOf(org, given.network),
    };
}

function withoutEmpty(given: Document): Document {
    return Object.fromEntries(
        Object.entries(given).filter(([, value]) => !isDocument(value) || Object.keys(value).length > 0),
    );
}

/** A rule that sends people to an identity provider names no people. Source: the Okta provider's recording. */
function routingConditions(org: Org, given: Document): Document {
    const app = { include: [], exclude: [], ...documentOf(given.app) };
    const userIdentifier = { patterns: [], ...documentOf(given.userIdentifier) };
    return { ...withoutEmpty(given), network: networkOf(org, given.network), userIdentifier, app };
}

/** What the only rule of such a policy says where its body does not. */
function enrollmentActions({ actions }: Document): Document {
    const given = documentOf(documentOf(actions).profileEnrollment);
    const usual = { preRegistrationInlineHooks: null, targetGroupIds: null, allowedIdentifiers: ["login"] };
    return { profileEnrollment: { ...usual, ...given } };
}

function routingActions({ actions }: Document): Document {
    const { shouldFallBackToOkta, matchCriteria, ...idp } = documentOf(documentOf(actions).idp);
    const criteria = Array.isArray(matchCriteria) ? matchCriteria : [];
    return {
        idp: {
            providers: [],
            ...idp,
            ...(criteria.length > 0 && {
                matchCriteria: criteria.map((each) => ({ propertyName: "name", ...documentOf(each) })),
            }),
        },
    };
}

/**
 * The zone condition. Only the one of `include` and `exclude` that was given
 * comes back.
 *
 * Source: the refusal is Okta's own (issue 553 of the provider); that a zone
 * has to exist is Okta's rule in the emulator's words.
 */
function networkOf(org: Org, value: unknown): Document {
    const { connection = "ANYWHERE", include, exclude } = documentOf(value);
    if (connection === "ANYWHERE") return { connection };
    if (connection !== "ZONE") {
        return invalid("conditions.network.connection", "The connection has to be ANYWHERE or ZONE.");
    }
    const [included, excluded] = [stringsOf(include), stringsOf(exclude)];
    if (included.length > 0 === excluded.length > 0) {
        return invalid(
            "conditions.network",
            "You should either include or exclude network zones when you use zones in the policy rule.",
        );
    }
    const unknown = [...included, ...excluded].find((id) => !org.zones.has(id));
    if (unknown !== undefined) return invalid("conditions.network", `There is no network zone ${unknown}.`);
    return { connection, ...(included.length > 0 ? { include: included } : { exclude: excluded }) };
}

function accessConditions({ about }: Org, { riskScore, userType }: Document): Document {
    return {
        ...(about.hasRiskScoring && { riskScore: riskScore ?? { level: "ANY" } }),
        userType: { include: [], exclude: [], ...documentOf(userType) },
    };
}

function sessionConditions({ authContext }: Document): Document {
    return { authContext: authContext ?? { authType: "ANY" } };
}

/** `reauthenticateIn` is PT12H where none was sent. */
function accessActions({ actions }: Document): Document {
    const { access = "ALLOW", verificationMethod, keepMeSignedIn, ...rest } = documentOf(documentOf(actions).appSignOn);
    if (access !== "ALLOW" && access !== "DENY") {
        return invalid("actions.appSignOn.access", "The access has to be ALLOW or DENY.");
    }
    const method = {
        factorMode: "2FA",
        type: "ASSURANCE",
        reauthenticateIn: "PT12H",
        ...documentOf(verificationMethod),
    };
    const signedIn = { postAuth: "NOT_ALLOWED", ...documentOf(keepMeSignedIn) };
    return { appSignOn: { ...rest, access, verificationMethod: method, keepMeSignedIn: signedIn } };
}

function sessionActions({ actions }: Document): Document {
    const signon = documentOf(documentOf(actions).signon);
    const session = { ...SIGNON.session, ...documentOf(signon.session) };
    return { signon: { ...SIGNON, ...signon, session } };
}
