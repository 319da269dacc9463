import type { Unusable } from "../../core/grants/grantsDocument";
import type { GrantState, StandingGrant } from "../../core/membership/standing";
import type { LockState } from "../leadership/leadership";
import type { PendingClearing } from "../sessions/clearingState";

export interface RefusalView {
    /** As `Refusal` has it. */
    readonly id: string;
    readonly reason: string;
    /** Whether it is one of `held`, and no grant. @default false */
    readonly isHeldRange?: true;
}

/** The grants that the agent shows at one moment. Neither iterable keeps what it yields. */
export interface ShownGrants {
    /** The user and the state of each: what a count needs, without the cost of texts. */
    eachState(): Iterable<UserState>;
    eachGrant(): Iterable<GrantView>;
}

export interface UserState {
    readonly user?: string;
    readonly state: GrantState;
}

/** The state of the agent at one moment, for the page and `GET /api/status`. Times are RFC 3339 in UTC. */
export interface AgentView extends ShownGrants {
    readonly zones: readonly ZoneView[];
    /** The group whose members are the users with an active grant; undefined where grants are not bound to users. */
    readonly group?: GroupView;
    /** All at once, kept: for many grants `gathered` makes the list without a long step. */
    readonly grants: readonly GrantView[];
    readonly source: SourceView;
    readonly okta: { readonly rateLimit?: RateLimitView };
    /** The latest failure that is not resolved yet. */
    readonly lastError?: { readonly code: string; readonly message: string; readonly at: string };
    /** Undefined where the time is not checked. */
    readonly clock?: ClockView;
    /** Whether this agent leads; a standby writes nothing. */
    readonly isLeading: boolean;
    /** Who has the lock, while this agent does not lead; undefined where nothing is known of it. */
    readonly lockState?: LockState;
    /** Addresses that stay until their removal is confirmed; usually none. */
    readonly held: readonly string[];
    /** The same addresses, with the reason and the known grants of each. */
    readonly holds: readonly HoldView[];
    /** Why the removal brake holds the latest reading, and what releases it; undefined where it does not. */
    readonly heldBecause?: string;
    /** Static gateways in force, those that are held included. */
    readonly staticGateways: readonly string[];
    readonly refused: readonly RefusalView[];
    readonly unusable: readonly Unusable[];
    /** The users whose Okta sessions are still to be ended, and the latest for whom that failed permanently. */
    readonly clearings: readonly PendingClearing[];
    /** Why `readyz` answers 503; empty when the last reconciliation is in force and fresh. */
    readonly notReady: readonly string[];
    /** The end of the latest round after which the zones were as desired. */
    readonly lastSuccessAt?: string;
}

/** One of the memberships of an agent. */
export interface MembershipView extends AgentView {
    readonly name: string;
    readonly org: string;
}

export interface ZoneView {
    /** Its name; undefined if the agent has one membership. */
    readonly membership?: string;
    readonly id: string;
    readonly name: string;
    /** An inactive zone contains no address for Okta, whatever its gateways; undefined while it has not been read. */
    readonly status?: "ACTIVE" | "INACTIVE";
    /** Okta refuses every request from the addresses of a `BLOCKLIST`; undefined while the zone has not been read. */
    readonly usage?: "POLICY" | "BLOCKLIST";
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
    /** The most gateways it may hold. */
    readonly limit: number;
    /** Since when Okta has shown just these gateways; undefined while that is not known. */
    readonly inForceSince?: string;
    /** When Okta accepted the last write. */
    readonly acceptedAt?: string;
    /** When Okta should have propagated it to all its servers: a minute later, by Okta's help pages. */
    readonly effectiveAt?: string;
}

export interface GroupView {
    readonly id: string;
    /** Logins, or ids where there is none; undefined while they are not known. */
    readonly members?: readonly string[];
}

export interface GrantView extends StandingGrant {
    /** The membership that admits by it; undefined if the agent has one. */
    readonly membership?: string;
    readonly reason?: string;
}

export interface HoldView {
    readonly address: string;
    /** As in `Held`, such as `gone` or `unknown`. */
    readonly why: string;
    readonly grants: readonly { readonly id: string; readonly user?: string }[];
}

export interface SourceView {
    /** `file`, `http`, `postgres`, `webhook` or `okta-log`. */
    readonly type: string;
    readonly healthy: boolean;
    readonly lastReadAt?: string;
    readonly problem?: string;
}

/** The state of this machine's clock, by which grants start and end while it is right. */
export interface ClockView {
    /** How far it is ahead of Okta's time, in seconds; negative where it is behind; 0 before Okta has answered. */
    readonly aheadSeconds: number;
    /** The clock by which grants start and end: this machine's, Okta's, or elapsed time while Okta does not answer. */
    readonly follows: "wall" | "okta" | "elapsed";
}

export interface RateLimitView {
    readonly limit: number;
    readonly remaining: number;
    readonly resetAt: string;
}
