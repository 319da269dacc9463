import type { AgentFacts, ChangeFacts, Facts, Known } from "../doctor/facts";
import type { Unusable } from "../grants/grantsDocument";
import type { StandingGrant } from "../membership/standing";
import type { SignIn } from "./signIn";

/** The input of `why`. Everything is read before. */
export interface WhyFacts extends Pick<Facts, "nowMs" | "orgUrl" | "zoneIds" | "zones"> {
    /** The subject as it was given. */
    readonly subject: string;
    /** Undefined where it is about an address alone. */
    readonly person: PersonFacts | undefined;
    /** The chain that was asked about, the address that connects to Okta last; undefined for a person. */
    readonly chain: readonly string[] | undefined;
    /** The event that was asked about; its chain is `chain`. */
    readonly event: SignIn | undefined;
    /** Undefined where no source was given and no agent answers. */
    readonly membership: Known<MembershipNow> | undefined;
    /** Entries of the source that cannot be used. */
    readonly unusable: readonly Unusable[];
    /** Why the source cannot be read; the membership is then what was known before. */
    readonly sourceProblem: string | undefined;
    /** Set if this machine's clock is wrong, so that Okta's time is used. */
    readonly clockProblem: string | undefined;
    /** Undefined where no agent was asked. */
    readonly agent: AgentFacts | undefined;
    /** The group to which the grants are bound, by its id. @default they are not bound to users */
    readonly group?: { readonly id: string } | undefined;
    /** For a question about a person, these and the session policies are from the view of that person. */
    readonly policies: Facts["policies"];
    readonly sessionPolicies: Facts["sessionPolicies"];
    readonly threatInsight: Facts["threatInsight"];
    /** The latest sign-ins of the person, or from the address, the latest first. */
    readonly signIns: Known<readonly SignIn[]>;
    /** Changes of the zones in the last day, the latest first. */
    readonly changes: Known<readonly ChangeFacts[]>;
    /** The account of the credential, by its id in the System Log; undefined if that is not known. */
    readonly ownId: string | undefined;
}

export interface PersonFacts {
    /** Login or user id, as it was given. */
    readonly name: string;
    /** The person as Okta has them. */
    readonly user: Known<UserFacts | "nobody">;
}

export interface UserFacts {
    readonly id: string;
    readonly login: string | undefined;
    /** Such as `ACTIVE` or `LOCKED_OUT`. */
    readonly status: string | undefined;
    /** Ids of the groups that they are in; undefined where these were not asked for or are not known. */
    readonly groupIds?: readonly string[] | undefined;
}

/** The desired and the actual state of the grants. */
export interface MembershipNow {
    readonly grants: readonly StandingGrant[];
    /** What waits for a confirmation. */
    readonly holds: readonly { readonly address: string; readonly why: string }[];
    /** Why the removal brake holds a reading; undefined where it does not. */
    readonly heldBecause: string | undefined;
    readonly staticGateways: readonly string[];
    /** Whether these are all grants that there are; false where the source cannot be read and nothing is remembered. */
    readonly isKnown: boolean;
    /** Whether it is remembered what was granted before. @default true */
    readonly isRemembered?: boolean;
}

export interface Line {
    readonly kind: LineKind;
    /**
     *   ok        it does not deny access
     *   bad       it denies access, or admits without a grant
     *   unknown   it may, or it could not be found out
     */
    readonly status: "ok" | "bad" | "unknown";
    /** What it is about, such as `g-1` or `"Staff" (nzo1)`. */
    readonly subject: string;
    /** A complete phrase. It may contain texts of the source and of Okta. */
    readonly message: string;
    /** What to do, a sentence; for what is bad. */
    readonly next?: string | undefined;
}

/**
 *   zone                            the zones are there, of type IP, active
 *   source, agent                   whether they answer, and their status
 *   brake                           whether the removal brake holds a reading
 *   clock                           this machine's clock is wrong
 *   person                          the user at Okta
 *   group                           whether the person is in the group to which the grants are bound
 *   denied … none                   a grant that is kept out, and why; `none`: there is no grant
 *   grant                           a grant that is in
 *   drift                           an address is inside that no grant admits
 *   blocked, exempt, dynamic-blocklist, threat-insight   what Okta evaluates before any policy
 *   ipv6-client, proxy, other-address, seen              what Okta saw
 *   outside                         the address that was asked about is in no zone
 *   rule, other-rule, catch-all, session-rule            the policies
 *   apps                            no app is on a policy that names the zones
 *   writer                          who wrote the zones last
 */
export type LineKind =
    | "zone"
    | "source"
    | "agent"
    | "clock"
    | "brake"
    | "person"
    | "group"
    | GrantKind
    | "drift"
    | "blocked"
    | "exempt"
    | "dynamic-blocklist"
    | "threat-insight"
    | "ipv6-client"
    | "proxy"
    | "other-address"
    | "seen"
    | "outside"
    | "rule"
    | "apps"
    | "other-rule"
    | "catch-all"
    | "session-rule"
    | "writer";

export type GrantKind = "grant" | "denied" | "held" | "full" | "pending" | "unusable" | "not-yet" | "ended" | "none";
