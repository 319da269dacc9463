import type { Document } from "./document";
import type { Kept } from "./kept";

/** What zones, policies and rules have in common. */
interface Thing extends Document {
    readonly id: string;
    readonly type: string;
    readonly name: string;
    readonly status: "ACTIVE" | "INACTIVE";
    readonly system: boolean;
    readonly created: string;
    readonly lastUpdated: string;
}

/** A network zone as Okta shows it, but for `_links`. */
export interface Zone extends Thing {
    readonly usage: string;
}

/** A policy as Okta shows it in a list, but for `_links`. */
export interface Policy extends Thing {
    readonly priority: number;
}

/** A rule as Okta shows it, but for `_links`. */
export interface Rule extends Thing {
    readonly priority: number;
}

/** An app: what Okta shows of it but for `_links`, and what those are made of. */
export interface App {
    readonly document: Document & { readonly id: string; readonly label: string; readonly status: string };
    /** The authentication policy that decides about it; on Identity Engine every app has one. */
    readonly policyId: string | undefined;
    /** The policy for the enrollment of its users. @default the system's */
    readonly enrollmentPolicyId?: string;
    /** Links to show besides the usual ones, or instead of them. */
    readonly links: Document;
}

/** An API token: what Okta shows of it, and what it may do. Its text is kept as a hash only. */
export interface Token {
    readonly document: Document & { readonly id: string; readonly userId: string; readonly expiresAt: string };
    readonly hash: string | undefined;
    readonly access: "all" | "read-only";
}

/** A service app that may fetch OAuth access tokens. */
export interface OAuthClient {
    readonly clientId: string;
    readonly keys: readonly Document[];
    /** The scopes that an administrator granted. */
    readonly scopes: readonly string[];
    /** Whether it gets tokens only with a proof of possession. */
    readonly isDpopBound: boolean;
    readonly access: "all" | "read-only";
    /** From which zones it may be used; undefined where only its app may say. */
    readonly network?: Document | undefined;
}

/** What differs between organisations. */
export interface OrgAbout {
    readonly id: string;
    /** The first label of its host name; apps are named after it. */
    readonly subdomain: string;
    readonly cell: string;
    /** `idx`: Identity Engine; `v1`: Classic Engine. */
    readonly pipeline: "idx" | "v1";
    readonly settings: Document;
    /** Rules of authentication policies show a `riskScore`. */
    readonly hasRiskScoring: boolean;
    /** Apps show a `universalLogout` object instead of null. */
    readonly hasUniversalLogout: boolean;
    readonly profileEnrollmentPolicyId: string;
    /** Who `/api/v1/users/me` is, where the token does not say. */
    readonly adminId: string;
}

/** A custom admin role as Okta shows it, but for `_links`; and its permissions, by their label. */
export interface CustomRole {
    readonly id: string;
    readonly label: string;
    readonly description: string;
    readonly created: string;
    readonly lastUpdated: string;
    readonly granted: Map<string, Document>;
}

/** What custom roles are for, as Okta shows it, but for `_links`; and its resources, by id. */
export interface ResourceSet {
    readonly id: string;
    readonly label: string;
    readonly description: string;
    readonly created: string;
    readonly lastUpdated: string;
    readonly resources: Map<string, Document>;
}

/** What an admin role is limited to. */
export interface RoleTargets {
    readonly groups: readonly string[];
    /** Ids of apps, and names of kinds of apps. */
    readonly apps: readonly string[];
}

/** By app id. */
export interface AppParts {
    /** By user id. */
    readonly users: Map<string, Map<string, Document>>;
    /** By group id. */
    readonly groups: Map<string, Map<string, Document>>;
    /** The settings of its ID tokens: claims of groups and the like. */
    readonly idTokens: Map<string, Document>;
    /** The attributes that an administrator added to the profile of the app's users, by name. */
    readonly attributes: Map<string, Map<string, unknown>>;
    /** What was written of those that each such profile has, by name. */
    readonly baseAttributes: Map<string, Map<string, unknown>>;
}

/** All that the organisation holds, by id, each map in order of creation. */
export interface Org {
    readonly about: OrgAbout;
    readonly zones: Map<string, Zone>;
    /** The zones that every organisation has: their ids, and the names that they began with. */
    readonly systemZones: Map<string, string>;
    readonly policies: Map<string, Policy>;
    /** By policy id, then by rule id. */
    readonly rules: Map<string, Map<string, Rule>>;
    readonly apps: Map<string, App>;
    readonly groups: Map<string, Document>;
    /** The ids of the users of each group; of the group Everyone they are not kept: it has all. */
    readonly members: Map<string, Set<string>>;
    readonly groupRules: Map<string, Document>;
    /** Whom each group rule has put in: by the rule's id, then by the group's, the users' ids. */
    readonly ruleMembers: Map<string, Map<string, Set<string>>>;
    readonly users: Map<string, Document>;
    /** The ids of those users who have a password. */
    readonly passwords: Set<string>;
    readonly userTypes: Map<string, Document>;
    /** The attributes that an administrator added to the profile of users, by name. */
    readonly customAttributes: Map<string, unknown>;
    /** What was written of the attributes that every profile of a user has, by name. */
    readonly baseAttributes: Map<string, unknown>;
    /** The same for the profile of groups. */
    readonly groupAttributes: Map<string, unknown>;
    /** Identity providers, as they were written. */
    readonly identityProviders: Map<string, Document>;
    /** The keys by which they sign, by `kid`. */
    readonly identityProviderKeys: Map<string, Document>;
    /** What rules refer to: behaviors and the like, by the path of its list, then by id. */
    readonly references: Map<string, Map<string, Kept>>;
    /** The risk of a user as an administrator says it, by user id. */
    readonly risks: Map<string, string>;
    /** What of an app is kept apart from it. */
    readonly appParts: AppParts;
    /** The ids of the factors of Classic Engine that are on. */
    readonly activeFactors: Set<string>;
    /** The factors in which a user is enrolled, but for `_links`: by user id, then by id. */
    readonly userFactors: Map<string, Map<string, Document>>;
    /** Okta's ThreatInsight. */
    readonly threats: { document: Document };
    readonly tokens: Map<string, Token>;
    readonly clients: Map<string, OAuthClient>;
    /** The admin roles of each user, group and client, but for `_links`. */
    readonly roles: Map<string, readonly Document[]>;
    /** By the id of a role assignment; without an entry the role is for all. */
    readonly roleTargets: Map<string, RoleTargets>;
    readonly customRoles: Map<string, CustomRole>;
    readonly resourceSets: Map<string, ResourceSet>;
    /** How members of bindings were named, by the id of their assignment. */
    readonly memberUrls: Map<string, string>;
    /** The System Log, oldest first. */
    readonly events: Document[];
}
