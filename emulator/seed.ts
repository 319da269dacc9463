import { z } from "zod";

import { fail } from "../src/core/errors/errors";

const status = z.enum(["ACTIVE", "INACTIVE"]);
const address = z.object({ type: z.enum(["CIDR", "RANGE"]), value: z.string() });
const scopes = z.array(z.string());

const zone = z.looseObject({
    id: z.string().optional(),
    name: z.string().min(1),
    type: z.enum(["IP", "DYNAMIC", "DYNAMIC_V2"]).default("IP"),
    status: status.optional(),
    usage: z.enum(["POLICY", "BLOCKLIST"]).optional(),
    gateways: z.array(address).nullish(),
    proxies: z.array(address).nullish(),
});

const rule = z.looseObject({
    id: z.string().optional(),
    name: z.string().min(1),
    priority: z.number().int().optional(),
    system: z.boolean().optional(),
});

const policy = z.looseObject({
    id: z.string().optional(),
    name: z.string().min(1),
    type: z
        .enum([
            "ACCESS_POLICY",
            "PROFILE_ENROLLMENT",
            "OKTA_SIGN_ON",
            "PASSWORD",
            "MFA_ENROLL",
            "IDP_DISCOVERY",
            "SESSION_VIOLATION_DETECTION",
            "POST_AUTH_SESSION",
            "ENTITY_RISK",
        ])
        .default("ACCESS_POLICY"),
    system: z.boolean().optional(),
    rules: z.array(rule).default([]),
});

const app = z.looseObject({
    id: z.string().optional(),
    label: z.string().min(1),
    signOnMode: z.string().default("BOOKMARK"),
    policyId: z.string().optional(),
});

/** From which zones a token or an app may be used; see letsThrough. */
const network = z.looseObject({
    connection: z.enum(["ANYWHERE", "ZONE"]),
    include: z.array(z.string()).optional(),
    exclude: z.array(z.string()).optional(),
});

const token = z.strictObject({
    id: z.string().optional(),
    name: z.string().default("emulator"),
    /** The text after `SSWS `. */
    value: z.string().min(1),
    access: z.enum(["all", "read-only"]).default("all"),
    userId: z.string().optional(),
    expiresAt: z.string().optional(),
    network: network.optional(),
});

const oauthClient = z.strictObject({
    clientId: z.string().min(1),
    /** The public keys; a private one is refused, so that no seed file holds any. */
    keys: z
        .array(
            z.looseObject({
                kty: z.enum(["RSA", "EC"]),
                d: z.never("is a private key; give the public one").optional(),
            }),
        )
        .min(1),
    scopes: scopes.default([]),
    isDpopBound: z.boolean().default(false),
    access: z.enum(["all", "read-only"]).default("all"),
    network: network.optional(),
});

const accessToken = z.strictObject({
    /** The text after `Bearer `. */
    value: z.string().min(1),
    /** The service app that it was issued to; it need not be one of `oauthClients`. */
    clientId: z.string().default("seed"),
    scopes,
    access: z.enum(["all", "read-only"]).default("all"),
});

const org = z.strictObject({
    id: z.string().optional(),
    subdomain: z.string().optional(),
    cell: z.string().optional(),
    pipeline: z.enum(["idx", "v1"]).optional(),
    settings: z.looseObject({}).optional(),
    hasRiskScoring: z.boolean().optional(),
    hasUniversalLogout: z.boolean().optional(),
    profileEnrollmentPolicyId: z.string().optional(),
});

/** Of Okta's LogEvent what matters; the rest is filled in. */
export const logEventSeed = z.looseObject({
    eventType: z.string().min(1),
    published: z.iso.datetime({ offset: true }).optional(),
});

const seed = z.strictObject({
    org: org.default({}),
    zones: z.array(zone).default([]),
    policies: z.array(policy).default([]),
    apps: z.array(app).default([]),
    groups: z
        .array(
            z.looseObject({
                id: z.string().optional(),
                name: z.string().optional(),
                /** The ids or the logins of its users. */
                members: z.array(z.string()).optional(),
            }),
        )
        .default([]),
    users: z.array(z.looseObject({ id: z.string().optional(), login: z.string().optional() })).default([]),
    /** ThreatInsight: `action` and `excludeZones`. */
    threats: z
        .looseObject({
            action: z.enum(["none", "audit", "block"]).optional(),
            excludeZones: z.array(z.string()).optional(),
        })
        .default({}),
    /** Types of roles, such as `ORG_ADMIN`, by the id of a user or the client id of a service app. */
    roles: z.record(z.string(), z.array(z.string())).default({}),
    tokens: z.array(token).default([]),
    oauthClients: z.array(oauthClient).default([]),
    accessTokens: z.array(accessToken).default([]),
    events: z.array(logEventSeed).default([]),
});

/**
 * What the organisation holds besides what every organisation has: Okta's own
 * JSON of zones, policies (with their `rules`), apps, groups and users, as far
 * as it is known; what is left out gets Okta's defaults.
 *
 *   { "zones": [{ "name": "Office", "gateways": [{ "type": "CIDR", "value": "198.51.100.0/24" }] }],
 *     "apps": [{ "label": "Payroll" }] }
 *
 * `events` are what the System Log begins with, oldest first; an event of now
 * where `published` is left out.
 *
 * An entry of the name of a thing that every organisation has, such as
 * `LegacyIpZone`, takes its place. With `tokens`, no other token is accepted.
 */
export type Seed = z.input<typeof seed>;

/** A seed with nothing left out. */
export type FullSeed = z.output<typeof seed>;

/** @throws `bad-input` with one sentence on what is wrong and where */
export function readSeed(value: unknown): FullSeed {
    const { data, error } = seed.safeParse(value);
    if (data !== undefined) return data;
    const [issue] = error.issues;
    return fail("bad-input", `the emulator's seed is not usable: ${issue?.path.join(".") || "it"}: ${issue?.message}`);
}
