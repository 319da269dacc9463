/** What the portal keeps and decides about. Moments are milliseconds since 1970 in UTC; all of it is plain JSON. */

/** Who a person is: `iss` and `sub` of an OpenID provider, or of a workload's token. Names are for people, and decide nothing. */
export interface Identity {
    readonly iss: string;
    readonly sub: string;
}

/** A person as the provider described them at `checkedAtMs`. */
export interface Person extends Identity {
    /** The claim that the settings name as `userClaim`; the `user` of grants. */
    readonly user: string;
    /** Their login and their verified e-mail address in small letters, where the provider told them: other people know them by these. */
    readonly aliases?: readonly string[];
    /** How the page addresses them. */
    readonly name: string;
    readonly groups: readonly string[];
    readonly checkedAtMs: number;
    /** When the provider refused to confirm them; they are eligible for nothing until it does again. */
    readonly refusedAtMs?: number;
    /** Where they were seen last, and when. */
    readonly address?: string;
    readonly seenAtMs?: number;
}

/** A machine as its verified token describes it. */
export interface Workload extends Identity {
    /** The name in the settings. */
    readonly workload: string;
    /** The run or job that the grant belongs to. */
    readonly run: string;
}

/** Who holds a grant or asks for one. */
export interface Holder extends Identity {
    /** Okta login or id; undefined for a workload. */
    readonly user?: string;
    /** What people are shown. */
    readonly name: string;
    readonly workload?: string;
    readonly run?: string;
}

export interface PortalGrant {
    readonly id: string;
    readonly access: string;
    readonly holder: Holder;
    /** Single IPv4 addresses; the first is the one of the request. */
    readonly addresses: readonly string[];
    readonly createdAtMs: number;
    readonly startsAtMs: number;
    readonly expiresAtMs: number;
    /** Up to when approvers agreed; undefined for an access without approval. */
    readonly approvedUntilMs?: number;
    /** Whether the owner still has to confirm, at the start, the address from which they come then. */
    readonly isUnconfirmed?: boolean;
    /** When a person or a rule ended it before its time, and why. */
    readonly endedAtMs?: number;
    readonly endedBecause?: string;
    readonly reason?: string;
    readonly ticket?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly isBreakGlass?: boolean;
    /** Who closed the review of a break-glass grant. */
    readonly signedOffBy?: string;
    readonly signedOffAtMs?: number;
    /** The session whose login granted it; it ends with that session. */
    readonly session?: string;
    /** Names who approved. */
    readonly approvedBy?: readonly string[];
    /** Who granted it for the holder; undefined where the holder did. */
    readonly grantedBy?: string;
    /** Names the request in logs and in the ledgers of portal and agent. */
    readonly requestId: string;
}

export interface Approval extends Identity {
    readonly user: string;
    readonly name: string;
    readonly atMs: number;
    readonly note?: string;
}

export interface PortalRequest {
    readonly id: string;
    readonly access: string;
    readonly holder: Holder;
    readonly address: string;
    readonly durationMs: number;
    readonly startsAtMs?: number;
    readonly reason?: string;
    readonly ticket?: string;
    readonly createdAtMs: number;
    /** A decision after this moment is refused. */
    readonly decideByMs: number;
    readonly approvals: readonly Approval[];
    readonly state: "waiting" | "approved" | "denied" | "withdrawn";
    /** Who decided against it, and what they said. */
    readonly decidedBy?: string;
    readonly note?: string;
    /** Who has to sign in again before it is granted, although enough approvers have agreed; a sentence. */
    readonly waitsFor?: string;
    /** The grant whose end is to move. */
    readonly extendsGrant?: string;
    /** The grant that came of it. */
    readonly grant?: string;
    /** Who asked for the holder; undefined where the holder did. */
    readonly requestedBy?: Identity & { readonly name: string };
    readonly requestId: string;
}

export function isSame(a: Identity, b: Identity): boolean {
    return a.sub === b.sub && a.iss === b.iss;
}

/**
 * Whether a user name means this person: the `user` of their grants, their login, or their e-mail address. Logins and addresses
 * are the same in capitals and small letters, and in every spelling that Unicode has for their letters; ids are not.
 */
