import { createHash } from "node:crypto";

import { endedByRecheck, endedBySession } from "../core/portal/recheck";
import type { SessionSettings } from "../core/portal/settings/portalSettings";
import type { Change, PortalState } from "../core/portal/state";
import { identityKey, isSame, type Person, type PortalGrant, type PortalSession } from "../core/portal/types";
import type { PortalContext } from "./context";
import { personIn } from "./oidc/claims";
import type { SignedIn } from "./oidc/provider";
import { refuse } from "./problem";

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
    const seen = { ...session, address, seenAtMs: nowMs };
    const known = { ...person, address, seenAtMs: nowMs };
    await context.store.transact((state) => ({
        // It may have ended meanwhile.
        changes: state.sessions.has(key)
            ? [
                  ["sessions", key, seen],
                  ["people", identityKey(person), known],
              ]
            : [],
        result: undefined,
    }));
    return { key, session: seen, person: known };
}

const SEALED = "tokens";

/** The rows of a session that begins. */
export async function sessionOf(
    context: PortalContext,
    { claims, refreshToken, idToken }: SignedIn,
    address: string,
): Promise<{ readonly person: Person; readonly session: PortalSession }> {
    const { settings, seal, now } = context;
    const nowMs = now();
    const person = { ...personIn(claims, settings.login, nowMs), address, seenAtMs: nowMs };
    const sealed = (text: string) => seal.seal(SEALED, { text }, settings.session.durationMs);
    const session: PortalSession = {
        iss: person.iss,
        sub: person.sub,
        startedAtMs: nowMs,
        seenAtMs: nowMs,
        signedInAtMs: nowMs,
        checkedAtMs: nowMs,
        address,
        signInAddress: address,
        ...(typeof claims.sid === "string" && { sid: claims.sid }),
        ...(refreshToken !== undefined && { refresh: await sealed(refreshToken) }),
        ...(idToken !== undefined && { idToken: await sealed(idToken) }),
    };
    return { person, session };
}

export async function unsealed(context: PortalContext, text: string | undefined): Promise<string | undefined> {
    const value = await context.seal.open(SEALED, text);
    return typeof value?.text === "string" ? value.text : undefined;
}

/**
 * The visitor with an identity that was checked within `session.recheck`, by the refresh token where it is older.
 *
 *   identity and groups are     and the provider     result
 *   new enough                                       as they are
 *   older                       renews them          the new ones; grants that they no longer allow end
 *   older                       refuses              the session ends, with what its login granted
 *   older                       does not answer      503: nobody new gets in, and nothing ends
 *   older, no refresh token                          401: sign in again
 *
 * @throws a problem
 */
export async function recheckedVisitor(context: PortalContext, visitor: Visitor): Promise<Visitor> {
    const { settings, provider, now } = context;
    const { session, person, key } = visitor;
    if (now() - session.checkedAtMs <= settings.session.recheckMs) return visitor;
    if (session.isDevice === true) return recheckedDevice(context, visitor);
    const token = await unsealed(context, session.refresh);
    if (token === undefined) {
        return refuse(401, "portal-sign-in", "sign in again: your groups were last looked at too long ago");
    }
    const renewed = await provider.refresh(token, session.sub);
    if (renewed === undefined) {
        await endSessions(context, (each) => each === key, "the provider refused to renew the sign-in");
        return refuse(401, "portal-sign-in", "your sign-in has ended at the provider: sign in again");
    }
    const made = await sessionOf(context, renewed, session.address);
    const next = { ...made.session, startedAtMs: session.startedAtMs, signedInAtMs: session.signedInAtMs };
    const kept: PortalSession = {
        ...session,
        ...next,
        signInAddress: session.signInAddress,
        ...(next.refresh === undefined && session.refresh !== undefined && { refresh: session.refresh }),
        ...(session.sid !== undefined && { sid: session.sid }),
    };
    const known = { ...made.person, groups: made.person.groups, name: made.person.name || person.name };
    const isKept = await context.store.transact((state) => {
        if (!state.sessions.has(key)) return { changes: [], result: false };
        const lost = endedByRecheck(known, state.grants.values(), settings.accesses, now());
        return {
            changes: [["sessions", key, kept], ["people", identityKey(known), known], ...grantRows(lost)],
            result: true,
        };
    });
    return isKept ? { key, session: kept, person: known } : refuse(401, "portal-sign-in", "your session has ended");
}

/** A device has no refresh token of its own: identity and groups are those of another session of the person. */
async function recheckedDevice(context: PortalContext, visitor: Visitor): Promise<Visitor> {
    const { settings, store, now } = context;
    const isNew = (person: Person) => now() - person.checkedAtMs <= settings.session.recheckMs;
    if (isNew(visitor.person)) return visitor;
    const state = await store.read(AbortSignal.timeout(10_000));
    const others = [...state.sessions].filter(
        ([, each]) => isSame(each, visitor.session) && each.refresh !== undefined,
    );
    const [newest] = others.sort(([, a], [, b]) => b.checkedAtMs - a.checkedAtMs);
    const other = newest && visitorIn(state, newest[0], settings.session, now());
    if (other === undefined) {
        return refuse(
            401,
            "portal-sign-in",
            "your groups were last looked at too long ago: sign in at the portal's page again",
        );
    }
    const { person } = await recheckedVisitor(context, other);
    return { ...visitor, person };
}

/** Ends sessions, and what their logins granted. @returns how many there were */
export async function endSessions(
    context: PortalContext,
    isOne: (key: string, session: PortalSession) => boolean,
    because: string,
): Promise<number> {
    const nowMs = context.now();
    const ended = await context.store.transact((state) => {
        const found = [...state.sessions].filter(([key, session]) => isOne(key, session));
        const grants = found.flatMap(([key]) => endedBySession(key, state.grants.values(), because, nowMs));
        const changes: Change[] = [...found.map(([key]): Change => ["sessions", key, null]), ...grantRows(grants)];
        return { changes, result: { found, grants } };
    });
    for (const [key, { iss, sub, address }] of ended.found) {
        const by = { iss, sub, name: sub };
        await context.audit({ type: "portal.session-ended", by, address, session: key.slice(0, 8), why: because });
    }
    for (const grant of ended.grants) await auditEnd(context, grant);
    return ended.found.length;
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
