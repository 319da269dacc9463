/** Okta's own JSON of a thing, as far as it is known; what is left out gets Okta's defaults. */
export type OktaJson = Readonly<Record<string, unknown>>;

export interface SeedAddress {
    readonly type: "CIDR" | "RANGE";
    readonly value: string;
}

export interface SeedZone extends OktaJson {
    readonly id?: string | undefined;
    readonly name: string;
    /** @default "IP" */
    readonly type?: "IP" | "DYNAMIC" | "DYNAMIC_V2" | undefined;
    /** @default "ACTIVE" */
    readonly status?: "ACTIVE" | "INACTIVE" | undefined;
    /** @default "POLICY" */
    readonly usage?: "POLICY" | "BLOCKLIST" | undefined;
    readonly gateways?: SeedAddress[] | null | undefined;
    readonly proxies?: SeedAddress[] | null | undefined;
}

export interface SeedRule extends OktaJson {
    readonly id?: string | undefined;
    readonly name: string;
    readonly priority?: number | undefined;
    readonly system?: boolean | undefined;
}

export interface SeedPolicy extends OktaJson {
    readonly id?: string | undefined;
    readonly name: string;
    /** @default "ACCESS_POLICY" */
    readonly type?:
        | "ACCESS_POLICY"
        | "PROFILE_ENROLLMENT"
        | "OKTA_SIGN_ON"
        | "PASSWORD"
        | "MFA_ENROLL"
        | "IDP_DISCOVERY"
        | "SESSION_VIOLATION_DETECTION"
        | "POST_AUTH_SESSION"
        | "ENTITY_RISK"
        | undefined;
    readonly system?: boolean | undefined;
    readonly rules?: SeedRule[] | undefined;
}

export interface SeedApp extends OktaJson {
    readonly id?: string | undefined;
    readonly label: string;
    readonly signOnMode?: string | undefined;
    readonly policyId?: string | undefined;
}

export interface SeedGroup extends OktaJson {
    readonly id?: string | undefined;
    readonly name?: string | undefined;
    /** The ids or the logins of its users. */
    readonly members?: string[] | undefined;
}

export interface SeedUser extends OktaJson {
    readonly id?: string | undefined;
    readonly login?: string | undefined;
}

/** From which zones a token or an app may be used. */
export interface SeedNetwork extends OktaJson {
    readonly connection: "ANYWHERE" | "ZONE";
    readonly include?: string[] | undefined;
    readonly exclude?: string[] | undefined;
}

export interface SeedToken {
    readonly id?: string | undefined;
    readonly name?: string | undefined;
    /** The text after `SSWS `. */
    readonly value: string;
    /** @default "all" */
    readonly access?: "all" | "read-only" | undefined;
    readonly userId?: string | undefined;
    readonly expiresAt?: string | undefined;
    readonly network?: SeedNetwork | undefined;
}

export interface SeedAccessToken {
    /** The text after `Bearer `. */
    readonly value: string;
    readonly clientId?: string | undefined;
    readonly scopes: string[];
    readonly access?: "all" | "read-only" | undefined;
}

export interface SeedOauthClient {
    readonly clientId: string;
    /** The public keys, as JWKs. */
    readonly keys: (OktaJson & { readonly kty: "RSA" | "EC" })[];
    readonly scopes?: string[] | undefined;
    readonly isDpopBound?: boolean | undefined;
    readonly access?: "all" | "read-only" | undefined;
    readonly network?: SeedNetwork | undefined;
}

/** Of Okta's LogEvent what matters; the rest is filled in. */
export interface SeedEvent extends OktaJson {
    readonly eventType: string;
    /** RFC 3339. @default now */
    readonly published?: string | undefined;
}

export interface SeedOrg {
    readonly id?: string | undefined;
    readonly subdomain?: string | undefined;
    readonly cell?: string | undefined;
    readonly pipeline?: "idx" | "v1" | undefined;
    readonly settings?: OktaJson | undefined;
    readonly hasRiskScoring?: boolean | undefined;
    readonly hasUniversalLogout?: boolean | undefined;
    readonly profileEnrollmentPolicyId?: string | undefined;
}

export interface SeedThreats extends OktaJson {
    readonly action?: "none" | "audit" | "block" | undefined;
    readonly excludeZones?: string[] | undefined;
}

/**
 * What the emulated organisation holds besides what every organisation has.
 *
 * An entry of the name of a thing that every organisation has, such as
 * `LegacyIpZone`, takes its place. With `tokens`, no other token is accepted.
 */
export interface Seed {
    readonly org?: SeedOrg | undefined;
    readonly zones?: SeedZone[] | undefined;
    readonly policies?: SeedPolicy[] | undefined;
    readonly apps?: SeedApp[] | undefined;
    readonly groups?: SeedGroup[] | undefined;
    readonly users?: SeedUser[] | undefined;
    /** ThreatInsight. */
    readonly threats?: SeedThreats | undefined;
    /** Types of roles, such as `ORG_ADMIN`, by the id of a user or the client id of a service app. */
    readonly roles?: Record<string, string[]> | undefined;
    readonly tokens?: SeedToken[] | undefined;
    readonly oauthClients?: SeedOauthClient[] | undefined;
    readonly accessTokens?: SeedAccessToken[] | undefined;
    /** What the System Log begins with, oldest first. */
    readonly events?: SeedEvent[] | undefined;
}
