import { canonical, ungrantable } from "../../core/portal/clientAddress";
import { type Ask, type Asking, type Decision, decideGrant } from "../../core/portal/decideGrant";
import { grantedText, requestedText } from "../../core/portal/noticeText";
import { noSuchAccess } from "../../core/portal/refusal";
import type { Change, PortalState } from "../../core/portal/state";
import { type Holder, isCalled, type PortalGrant, type PortalRequest } from "../../core/portal/types";
import { userNameProblem } from "../../core/portal/visible";
import { actorOf, type Caller, forHolder, holderOf, toldOf } from "../callers";
import type { PortalContext } from "../context";
import { noticeRows, titleOf } from "../notices";
import { asError, ofRefusal, refuse } from "../problem";
import { showGrant, showRequest } from "../views";
import { type Answer, onceOf, transactOnce } from "./idempotency";

/** What `POST /api/v1/grants` asks for. */
export interface GrantBody extends Ask {
    readonly access: string;
    /** For an admin who grants to another person. */
    readonly user?: string | undefined;
    readonly address?: string | undefined;
}

export interface RequestOptions {
    readonly idempotencyKey?: string | undefined;
    /** The session whose login grants it. */
    readonly session?: string | undefined;
}

/**
 * Grants, or begins a request that waits for approvers.
 *
 * @returns 201 a grant, 202 a request
 * @throws a problem
 */
export async function requestGrant(
    context: PortalContext,
    caller: Caller,
    body: GrantBody,
    { idempotencyKey, session }: RequestOptions = {},
): Promise<Answer> {
    await context.requireLedger();
    const names = { id: context.newId("g-"), requestId: context.newId("r-") };
    const { decided, answer } = await transactOnce(context, onceOf(caller, idempotencyKey, body), (state, nowMs) => {
        const repeated = spentToken(state, caller);
        const made = decideOn(context, state, caller, body, { ...names, session, nowMs });
        if (made.result === "refused") throw asError(ofRefusal(made));
        if (repeated !== undefined) throw asError(repeated);
        const changes = [...rowsOf(made), ...noticesOf(context, made), ...spentRows(caller)];
        return { changes, decided: made, answer: answerOf(context, made, nowMs) };
    });
    if (decided !== undefined) await tell(context, caller, decided);
    return answer;
}

function decideOn(
    { settings }: PortalContext,
    state: PortalState,
    caller: Caller,
    body: GrantBody,
    names: Pick<Asking, "id" | "requestId" | "session" | "nowMs">,
): Decision {
    const access = settings.accesses.find(({ name }) => name === body.access);
    if (access === undefined) return noSuchAccess(body.access);
    const { holder, by, groups } = forWhom(state, caller, body);
    const address = by === undefined ? caller.address : (body.address ?? "");
    return decideGrant({
        ...names,
        access,
        ask: body,
        holder,
        groups,
        by,
        address,
        addressProblem:
            by === undefined && caller.kind === "person"
                ? caller.addressProblem
                : ungrantable(address, settings.allowUnroutable),
        ...(caller.kind === "workload" && {
            isWorkload: caller.workload.accesses.includes(access.name),
            mostMs: caller.workload.maxDurationMs,
        }),
        grants: state.grants.values(),
        requests: state.requests.values(),
        maxAddresses: settings.maxAddresses,
    });
}

/** The caller, or the person for whom an admin asks: one who has signed in here before, or else a user name alone. */
function forWhom(state: PortalState, caller: Caller, { user, address }: GrantBody) {
    if (user === undefined && address === undefined) {
        return {
            holder: holderOf(caller),
            by: undefined,
            groups: caller.kind === "person" ? caller.person.groups : [],
        };
    }
    if (caller.kind !== "person" || !caller.isAdmin) {
        return refuse(
            403,
            "portal-not-allowed",
            "your own address is always the present one; only admins grant for others",
        );
    }
    if (user === undefined || address === undefined) {
        return refuse(422, "portal-rules", "a grant for another person needs both user and address");
    }
    const unusable = userNameProblem(user);
    if (unusable !== undefined) return refuse(422, "portal-rules", `user ${unusable}`);
    if (isCalled(caller.person, user)) {
        return refuse(
            403,
            "portal-not-allowed",
            "your own address is always the present one: leave out user and address",
        );
    }
    if (canonical(address) === undefined)
        return refuse(422, "portal-rules", "the address is not one such as 203.0.113.7");
    const known = knownPerson(state, user);
    const { iss } = caller.person;
    const holder: Holder = known
        ? { iss: known.iss, sub: known.sub, user: known.user, name: known.name }
        : { iss, sub: `user:${user}`, user, name: user };
    const by = { ...holderOf(caller), isAdmin: true as const };
    // Whom an admin grants to need not be eligible themselves; approvers still decide where there are any.
    return { holder, by, groups: known?.groups ?? [] };
}

