import { fail } from "../core/errors/errors";
import type { PeopleCondition } from "../core/reasons/people";
import { type Fields, fieldsOf, numberOf, textOf, textsOf } from "./exchange/fields";
import { unexpected } from "./exchange/unexpected";
import type { OktaHttp } from "./http";
import { readPages } from "./pages";

/** `ACCESS_POLICY` decides how people sign in to apps; `OKTA_SIGN_ON` is the global session policy. */
export type PolicyType = "ACCESS_POLICY" | "OKTA_SIGN_ON";

export interface Policy {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly status: string;
    /** One that Okta made and that cannot be deleted. */
    readonly system: boolean;
    /** The users and groups that it is for; a global session policy is for groups. */
    readonly people: PeopleCondition;
}

export interface Rule {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    /** Okta tries the lowest first; the catch-all rule has 99. */
    readonly priority: number | undefined;
    /** True of the catch-all rule. */
    readonly system: boolean;
    /** `ALLOW`, `DENY` or `CHALLENGE`; undefined where the rule is of another kind. */
    readonly access: string | undefined;
    /** `1FA` or `2FA`; undefined where the rule does not say. */
    readonly factorMode: string | undefined;
    /** Where a request has to come from; a rule without such a condition says `ANYWHERE`. */
    readonly network: NetworkCondition;
    /** Whether it is for some people, groups, kinds of users, platforms, devices or risks only. */
    readonly isNarrow: boolean;
    /** The users and groups that it names. */
    readonly people: PeopleCondition;
    /** Okta's names of the other conditions that leave anybody out, such as `device`. */
    readonly narrowedBy: readonly string[];
    /** After how long somebody has to sign in again, in ISO 8601: `PT0S` is each time, `PT12H` is Okta's own. */
    readonly reauthenticateIn: string | undefined;
}

export interface NetworkCondition {
    readonly connection: "ANYWHERE" | "ZONE" | (string & {});
    /** Ids of zones, any of which will do. */
    readonly include: readonly string[];
    readonly exclude: readonly string[];
}

export interface App {
    readonly id: string;
    readonly label: string;
    /** What Okta calls the app itself, such as `saasure` for the Admin Console. */
    readonly name: string;
    readonly status: string;
    /** The authentication policy that it is on; undefined on the Classic engine. */
    readonly policyId: string | undefined;
}

/** The part of Okta's policies and apps that is looked at; nothing is written. */
export interface Policies {
    listPolicies(type: PolicyType, signal: AbortSignal): Promise<readonly Policy[]>;
    readPolicy(policyId: string, signal: AbortSignal): Promise<Policy>;
    /** In the order in which Okta tries them. */
    listRules(policyId: string, signal: AbortSignal): Promise<readonly Rule[]>;
    listApps(signal: AbortSignal): Promise<readonly App[]>;
    readApp(appId: string, signal: AbortSignal): Promise<App>;
}

/** Policies, rules and apps over Okta's management API. */
export function httpPolicies(http: OktaHttp): Policies {
    async function read(path: string, signal: AbortSignal): Promise<Fields> {
        const { body } = await http.request("GET", path, { signal });
        return fieldsOf(body);
    }

    async function list<T>(
        path: string,
        toItem: (fields: Fields, path: string) => T,
        signal: AbortSignal,
    ): Promise<T[]> {
        const items = await readPages(http, path, signal);
        return items.map((item) => toItem(fieldsOf(item), path));
    }

    return {
        listPolicies: (type, signal) => list(`/api/v1/policies?type=${type}`, policyIn, signal),
        async readPolicy(policyId, signal) {
            const path = `/api/v1/policies/${checkedId(policyId, "a policy")}`;
            return policyIn(await read(path, signal), path);
        },
        async listRules(policyId, signal) {
            return list(`/api/v1/policies/${checkedId(policyId, "a policy")}/rules`, ruleIn, signal);
        },
        listApps: (signal) => list("/api/v1/apps?limit=200", appIn, signal),
        async readApp(appId, signal) {
            const path = `/api/v1/apps/${checkedId(appId, "an app")}`;
            return appIn(await read(path, signal), path);
        },
    };
}

function policyIn(fields: Fields, path: string): Policy {
    const { name, type, status, system } = fields;
    return {
        id: idIn(fields, "a policy", path),
        name: textOf(name) ?? "",
        type: textOf(type) ?? "",
        status: textOf(status) ?? "",
        system: system === true,
        people: peopleIn(fieldsOf(fields.conditions).people),
    };
}

/** An access policy's rule acts by `appSignOn`, a global session policy's by `signon`. */
function ruleIn(fields: Fields, path: string): Rule {
    const { appSignOn, signon } = fieldsOf(fields.actions);
    const action = fieldsOf(appSignOn ?? signon);
    const { network: where, ...conditions } = fieldsOf(fields.conditions);
    const network = fieldsOf(where);
    const method = fieldsOf(action.verificationMethod);
    return {
        id: idIn(fields, "a rule", path),
        name: textOf(fields.name) ?? "",
        status: textOf(fields.status) ?? "",
        priority: numberOf(fields.priority),
        system: fields.system === true,
        access: textOf(action.access),
        factorMode: textOf(method.factorMode),
        network: {
            connection: textOf(network.connection) ?? "ANYWHERE",
            include: textsOf(network.include),
            exclude: textsOf(network.exclude),
        },
        isNarrow: isNarrow(conditions),
        people: peopleIn(conditions.people),
        narrowedBy: Object.keys(conditions).filter((name) => name !== "people" && isNarrow(conditions[name])),
        reauthenticateIn: textOf(method.reauthenticateIn),
    };
}

/**
 * Whether a condition leaves anybody out. Okta writes those that hold for
 * everybody too: `userType: {include: [], exclude: []}`, `riskScore: {level: "ANY"}`.
 */
function isNarrow(condition: unknown): boolean {
    if (Array.isArray(condition)) return condition.some(isNarrow);
    if (typeof condition === "string") return condition !== "" && condition !== "ANY";
    const { exclude, ...rest } = fieldsOf(condition);
    return condition === true || Object.values(rest).some(isNarrow);
}

function peopleIn(condition: unknown): PeopleCondition {
    const { users, groups } = fieldsOf(condition);
    return { users: namedIn(users), groups: namedIn(groups) };
}

function namedIn(condition: unknown) {
    const { include, exclude } = fieldsOf(condition);
    return { include: textsOf(include), exclude: textsOf(exclude) };
}

function appIn(fields: Fields, path: string): App {
    const { href } = fieldsOf(fieldsOf(fields._links).accessPolicy);
    const [, policyId] = /\/api\/v1\/policies\/([\w-]+)$/.exec(textOf(href) ?? "") ?? [];
    const name = textOf(fields.name) ?? "";
    return {
        id: idIn(fields, "an app", path),
        label: textOf(fields.label) ?? name,
        name,
        status: textOf(fields.status) ?? "",
        policyId,
    };
}

function idIn({ id }: Fields, what: string, path: string): string {
    return textOf(id) ?? unexpected(path, what);
}

function checkedId(id: string, what: string): string {
    return /^[\w-]+$/.test(id) ? id : fail("bad-input", `"${id}" is not the id of ${what}`);
}
