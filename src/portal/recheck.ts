import { endedByRecheck, refusedPerson, withdrawnByRefusal } from "../core/portal/recheck";
import type { Change, PortalState } from "../core/portal/state";
import { type Identity, identityKey, isSame, type Person, type PortalSession } from "../core/portal/types";
import type { PortalContext } from "./context";
import type { SignedIn } from "./oidc/answer";
import type { Unbelieved } from "./oidc/refresh";
import type { Rotation } from "./oidc/rotated";
import { problemOf, refuse } from "./problem";
import { claimRenewal, giveUpRenewal, releaseRenewal } from "./renewal";
import { endSessions, grantRows, sessionOf, unsealed, type Visitor, visitorIn } from "./sessions";

/**
 * The visitor with an identity that was checked within `session.recheck`, by the refresh token where it is older.
 *
 *   identity and groups are     and the provider     result
 *   new enough                                       as they are
 *   older                       renews them          the new ones; grants that they no longer allow end
 *   older                       refuses              the session ends, with what its login granted; see `refusePerson`
 *   older                       refuses, after an    401: sign in again; nothing ends, as it may have replaced the token
 *                               answer that was lost
 *   older                       does not answer      503: nobody new gets in, and nothing ends
 *   older                       renews them, but     the same: what was known stays, and is as old as it was
 *                               says no groups
 *   older                       answers what is not  the same, with why: the new refresh token stays, and nothing else of
 *                               to be believed       the answer
 *   older, no refresh token                          401: sign in again
 *
 * @throws a problem
 */
export async function recheckedVisitor(context: PortalContext, visitor: Visitor): Promise<Visitor> {
    const { name } = visitor.person;
    const sentence = `the OpenID provider does not say all that is needed of ${name}, such as their groups: nothing ends, and nothing new is granted; sign in again, or try later`;
    return (await lookedAgain(context, visitor)) ?? refuse(503, "portal-unavailable", sentence);
}

/** @returns undefined where the provider does not say all that is needed. @throws a problem, as recheckedVisitor */
async function lookedAgain(context: PortalContext, visitor: Visitor): Promise<Visitor | undefined> {
    const { settings, now } = context;
    if (now() - visitor.session.checkedAtMs <= settings.session.recheckMs) return visitor;
    if (visitor.session.isDevice === true) return recheckedDevice(context, visitor);
    return renewedOnce(context, visitor);
}

/**
 * Asks the provider about people who are not there, by the refresh tokens of their sessions. A person without such a session stays as they
 * are, and so do people whom the provider does not refuse.
 *
 * @throws a problem where the provider cannot be reached
 */
export async function recheckPeople(context: PortalContext, people: readonly Identity[]): Promise<void> {
    for (const person of people) {
        for (const visitor of await withTokens(context, person)) {
            const isRenewed = await lookedAgain(context, visitor).then(
                (found) => found !== undefined,
                (error: unknown) => {
                    if ((problemOf(error)?.status ?? 500) >= 500) throw error;
                    return false;
                },
            );
            if (isRenewed) break;
        }
    }
}

/** A person's sessions that last and have a refresh token, the one that was checked last first. */
async function withTokens({ store, settings, now }: PortalContext, person: Identity): Promise<Visitor[]> {
    const state = await store.read(AbortSignal.timeout(10_000));
    return tokensOf(state, person).flatMap(([key]) => visitorIn(state, key, settings.session, now()) ?? []);
}

function tokensOf({ sessions }: PortalState, person: Identity): (readonly [string, PortalSession])[] {
    const theirs = [...sessions].filter(([, each]) => isSame(each, person) && each.refresh !== undefined);
    return theirs.sort(([, a], [, b]) => b.checkedAtMs - a.checkedAtMs);
}

/** Renews a session by its refresh token. @throws a problem */
async function renewedOnce(context: PortalContext, visitor: Visitor): Promise<Visitor | undefined> {
    const { session, key } = visitor;
    const token = await unsealed(context, session.refresh);
    if (token === undefined) {
        const isUntold = session.checkedAtMs > 0 && session.checkedAtMs < session.signedInAtMs;
        if (isUntold) return undefined;
        return refuse(401, "portal-sign-in", "sign in again: your groups were last looked at too long ago");
    }
    const present = await claimRenewal(context, visitor);
    if (present !== undefined) return lookedAgain(context, present);
    const renewed = await context.provider.refresh(token, session.sub).catch(async (error: unknown) => {
        await releaseRenewal(context, key, "kept");
        throw error;
    });
    if (renewed === undefined) return refusedRenewal(context, visitor);
    try {
        if ("problem" in renewed) throw renewed.problem;
        return await renewedBy(context, visitor, renewed);
    } catch (error) {
        // The answer does not count, such as for a name that is no longer verified; its token does.
        await releaseRenewal(context, key, rotationOf(renewed));
        throw error;
    }
}

