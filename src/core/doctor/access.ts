import { SUFFICIENT_ROLES } from "../judging/rights";
import type { Reason } from "../reasons/reason";
import { type NetworkRestriction, restrictionReason } from "../reasons/restrictions";
import { zoneTitles } from "../reasons/zoneTitles";
import type { CredentialFacts, Facts, TokenFacts } from "./facts";
import { bad, counted, judge, listed, ok, told, type Verdict, warn } from "./verdict";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The scopes for a membership, and those that the other checks need. */
const ZONE_SCOPES = ["okta.networkZones.read", "okta.networkZones.manage"];
/** The additional scopes for a group to which grants are bound. */
const GROUP_SCOPES = ["okta.groups.manage", "okta.users.read", "okta.apps.read"];
const DOCTOR_SCOPES = ["okta.policies.read", "okta.apps.read", "okta.logs.read", "okta.roles.read"];

/** A token that ends within this time is reported. */
const TOKEN_ENDS_SOON_MS = 7 * DAY_MS;
const ACCESS_TOKEN_ENDS_SOON_MS = DAY_MS;

export function credentialIsAccepted({ access, credential }: Facts): Verdict | undefined {
    if (access.unknown?.name !== "okta-unauthorized")
        return judge(access, () => ok(`Okta accepts ${credential.description}`));
    return told(access.unknown);
}

/** An access token in the environment silently takes precedence over an API token, also in the Okta provider. */
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
 * The rights in Okta depend on the roles of the administrator or the app. A custom
 * role does not show what it allows; only a test write does.
 */
export function roleSuffices({ roles, zones, owner, credential, writeTest }: Facts): Verdict | undefined {
    if (owner?.unknown?.name === "okta-forbidden") {
        // Every token may read its own user, so this refusal is not about the role.
        return warn("could not be checked: Okta refuses the token before it looks at its role", "See to ZK110 first.");
    }
    const mayAsk = credential.scopes?.includes("okta.networkZones.read") ?? true;
    if (zones.unknown?.name === "okta-forbidden" && mayAsk) {
        return bad("Okta does not even let it list the zones");
    }
    const isEnough = isProved(writeTest);
    if (roles.unknown !== undefined && isEnough) return ok("enough: a write went through");
    return judge(roles, (types) => {
        const named = types.length === 0 ? "no admin role" : listed(types);
        if (types.some((type) => SUFFICIENT_ROLES.includes(type))) return ok(named);
        if (isEnough) return ok(`${named}: a write went through`);
        if (!types.includes("CUSTOM")) return bad(`${named}, which may not change network zones`);
        return warn(
            `${named}: a custom role does not say whether it may change network zones`,
            "Try it with --write-test, or give the role Organization Administrator.",
        );
    });
}

/** Whether every zone of a write test was written. */
function isProved(writeTest: Facts["writeTest"]): boolean {
    const tests = writeTest?.value?.tests ?? [];
    return tests.length > 0 && tests.every(({ outcome }) => outcome === "verified");
}

export function scopesSuffice({ credential: { kind, scopes }, access, writeTest, group }: Facts): Verdict | undefined {
    if (kind === "api-token") return undefined;
    if (access.unknown?.name === "scopes-missing") return told(access.unknown);
    if (scopes === undefined) {
        if (isProved(writeTest)) return ok("the access token does not name them: a write went through");
        return warn("could not be checked: the access token does not say what it may do", "Try it with --write-test.");
    }
    const lacking = (wanted: readonly string[]) => wanted.filter((scope) => !scopes.includes(scope));
    const needed = lacking([...ZONE_SCOPES, ...(group === undefined ? [] : GROUP_SCOPES)]);
    const useful = lacking(DOCTOR_SCOPES);
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
        return ok(`${listed(all.map(nameAndEnd))}, renewed by every call`);
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

/** A credential that is restricted to the zone that it writes would lock Zonekeeper out with the first wrong list. */
export function tokenIsFree({ tokens, appNetwork, owner, zoneIds, zones, access }: Facts): Verdict | undefined {
    const ours = { zoneIds, title: zoneTitles(zones.value) };
    if (access.unknown?.name === "credential-tied-to-zone") return told(access.unknown);
    if (appNetwork !== undefined) {
        return judge(appNetwork, (network) => judgeBound([["the OAuth app", network]], ours, "the OAuth app"));
    }
    if (tokens === undefined) return undefined;
    if (owner?.unknown?.name === "okta-forbidden") return bad(SHUT_OUT);
    return judge(tokens, (all) => {
        const named = all.map((token) => [`"${token.name}"`, token] as const);
        return judgeBound(named, ours, `${counted(all.length, "token")} of this admin`);
    });
}

const SHUT_OUT =
    "Okta refuses to say even whose it is (403): so it answers a token that is bound to network zones, and this machine is in none of them";

function judgeBound(
    bound: readonly (readonly [who: string, network: NetworkRestriction])[],
    { zoneIds, title }: { readonly zoneIds: readonly string[]; readonly title: (zoneId: string) => string },
    all: string,
): Verdict {
    const reasons = bound.flatMap(([who, network]) => restrictionReason(who, network, zoneIds, title) ?? []);
    const said = (weight: Reason["weight"]) => reasons.filter((each) => each.weight === weight).map((it) => it.message);
    if (said("fault").length > 0) return bad(listed([...said("fault"), ...said("doubt")]));
    if (said("doubt").length > 0) return warn(listed(said("doubt")));
    if (reasons.length > 0) return ok(`${listed(said("note"))}, which is none of these zones`);
    return ok(`${all}, usable from anywhere`);
}