/** The person whom an admin means; undefined for one who has never been here. @throws a problem where several are called so */
function knownPerson({ people }: PortalState, user: string) {
    const called = [...people.values()].filter((person) => isCalled(person, user));
    const found = called.filter((person) => person.user === user);
    const [first, ...more] = found.length > 0 ? found : called;
    if (first === undefined || more.every((person) => person.user === first.user)) return first;
    const users = [...new Set([first, ...more].map((person) => person.user))].slice(0, 5).join(", ");
    return refuse(409, "portal-conflict", `several people are called ${user}: name one of ${users}`);
}

function answerOf({ settings, reports }: PortalContext, made: Exclude<Decision, { result: "refused" }>, nowMs: number) {
    if (made.result === "granted") return { status: 201, body: showGrant(made.grant, reports(), nowMs) };
    const access = settings.accesses.find(({ name }) => name === made.request.access);
    return { status: 202, body: showRequest(made.request, access, nowMs) };
}

function rowsOf(made: Exclude<Decision, { result: "refused" }>): Change[] {
    if (made.result === "granted") return [["grants", made.grant.id, made.grant]];
    return waitingRows(made.request, made.replaces);
}

/** A request that waits, and the ones whose place it takes. */
export function waitingRows(request: PortalRequest, replaces: readonly PortalRequest[]): Change[] {
    const withdrawn = replaces.map(
        (each): Change => ["requests", each.id, { ...each, state: "withdrawn", note: "requested anew" }],
    );
    return [...withdrawn, ["requests", request.id, request]];
}

function noticesOf(context: PortalContext, made: Exclude<Decision, { result: "refused" }>): Change[] {
    if (made.result === "granted") return grantedNotice(context, made.grant);
    return noticeRows(context, "requested", requestedText(made.request, titleOf(context, made.request.access)));
}

export function grantedNotice(context: PortalContext, grant: PortalGrant): Change[] {
    return noticeRows(
        context,
        grant.isBreakGlass === true ? "break-glass" : "granted",
        grantedText(grant, titleOf(context, grant.access)),
    );
}

/** A workload's token creates once. */
function spentToken(state: PortalState, caller: Caller) {
    if (caller.kind !== "workload" || !state.used.has(tokenKey(caller))) return undefined;
    const sentence = "this token has created a grant before: ask the CI system for a new one";
    return { status: 409, code: "portal-repeated", sentence } as const;
}

function spentRows(caller: Caller): Change[] {
    return caller.kind === "workload" ? [["used", tokenKey(caller), { untilMs: caller.expiresAtMs + 300_000 }]] : [];
}

function tokenKey({ identity, jti }: Extract<Caller, { kind: "workload" }>): string {
    return `jti ${JSON.stringify([identity.iss, jti])}`;
}

async function tell(
    context: PortalContext,
    caller: Caller,
    made: Exclude<Decision, { result: "refused" }>,
): Promise<void> {
    if (made.result === "granted") return auditGrant(context, toldOf(caller), made.grant);
    const { requestId, access, id, holder, reason, ticket, address } = made.request;
    await context.audit({
        type: "portal.requested",
        request: requestId,
        ...toldOf(caller),
        address,
        access,
        grant: id,
        ...forHolder(holder, actorOf(caller)),
        ...(reason !== undefined && { reason }),
        ...(ticket !== undefined && { ticket }),
    });
}

export async function auditGrant(
    context: PortalContext,
    told: ReturnType<typeof toldOf>,
    grant: PortalGrant,
): Promise<void> {
    const { requestId, access, id, holder, reason, ticket, isBreakGlass, expiresAtMs } = grant;
    await context.audit({
        type: "portal.granted",
        request: requestId,
        ...told,
        access,
        grant: id,
        until: new Date(expiresAtMs).toISOString(),
        ...forHolder(holder, told.by),
        ...(reason !== undefined && { reason }),
        ...(ticket !== undefined && { ticket }),
        ...(isBreakGlass === true && { isBreakGlass }),
    });
}