async function refusedRenewal(context: PortalContext, visitor: Visitor): Promise<Visitor | undefined> {
    const { session, key } = visitor;
    const state = await context.store.read(AbortSignal.timeout(10_000));
    const present = visitorIn(state, key, context.settings.session, context.now());
    // A process that was slower than it may be has renewed it all the same.
    if (present !== undefined && present.session.refresh !== session.refresh) return lookedAgain(context, present);
    if (present?.session.isRenewalLost === true) {
        await giveUpRenewal(context, present);
        return refuse(401, "portal-sign-in", "sign in again: an answer of the provider was lost. What you have stays");
    }
    await refusePerson(context, visitor);
    return refuse(401, "portal-sign-in", "your sign-in has ended at the provider: sign in again");
}

function rotationOf(renewed: SignedIn | Unbelieved): Rotation {
    if ("problem" in renewed) return renewed.rotation;
    return renewed.refreshToken === undefined ? "kept" : { token: renewed.refreshToken };
}

async function renewedBy(context: PortalContext, visitor: Visitor, renewed: SignedIn): Promise<Visitor | undefined> {
    const { settings, now } = context;
    const { person, key } = visitor;
    const { renewing: _, isRenewalLost: __, ...session } = visitor.session;
    const { people } = await context.store.read(AbortSignal.timeout(10_000));
    const made = await sessionOf(context, renewed, session.address, people.get(identityKey(session)) ?? person);
    const next = { ...made.session, startedAtMs: session.startedAtMs, signedInAtMs: session.signedInAtMs };
    const kept: PortalSession = {
        ...session,
        ...next,
        signInAddress: session.signInAddress,
        ...(next.refresh === undefined && session.refresh !== undefined && { refresh: session.refresh }),
        ...(session.sid !== undefined && { sid: session.sid }),
    };
    const isKept = await context.store.transact((state) => {
        // Its token may be good once, whatever else it says.
        const untold = { ...kept, checkedAtMs: session.checkedAtMs };
        if (!state.sessions.has(key)) return { changes: [], result: undefined };
        if (!made.isChecked) return { changes: [["sessions", key, untold]], result: person };
        const before = state.people.get(identityKey(session)) ?? person;
        // Where they were seen is not known better now: the provider was asked, and they may not even be there.
        const { address: ___, seenAtMs: ____, ...told } = made.person;
        const seen = {
            ...(before.address !== undefined && { address: before.address }),
            ...(before.seenAtMs !== undefined && { seenAtMs: before.seenAtMs }),
        };
        const known: Person = { ...told, ...seen, name: told.name || before.name };
        const lost = endedByRecheck(known, state.grants.values(), settings.accesses, now(), made.areGroupsKnown);
        return {
            changes: [["sessions", key, kept], ["people", identityKey(known), known], ...grantRows(lost)],
            result: known,
        };
    });
    if (isKept === undefined) return refuse(401, "portal-sign-in", "your session has ended");
    return made.isChecked ? { key, session: kept, person: isKept } : undefined;
}

/**
 * What a refusal of the provider means: the session ends. The person's other sessions are checked before anything is granted by them,
 * and where none of those can be, the person is eligible for nothing until they sign in, and their waiting requests are withdrawn.
 */
async function refusePerson(context: PortalContext, { key, session, person }: Visitor): Promise<void> {
    await endSessions(context, (each) => each === key, "the provider refused to renew the sign-in");
    const nowMs = context.now();
    const withdrawn = await context.store.transact((state) => {
        const others = [...state.sessions].filter(([, each]) => isSame(each, session));
        const known = state.people.get(identityKey(session)) ?? person;
        // A person who has signed in since is confirmed by that.
        if (
            known.checkedAtMs > session.checkedAtMs &&
            nowMs - known.checkedAtMs <= context.settings.session.recheckMs
        ) {
            return { changes: [], result: [] };
        }
        const isOver = tokensOf(state, session).length === 0;
        const requests = isOver ? withdrawnByRefusal(known, state.requests.values()) : [];
        const changes: Change[] = [
            ...others.map(([other, each]): Change => ["sessions", other, { ...each, checkedAtMs: 0 }]),
            ["people", identityKey(known), isOver ? refusedPerson(known, nowMs) : { ...known, checkedAtMs: 0 }],
            ...requests.map((request): Change => ["requests", request.id, request]),
        ];
        return { changes, result: requests };
    });
    const by = { iss: person.iss, sub: person.sub, name: person.name };
    for (const { requestId: request, access, id: grant, note: why = "" } of withdrawn) {
        await context.audit({ type: "portal.withdrawn", request, by, access, grant, why });
    }
}

/** A device has no refresh token of its own: identity and groups are those of another session of the person. */
async function recheckedDevice(context: PortalContext, visitor: Visitor): Promise<Visitor | undefined> {
    const { settings, now } = context;
    const isNew = (person: Person) => now() - person.checkedAtMs <= settings.session.recheckMs;
    if (isNew(visitor.person)) return visitor;
    const [other] = await withTokens(context, visitor.session);
    if (other === undefined) {
        return refuse(
            401,
            "portal-sign-in",
            "your groups were last looked at too long ago: sign in at the portal's page again",
        );
    }
    const found = await lookedAgain(context, other);
    return found && { ...visitor, person: found.person };
}
