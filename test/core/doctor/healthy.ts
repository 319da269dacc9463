import type { Facts, PolicyFacts, RuleFacts, ZoneFacts } from "../../../src/core/doctor/facts";

/** 2026-11-26T08:00:00Z */
export const NOW = Date.UTC(2026, 10, 26, 8);

export const ZONE: ZoneFacts = {
    id: "nzo1",
    name: "Staff",
    type: "IP",
    status: "ACTIVE",
    usage: "POLICY",
    system: false,
    gateways: ["203.0.113.7/32"],
    proxies: [],
};

export const RULE: RuleFacts = {
    name: "In zone",
    status: "ACTIVE",
    system: false,
    access: "ALLOW",
    connection: "ZONE",
    include: ["nzo1"],
    exclude: [],
    isNarrow: true,
    people: { users: { include: [], exclude: [] }, groups: { include: ["00g1"], exclude: [] } },
    reauthenticateIn: "PT0S",
};

export const CATCH_ALL: RuleFacts = {
    ...RULE,
    name: "Catch-all Rule",
    system: true,
    access: "DENY",
    connection: "ANYWHERE",
    include: [],
    isNarrow: false,
    people: { users: { include: [], exclude: [] }, groups: { include: [], exclude: [] } },
};

export function policy(...rules: readonly RuleFacts[]): PolicyFacts {
    return { id: "rst1", name: "Staff access", type: "ACCESS_POLICY", status: "ACTIVE", rules: [...rules, CATCH_ALL] };
}

export function policies(...found: readonly PolicyFacts[]): Facts["policies"] {
    const apps = { value: found.map(({ id }) => ({ label: "Payroll", name: "bookmark", policyId: id })) };
    return { value: { askedId: undefined, found, searched: 1, total: 1, apps } };
}

const ANA = { id: "00u1", login: "ana@example.com", status: "ACTIVE" };

/** Of an org in which nothing is wrong, with an API token, and with grants that are bound to users. */
export const HEALTHY: Facts = {
    nowMs: NOW,
    orgUrl: "https://acme.okta.com",
    credential: {
        kind: "api-token",
        description: "the API token from OKTA_API_TOKEN",
        unused: [],
        scopes: undefined,
        endsAtMs: undefined,
        clientId: undefined,
    },
    organization: { value: { id: "00o1", cell: "op3", pipeline: "idx", aheadMs: 0, blurMs: 500 } },
    access: { value: true },
    owner: { value: { id: "00u1", login: "ana@example.com", status: "ACTIVE" } },
    roles: { value: ["ORG_ADMIN"] },
    tokens: { value: [{ name: "sync", expiresAtMs: NOW + 30 * 86_400_000, include: [], exclude: [] }] },
    appNetwork: undefined,
    sessionPolicies: { value: [] },
    threatInsight: { action: "none", excludeZones: [] },
    stack: { name: "dev", differences: [] },
    agent: { at: "127.0.0.1:9464", isLeading: true, notReady: [] },
    connection: {
        proxy: undefined,
        certificates: [
            {
                subject: "*.okta.com",
                issuer: "A CA",
                validFrom: "2026-01-01T00:00:00Z",
                validTo: "2027-01-01T00:00:00Z",
            },
        ],
    },
    rateLimit: { value: { limit: 100, remaining: 90, resetAtMs: NOW + 60_000 } },
    zoneIds: ["nzo1"],
    zoneNames: ["Contractors"],
    zones: { value: [ZONE] },
    policies: policies(policy(RULE)),
    source: { value: { name: "file grants.yaml", grants: 1, unusable: [] } },
    membership: { value: { active: 1, granted: ["203.0.113.7/32"], add: [], remove: [], refused: [], held: [] } },
    group: {
        id: "00g1",
        facts: { value: { id: "00g1", name: "Admitted", type: "OKTA_GROUP", rules: [], apps: [], roles: [] } },
        users: { value: [{ name: "ana@example.com", grants: ["g-1"], user: ANA }] },
        members: { value: [ANA] },
        rateLimit: { limit: 100, remaining: 90, resetAtMs: NOW + 60_000 },
    },
    log: { value: [] },
    changed: { value: [] },
    writeTest: { value: { startedAtMs: NOW, tests: [{ zoneId: "nzo1", outcome: "verified", detail: undefined }] } },
};