export function isCalled({ user, aliases = [] }: Pick<Person, "user" | "aliases">, name: string): boolean {
    if (user === name) return true;
    const plain = plainly(name);
    return (user.includes("@") && plainly(user) === plain) || aliases.some((alias) => plainly(alias) === plain);
}

/** By what other people know a person. */
export function namesOf({ user, aliases = [] }: Pick<Person, "user" | "aliases">): readonly string[] {
    return [user, ...aliases];
}

/** A name in the spelling that two names are compared in. */
export function plainly(name: string): string {
    return name.normalize("NFKC").toLowerCase();
}

/** The key of an identity in maps and stores; no two identities share one. */
export function identityKey({ iss, sub }: Identity): string {
    return JSON.stringify([iss, sub]);
}

/** Whether a grant counts now: begun, confirmed, and not ended by time or by anybody. */
export function isInForce(grant: PortalGrant, nowMs: number): boolean {
    return isLive(grant, nowMs) && grant.startsAtMs <= nowMs && grant.isUnconfirmed !== true;
}

/** Whether a grant counts now or may count later. */
export function isLive({ expiresAtMs, endedAtMs }: PortalGrant, nowMs: number): boolean {
    return endedAtMs === undefined && nowMs < expiresAtMs;
}

/** Whether a decision is still possible about a request. */
export function isWaiting({ state, decideByMs }: PortalRequest, nowMs: number): boolean {
    return state === "waiting" && nowMs < decideByMs;
}

/** A person's sign-in at the portal. Its key in the store is the hash of the cookie's text. */
export interface PortalSession extends Identity {
    readonly startedAtMs: number;
    readonly seenAtMs: number;
    /** When the person last signed in at the provider for it. */
    readonly signedInAtMs: number;
    /** When that sign-in had begun. */
    readonly loginStartedAtMs?: number;
    /** When the provider last told identity and groups. */
    readonly checkedAtMs: number;
    /** From where the person came last, and from where they signed in. */
    readonly address: string;
    readonly signInAddress: string;
    /** The provider's session. */
    readonly sid?: string;
    /** The refresh token, encrypted. */
    readonly refresh?: string;
    /** The process that asks the provider by the refresh token now. */
    readonly renewing?: { readonly by: string; readonly untilMs: number };
    /**
     * Whether an answer of the provider to a renewal was lost: it may have replaced the refresh token, and then refuses the one that is
     * here, which says nothing of the person.
     */
    readonly isRenewalLost?: true;
    /** The ID token, encrypted: the provider wants it at a logout. */
    readonly idToken?: string;
    /** The session whose device flow made this one; its token is the text of which the key is the hash. */
    readonly isDevice?: boolean;
}

/** A device that waits for a person to confirm it (RFC 8628). Its key in the store is the hash of the device code. */
export interface PortalDevice {
    readonly userCode: string;
    /** The network from which it began. */
    readonly from?: string;
    readonly createdAtMs: number;
    readonly expiresAtMs: number;
    readonly polledAtMs?: number;
    /** The key of the session of the person who decided, and the decision. */
    readonly session?: string;
    readonly decision?: "allowed" | "denied";
}

/** Something that counts once until a moment: a `jti`, an ended `sid` or `sub`, an idempotency key with its answer. */
export interface Used {
    readonly untilMs: number;
    readonly hash?: string;
    readonly answer?: { readonly status: number; readonly body: unknown };
    /** When the sign-ins of a person ended; see `endedSignIn`. */
    readonly ending?: { readonly heardAtMs: number; readonly issuedAtS: number };
}

/** An order to the agents: to end all sessions of a user at Okta. */
export interface SessionRevocation {
    readonly user: string;
    readonly atMs: number;
    /** Who gave it. */
    readonly by: string;
    readonly requestId: string;
}

/** A message that is still to be sent. */
export interface Notice {
    readonly to: number;
    readonly event: string;
    readonly text: string;
    readonly data: Readonly<Record<string, unknown>>;
    readonly createdAtMs: number;
    readonly attempts: number;
    readonly dueAtMs: number;
}
