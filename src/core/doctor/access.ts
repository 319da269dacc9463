import type { CredentialFacts, Facts, TokenFacts } from "./facts";
import { bad, counted, judge, listed, ok, type Verdict, warn } from "./verdict";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Roles that may change network zones. Source: Okta's help, "Manage network zones". */
const GOOD_ROLES = ["SUPER_ADMIN", "ORG_ADMIN"];

/** What a membership needs, and what the doctor needs to see the rest. */
const ZONE_SCOPES = ["okta.networkZones.read", "okta.networkZones.manage"];
const DOCTOR_SCOPES = ["okta.policies.read", "okta.apps.read", "okta.logs.read", "okta.roles.read"];

/** How soon an end is soon. */
const TOKEN_ENDS_SOON_MS = 7 * DAY_MS;
const ACCESS_TOKEN_ENDS_SOON_MS = DAY_MS;

export function credentialIsAccepted({ access, credential }: Facts): Verdict | undefined {
    if (access.unknown?.name !== "okta-unauthorized")
        return judge(access, () => ok(`Okta accepts ${credential.description}`));
    return bad(access.unknown.reason);
}

/** An access token left in the environment wins over an API token without a word, in the Okta provider too. */
export function oneCredentialIsSet({ credential: { description, unused } }: Facts): Verdict {
    if (unused.length === 0) return ok(`${description}, and no other is set`);
    return warn(`${description} counts; ${listed(unused)} ${unused.length === 1 ? "does" : "do"} not`);
}

export function ownerIsKnown({ owner, credential, access }: Facts): Verdict | undefined {
    if (owner === undefined) {
        const app = credential.clientId === undefined ? "an OAuth app" : `the OAuth app ${credential.clientId}`;
        return judge(access, () => ok(app));
    }
    return judge(owner, ({ id, login, status }) => {
        const name = login === undefined ? id : `${login} (${id})`;
        return status === undefined || status === "ACTIVE" ? ok(name) : warn(`${name} is ${status}`);
    });
}

/**
 * What may be done in Okta hangs on the roles of the admin or the app. A custom
 * role does not say what it allows; trying does.
 */
export function roleSuffices({ roles, zones, credential }: Facts): Verdict | undefined {
    if (zones.unknown?.name === "okta-forbidden" && credential.kind === "api-token") {
        return bad("Okta does not even let it list the zones");
    }
    return judge(roles, (types) => {
        const named = types.length === 0 ? "no admin role" : listed(types);
        if (types.some((type) => GOOD_ROLES.includes(type))) return ok(named);
        if (!types.includes("CUSTOM")) return bad(`${named}, which may not change network zones`);
        return warn(
            `${named}: a custom role does not say whether it may change network zones`,
            "Try it with --write-test, or give the role Organization Administrator.",
        );
    });
}

export function scopesSuffice({ credential: { kind, scopes }, access }: Facts): Verdict | undefined {
    if (kind === "api-token") return undefined;
    if (access.unknown?.name === "scopes-missing") return bad(access.unknown.reason);
    if (scopes === undefined) {
        return warn("could not be checked: the access token does not say what it may do", "Try it with --write-test.");
    }
    const lacking = (wanted: readonly string[]) => wanted.filter((scope) => !scopes.includes(scope));
    const [needed, useful] = [lacking(ZONE_SCOPES), lacking(DOCTOR_SCOPES)];
    if (needed.length > 0) return bad(`lacks ${listed(needed)}`);
    if (useful.length > 0) return warn(`enough for zones; to see the rest the doctor lacks ${listed(useful)}`);
    return ok(listed(scopes, 10));
}

/**
 * Okta ends an API token that was not used for 30 days; this call has renewed
 * the one in use. Another token of the same admin may be the agent's.
 */
export function credentialLasts({ credential, tokens, nowMs }: Facts): Verdict | undefined {
    if (credential.kind === "private-key") return ok("access tokens are fetched with the app's key as they end");
    if (tokens === undefined) return accessTokenLasts(credential, nowMs);
    return judge(tokens, (all) => {
        if (all.length === 0) return warn("Okta lists no API token of this admin");
        const ending = all.filter(({ expiresAtMs = Infinity }) => expiresAtMs - nowMs < TOKEN_ENDS_SOON_MS);
        if (ending.length > 0) return warn(`unused, and ends soon: ${listed(ending.map(nameAndEnd))}`);
        return ok(`${listed(all.map(nameAndEnd))}, later with every call`);
    });
}

function accessTokenLasts({ endsAtMs }: CredentialFacts, nowMs: number): Verdict {
    if (endsAtMs === undefined) return warn("could not be checked: the access token does not say when it ends");
    const end = new Date(endsAtMs).toISOString();
    if (endsAtMs <= nowMs) return bad(`the access token ended at ${end}`);
    if (endsAtMs - nowMs > ACCESS_TOKEN_ENDS_SOON_MS) return ok(`until ${end}`);
    return warn(`the access token ends at ${end}, and nothing renews it`);
}

function nameAndEnd({ name, expiresAtMs }: TokenFacts): string {
    return `"${name}" ${expiresAtMs === undefined ? "has no end" : `until ${new Date(expiresAtMs).toISOString()}`}`;
}

/** A token that hangs on the zone that it writes locks Zonekeeper out with the first wrong list. */
export function tokenIsFree({ tokens, zoneIds }: Facts): Verdict | undefined {
    if (tokens === undefined) return undefined;
    return judge(tokens, (all) => {
        const tied = all.filter(({ include, exclude }) => [...include, ...exclude].some((id) => zoneIds.includes(id)));
        if (tied.length > 0) {
            return bad(`${listed(tied.map(placeOf))}, which Zonekeeper writes`);
        }
        const bound = all.filter(({ include, exclude }) => include.length + exclude.length > 0);
        if (bound.length > 0) return ok(`${listed(bound.map(placeOf))}, which is none of these zones`);
        return ok(`${counted(all.length, "token")} of this admin, usable from anywhere`);
    });
}

function placeOf({ name, include, exclude }: TokenFacts): string {
    return include.length > 0
        ? `"${name}" works only from ${listed(include)}`
        : `"${name}" does not work from ${listed(exclude)}`;
}
