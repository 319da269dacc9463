import type { Unusable } from "../../core/grants/grantsDocument";
import type { StandingGrant } from "../../core/membership/standing";
import type { LockState } from "../leadership/leadership";
import type { PendingClearing } from "../sessions/clearingState";

/** What the agent knows at one moment, for people and for `GET /api/status`. Moments are RFC 3339 in UTC. */
export interface AgentView {
    readonly zones: readonly ZoneView[];
    /** The group whose members are the users with an active grant; undefined where grants are not bound to users. */
    readonly group?: GroupView;
    readonly grants: readonly GrantView[];
    readonly source: SourceView;
    readonly okta: { readonly rateLimit?: RateLimitView };
    /** The latest failure that is not mended yet. */
    readonly lastError?: { readonly code: string; readonly message: string; readonly at: string };
    /** Undefined where the time is not checked. */
    readonly clock?: ClockView;
    /** Whether this agent leads; one that stands by writes nothing. */
    readonly isLeading: boolean;
    /** Who has the lock, while this agent does not lead; undefined where nothing is known of it. */
    readonly lockState?: LockState;
    /** Addresses that stay until somebody confirms that they go; mostly none. */
    readonly held: readonly string[];
    /** The same addresses, with the reason and the known grants of each. */
    readonly holds: readonly HoldView[];
    /** Why the removal brake holds the latest reading, and what releases it; undefined where it does not. */
    readonly heldBecause?: string;
    /** Static gateways in force, those that are held included. */
    readonly staticGateways: readonly string[];
    readonly refused: readonly { readonly id: string; readonly reason: string }[];
    readonly unusable: readonly Unusable[];
    /** Whose Okta sessions are still to be ended, and the latest of whom that failed for good. */
    readonly clearings: readonly PendingClearing[];
    /** Why `readyz` says 503; nothing when the last reconciliation is in force and fresh. */
    readonly notReady: readonly string[];
    /** When a round last ended with the zones as they should be. */
    readonly lastSuccessAt?: string;
}

/** One of the memberships of an agent. */
export interface MembershipView extends AgentView {
    readonly name: string;
    readonly org: string;
}

export interface ZoneView {
    /** Whose it is; undefined where the agent has one membership. */
    readonly membership?: string;
    readonly id: string;
    readonly name: string;
    /** Nobody is inside an inactive one, whatever it holds; undefined while it has not been read. */
    readonly status?: "ACTIVE" | "INACTIVE";
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
    /** The most gateways it may hold. */
    readonly limit: number;
    /** Since when Okta has shown just these gateways; undefined while that is not known. */
    readonly inForceSince?: string;
    /** When Okta took the last write. */
    readonly acceptedAt?: string;
    /** When Okta should have spread it to all its servers: a minute later, by Okta's help pages. */
    readonly effectiveAt?: string;
}

export interface GroupView {
    readonly id: string;
    /** Logins, or ids where there is none; undefined while they are not known. */
    readonly members?: readonly string[];
}

export interface GrantView extends StandingGrant {
    /** Which one admits by it; undefined where the agent has one membership. */
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

/** The clock of the machine, by which grants start and end while it is right. */
export interface ClockView {
    /** How far it is ahead of Okta's time, in seconds; negative where it is behind; 0 before Okta has answered. */
    readonly aheadSeconds: number;
    /** By what grants start and end: this clock, Okta's time, or elapsed time while no answer of Okta's tells the time. */
    readonly follows: "wall" | "okta" | "elapsed";
}

export interface RateLimitView {
    readonly limit: number;
    readonly remaining: number;
    readonly resetAt: string;
}
