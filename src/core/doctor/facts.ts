import type { CodeName } from "../errors/codeTable";
import type { Unusable } from "../grants/grantsDocument";
import type { GroupFacts } from "../group/groupKind";
import type { OktaUser } from "../group/users";
import type { Refusal } from "../membership/plan";
import type { CertificateFacts, ExtraAuthorities } from "../outgoing/connectionFault";
import type { ListedZone } from "../reasons/blocklists";
import type { NetworkRestriction } from "../reasons/restrictions";
import type { SessionPolicy, SessionRule } from "../reasons/sessionRules";
import type { ThreatInsight } from "../reasons/threatInsight";
import type { WriteTestFacts } from "./writeTestFacts";

/** A fact, or why it is not known. */
export type Known<T> =
    | { readonly value: T; readonly unknown?: never }
    | { readonly unknown: Unknown; readonly value?: never };

export interface Unknown {
    /** The code of the problem. */
    readonly name: CodeName;
    /** Follows "could not be checked: "; such as `needs the scope okta.logs.read`. */
    readonly reason: string;
    /** A sentence. */
    readonly remedy: string;
    /** The full message, for the check of this problem; the other checks repeat only the reason. */
    readonly message?: string;
}

/** The input of all checks. Everything is read before the first check begins. */
export interface Facts {
    /** Milliseconds since 1970, by our clock. */
    readonly nowMs: number;
    readonly orgUrl: string;
    readonly credential: CredentialFacts;
    readonly organization: Known<OrganizationFacts>;
    /** Whether Okta accepts the credential. */
    readonly access: Known<true>;
    /** The user of an API token; undefined for OAuth, which acts for an app. */
    readonly owner: Known<OwnerFacts> | undefined;
    /** Types of the roles of the owner or the app, such as `ORG_ADMIN`. */
    readonly roles: Known<readonly string[]>;
    /** The API tokens of the owner, of which one is in use and Okta does not say which; undefined for OAuth. */
    readonly tokens: Known<readonly TokenFacts[]> | undefined;
    /** From where the OAuth app may get tokens; undefined for an API token. */
    readonly appNetwork: Known<NetworkRestriction> | undefined;
    /** The rate limit for zones, as the latest answer states it. */
    readonly rateLimit: Known<RateFacts>;
    /** The zones that were asked for, in order. */
    readonly zoneIds: readonly string[];
    /** The names of new zones in a deployment. @default none */
    readonly zoneNames?: readonly string[];
    /** Every zone of the org, whatever its type. */
    readonly zones: Known<readonly ZoneFacts[]>;
    /** Undefined where neither a policy nor a zone was asked for. */
    readonly policies: Known<PoliciesFacts> | undefined;
    /** The global session policies, with their rules; undefined where no zone was asked for. */
    readonly sessionPolicies: Known<readonly PolicyFacts[]> | undefined;
    /**
     * Undefined without zones, if the org has no ThreatInsight, and if it may not be read: it is for information only.
     */
    readonly threatInsight: ThreatInsight | undefined;
    /** Undefined where no agent was asked. */
    readonly agent: AgentFacts | undefined;
    /** The differences between an agent and its stack; undefined unless both were given. */
    readonly stack?: { readonly name: string; readonly differences: readonly string[] } | undefined;
    /** The connection to the org. */
    readonly connection: ConnectionFacts;
    /** Undefined where no source was given. */
    readonly source: Known<SourceFacts> | undefined;
    /** Undefined where no source was given; what the grants would change in the zones. */
    readonly membership: Known<MembershipFacts> | undefined;
    /** The group to which the grants are bound. @default they are not bound to users */
    readonly group?: BoundGroupFacts | undefined;
    /** Changes of the zones in the last day, read last of all. */
    readonly log: Known<readonly ChangeFacts[]>;
    /** Ids of zones that were different when they were read again. */
    readonly changed: Known<readonly string[]>;
    /** Undefined where it was not asked for. */
    readonly writeTest: Known<WriteTestFacts> | undefined;
}

/** A group to which grants are bound. */
export interface BoundGroupFacts {
    readonly id: string;
    /** Names and ids of the groups that the portal's rules name. @default none */
    readonly ruleGroups?: readonly string[] | undefined;
    readonly facts: Known<GroupFacts>;
    /** Undefined where no source was given. */
    readonly users: Known<readonly GrantedUser[]> | undefined;
    readonly members: Known<readonly OktaUser[]>;
    /**
     * The rate limit for groups, which is separate from that for zones; undefined if Okta's answers do not state it.
     */
    readonly rateLimit: RateFacts | undefined;
}

