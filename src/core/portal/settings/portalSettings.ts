import type { LinearPattern } from "../../patterns/linearPattern";
import type { Address } from "../../settings/agentSettings";
import type { TrustedProxy } from "../clientAddress";

/** What the portal is told, checked. Secrets are references, `env:NAME` or `file:PATH`, and never the secrets themselves. */
export interface PortalSettings {
    /** The origin under which people know the portal: `https://access.example.com`. */
    readonly url: string;
    /** A second origin that has an IPv4 address only, for visitors who come by IPv6. */
    readonly ipv4Url: string | undefined;
    readonly listen: Address;
    readonly trustedProxies: readonly TrustedProxy[];
    readonly login: LoginSettings;
    readonly addressFrom: "connection" | "okta-log";
    /** What to take where Okta's log says nothing; undefined: nothing. */
    readonly addressFallback: "connection" | undefined;
    /** The Okta provider's keys, for okta-log. */
    readonly okta: Readonly<Record<string, string>> | undefined;
    readonly session: SessionSettings;
    readonly store: StoreSettings;
    readonly maxAddresses: number;
    readonly allowUnroutable: boolean;
    readonly accesses: readonly AccessSettings[];
    readonly admins: Eligible;
    readonly workloads: readonly WorkloadSettings[];
    readonly notify: readonly NotifySettings[];
    /** The folder of the portal's ledger. */
    readonly state: string;
    readonly log: "debug" | "info" | "warn" | "error";
}

export interface LoginSettings {
    readonly issuer: string;
    readonly clientId: string;
    /** Undefined for a public client. */
    readonly clientSecret: string | undefined;
    readonly scopes: readonly string[];
    /** Whether `offline_access` is asked for as well, where the provider supports it: the settings name no scopes of their own. */
    readonly isOfflineAdded: boolean;
    readonly groupsClaim: string;
    readonly userClaim: string;
}

/** Whether identity and groups cannot be looked at again without a new sign-in. */
export function lacksOffline({ scopes, isOfflineAdded }: Pick<LoginSettings, "scopes" | "isOfflineAdded">): boolean {
    return !isOfflineAdded && !scopes.includes("offline_access");
}

export interface SessionSettings {
    readonly secret: string;
    /** A session ends after so long. */
    readonly durationMs: number;
    /** A session ends after so long without a request. */
    readonly idleMs: number;
    /** How old identity and groups may be when something is granted. */
    readonly recheckMs: number;
}

export type StoreSettings =
    | { readonly type: "file"; readonly path: string }
    | { readonly type: "postgres"; readonly url: string };

/** Who may do something: members of any of the groups, or any of the users. Nobody where both are empty. */
export interface Eligible {
    readonly groups: readonly string[];
    readonly users: readonly string[];
}

export interface AccessSettings {
    readonly name: string;
    readonly title: string;
    readonly eligible: Eligible;
    readonly duration: { readonly usualMs: number; readonly maxMs: number; readonly isExtendable: boolean };
    readonly reason: "required" | "optional" | "none";
    /** What a ticket looks like; undefined where none is asked for. */
    readonly ticket: LinearPattern | undefined;
    readonly isGrantedOnLogin: boolean;
    /** Whether it leads to production, as the configuration says; undefined where it says nothing, which is judged as production. */
    readonly isProduction: boolean | undefined;
    readonly approval: ApprovalSettings | undefined;
    readonly breakGlass: { readonly eligible: Eligible; readonly durationMs: number } | undefined;
    readonly labels: Readonly<Record<string, string>>;
}

export interface ApprovalSettings {
    readonly approvers: Eligible;
    readonly count: number;
    readonly requestTimeoutMs: number;
}

export interface WorkloadSettings {
    readonly name: string;
    readonly issuer: string;
    readonly audience: string;
    /** Each claim has to be the text, or one of the texts. */
    readonly claims: Readonly<Record<string, readonly string[]>>;
    readonly accesses: readonly string[];
    readonly maxDurationMs: number;
    /** The claim that names the run or job; undefined: `run_id`, `job_id` or `pipeline_id`, whichever is there. */
    readonly runClaim: string | undefined;
}

export type NotifySettings =
    | { readonly type: "slack"; readonly url: string }
    | { readonly type: "webhook"; readonly url: string; readonly secret: string }
    /** `url` is a reference to a URL such as `smtps://user:password@mail.example.com`. */
    | { readonly type: "email"; readonly url: string; readonly from: string; readonly to: readonly string[] };

/** Whether a person with these groups and this user name is eligible. Groups and users are compared exactly. */
export function isEligible(
    { groups, users }: Eligible,
    person: { readonly groups: readonly string[]; readonly user: string },
): boolean {
    return users.includes(person.user) || groups.some((group) => person.groups.includes(group));
}

/** Every group that the rules name: for what people may have, approve, break glass for, and administer. */
export function* groupsOfRules({ accesses, admins }: Pick<PortalSettings, "accesses" | "admins">): Generator<string> {
    yield* admins.groups;
    for (const { eligible, approval, breakGlass } of accesses) {
        for (const who of [eligible, approval?.approvers, breakGlass?.eligible]) yield* who?.groups ?? [];
    }
}
