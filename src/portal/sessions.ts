import { createHash } from "node:crypto";

import { endedBySession } from "../core/portal/recheck";
import type { SessionSettings } from "../core/portal/settings/portalSettings";
import type { Change, PortalState } from "../core/portal/state";
import { identityKey, type Person, type PortalGrant, type PortalSession } from "../core/portal/types";
import type { PortalContext } from "./context";
import type { SignedIn } from "./oidc/answer";
import { type Described, describedBy } from "./oidc/claims";

/** A person who has signed in, with what is known of them now. */
export interface Visitor {
    /** The key of the session in the store: the hash of the cookie or token. */
    readonly key: string;
    readonly session: PortalSession;
    readonly person: Person;
}

/** What is kept of a cookie or a token. */
export function hashOf(text: string): string {
    return createHash("sha256").update(text).digest("base64url");
}

/** How often a request of a session is noted, at most. */
const TOUCH_MS = 60_000;

/** A session that lasts; undefined for one that is unknown, has ended, or was idle for too long. */
export function visitorIn(
    state: PortalState,
    key: string,
    { durationMs, idleMs }: SessionSettings,
    nowMs: number,
): Visitor | undefined {
    const session = state.sessions.get(key);
    if (session === undefined) return undefined;
    const isOver = nowMs - session.startedAtMs >= durationMs || nowMs - session.seenAtMs >= idleMs;
    const person = state.people.get(identityKey(session));
    return isOver || person === undefined ? undefined : { key, session, person };
}

/** Notes that the visitor is there, and from where, if that is anything new. */
export async function noteVisit(context: PortalContext, visitor: Visitor, address: string): Promise<Visitor> {
    const nowMs = context.now();
    const { key, session, person } = visitor;
    if (session.address === address && nowMs - session.seenAtMs < TOUCH_MS) return visitor;
    return context.store.transact<Visitor>((state) => {
        // Another request may have ended or renewed it meanwhile.
        const known = { ...(state.people.get(identityKey(person)) ?? person), address, seenAtMs: nowMs };
        const now = state.sessions.get(key);
        const next = { ...(now ?? session), address, seenAtMs: nowMs };
        const changes: Change[] = [
            ["sessions", key, next],
            ["people", identityKey(person), known],
        ];
        return { changes: now === undefined ? [] : changes, result: { key, session: next, person: known } };
    });
}

const SEALED = "tokens";

/**
 * The rows of a session that begins.
 *
 * @param known What was known of the person.
 */
export async function sessionOf(
    context: PortalContext,
    { claims, refreshToken, idToken }: SignedIn,
    address: string,
    known: Person | undefined,
): Promise<Described & { readonly session: PortalSession }> {
    const { settings, now } = context;
    const nowMs = now();
    const { login, session: limits } = settings;
    const described = describedBy(claims, { login, rules: settings, keptMs: limits.durationMs }, nowMs, known);
    const { person, isChecked, areGroupsKnown } = described;
    const isByGroups = settings.accesses.some(({ eligible }) => eligible.groups.length > 0);
    if (!isChecked || (isByGroups && !areGroupsKnown)) {
        const claim = areGroupsKnown ? login.userClaim : login.groupsClaim;
        context.warnOnce(
            `the OpenID provider sent no usable claim ${claim} for somebody: what was known of them stays, nothing of theirs ends, and nothing new is granted by it; check the claim at the provider`,
        );
    }
    const session: PortalSession = {
        iss: person.iss,
        sub: person.sub,
        startedAtMs: nowMs,
        seenAtMs: nowMs,
        signedInAtMs: nowMs,
        checkedAtMs: person.checkedAtMs,
        address,
        signInAddress: address,
        ...(typeof claims.sid === "string" && { sid: claims.sid }),
        ...(refreshToken !== undefined && { refresh: await sealed(context, refreshToken) }),
        ...(idToken !== undefined && { idToken: await sealed(context, idToken) }),
    };
    return { ...described, person: { ...person, address, seenAtMs: nowMs }, session };
}

/** A token of the provider as the store has it, for as long as a session may last. */
export function sealed({ seal, settings }: PortalContext, text: string): Promise<string> {
    return seal.seal(SEALED, { text }, settings.session.durationMs);
}

export async function unsealed(context: PortalContext, text: string | undefined): Promise<string | undefined> {
    const value = await context.seal.open(SEALED, text);
    return typeof value?.text === "string" ? value.text : undefined;
}

/** Ends sessions, and what their logins granted. @returns how many there were */
export async function endSessions(
    context: PortalContext,
    isOne: (key: string, session: PortalSession) => boolean,
    because: string,
): Promise<number> {
    const nowMs = context.now();
    const ended = await context.store.transact((state) => {
        const found = sessionsWithNames(state, isOne);
        const grants = found.flatMap(({ key }) => endedBySession(key, state.grants.values(), because, nowMs));
        return { changes: [...endedRows(found), ...grantRows(grants)], result: { found, grants } };
    });
    await auditSessions(context, ended.found, because);
    for (const grant of ended.grants) await auditEnd(context, grant);
    return ended.found.length;
}

/** A session that is to end, with its key and the name of its person. */
export interface NamedSession {
    readonly key: string;
    readonly session: PortalSession;
    readonly name: string;
}

/** The name is read with the session: the person may be unknown once the session has ended. */
export function sessionsWithNames(
    state: PortalState,
    isOne: (key: string, session: PortalSession) => boolean,
): readonly NamedSession[] {
    return [...state.sessions].flatMap(([key, session]) => {
        if (!isOne(key, session)) return [];
        const { name = session.sub } = state.people.get(identityKey(session)) ?? {};
        return { key, session, name };
    });
}

export function endedRows(sessions: readonly NamedSession[]): Change[] {
    return sessions.map(({ key }): Change => ["sessions", key, null]);
}

export async function auditSessions(
    { audit }: PortalContext,
    ended: readonly NamedSession[],
    why: string,
): Promise<void> {
    for (const { key, session, name } of ended) {
        const { iss, sub, address } = session;
        const by = { iss, sub, name };
        await audit({ type: "portal.session-ended", by, address, session: key.slice(0, 8), why });
    }
}

async function auditEnd(
    context: PortalContext,
    { id, access, requestId, endedBecause = "" }: PortalGrant,
): Promise<void> {
    await context.audit({ type: "portal.ended", request: requestId, access, grant: id, why: endedBecause });
}

export function grantRows(grants: readonly PortalGrant[]): Change[] {
    return grants.map((grant): Change => ["grants", grant.id, grant]);
}