/** A user as active grants name them. */
export interface GrantedUser {
    readonly name: string;
    readonly grants: readonly string[];
    /** `not asked` where there are too many names to look up. */
    readonly user: OktaUser | "nobody" | "not asked";
}

/** The result of a request to a running agent. */
export type AgentFacts =
    | { readonly at: string; readonly problem: string }
    | {
          readonly at: string;
          readonly problem?: never;
          readonly isLeading: boolean;
          readonly notReady: readonly string[];
      };

export interface ConnectionFacts {
    /** `http://proxy.example.com:3128 (HTTPS_PROXY)`; undefined for a direct connection. */
    readonly proxy: string | undefined;
    /** The certificates that the org's server shows, its own first; undefined over http, and where there are none. */
    readonly certificates: readonly CertificateFacts[] | undefined;
    /** Whether Node is told to trust any certificate. @default false */
    readonly trustsAnybody?: boolean;
    /** The file of NODE_EXTRA_CA_CERTS. @default none */
    readonly authorities?: ExtraAuthorities | undefined;
}

export interface CredentialFacts {
    readonly kind: "api-token" | "access-token" | "private-key";
    /** `the API token from OKTA_API_TOKEN` */
    readonly description: string;
    /** Settings with other credentials, which are ignored: `OKTA_API_TOKEN`. */
    readonly unused: readonly string[];
    /** What the OAuth token may do; undefined where it does not say, and for an API token. */
    readonly scopes: readonly string[] | undefined;
    /** When a ready-made access token ends. */
    readonly endsAtMs: number | undefined;
    /** The id of the OAuth app, where it is known. */
    readonly clientId: string | undefined;
}

export interface OrganizationFacts {
    readonly id: string;
    readonly cell: string | undefined;
    /** `idx` is Identity Engine, `v1` Classic Engine. */
    readonly pipeline: string | undefined;
    /** How far this machine's clock is ahead of Okta's; undefined if the answer has no date. */
    readonly aheadMs: number | undefined;
    /** The error of `aheadMs`: the transit time of the answer, and a date in whole seconds. */
    readonly blurMs: number;
}

export interface OwnerFacts {
    readonly id: string;
    readonly login: string | undefined;
    readonly status: string | undefined;
}

export interface TokenFacts extends NetworkRestriction {
    readonly name: string;
    readonly expiresAtMs: number | undefined;
}

export interface RateFacts {
    readonly limit: number;
    readonly remaining: number;
    readonly resetAtMs: number;
}

/** A zone of the org, whatever its type; a gateway that is not IPv4 is as Okta has it. */
export interface ZoneFacts extends ListedZone {
    readonly proxies: readonly string[];
}

export interface PoliciesFacts {
    /** The id that was asked for; undefined where all policies were searched for rules that name the zones. */
    readonly askedId: string | undefined;
    /** The one that was asked for (none where it is not there), or those whose rules name one of the zones. */
    readonly found: readonly PolicyFacts[];
    /**
     * Active policies without a rule for the zones, but with one for other zones: one of these may be the wrong zone.
     */
    readonly elsewhere?: readonly PolicyFacts[];
    /** How many were searched, and of how many: fewer where the rate limit runs low. */
    readonly searched: number;
    readonly total: number;
    /** The apps on these policies. */
    readonly apps: Known<readonly AppFacts[]>;
}

/** A policy of any type. */
export interface PolicyFacts extends SessionPolicy {
    readonly type: string;
    readonly rules: readonly RuleFacts[];
}

export interface RuleFacts extends SessionRule {
    readonly system: boolean;
    /** ISO 8601, such as `PT0S`; undefined where the rule does not say. */
    readonly reauthenticateIn: string | undefined;
}

export interface AppFacts {
    readonly label: string;
    /** Okta's own name; `saasure` is the Admin Console. */
    readonly name: string;
    readonly policyId: string;
}

export interface SourceFacts {
    readonly name: string;
    readonly grants: number;
    readonly unusable: readonly Unusable[];
    /** What a table of PostgreSQL announces by its triggers. @default not known, or the source has none */
    readonly announcement?: "rows" | "changes" | "nothing" | undefined;
}

export interface MembershipFacts {
    readonly active: number;
    /** The addresses that should be in the zones, by grants and static gateways; without the sentinel. */
    readonly granted: readonly string[];
    /** Addresses to add, and to remove; without the sentinel. */
    readonly add: readonly string[];
    readonly remove: readonly string[];
    /** Without those that are held. */
    readonly refused: readonly Refusal[];
    /** What is held until it is confirmed, each with the reason. */
    readonly held: readonly Refusal[];
}

export interface ChangeFacts {
    readonly zoneId: string;
    readonly atMs: number;
    readonly actorId: string;
    readonly actorName: string;
}
