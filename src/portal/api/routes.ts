import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { parseDuration } from "../../core/portal/duration";
import { isEligible } from "../../core/portal/settings/portalSettings";
import type { PortalState } from "../../core/portal/state";
import { addAddress, extendGrant, revokeGrant, signOff } from "../actions/changeGrant";
import { completeRequests } from "../actions/completeRequests";
import { accessNamed, decideRequest } from "../actions/decideRequest";
import type { Answer } from "../actions/idempotency";
import { revokePerson } from "../actions/people";
import { requestGrant } from "../actions/requestGrant";
import { type Caller, holderOf } from "../callers";
import type { PortalContext } from "../context";
import type { Authentication } from "../http/authenticate";
import { refuse } from "../problem";
import { recheckedVisitor } from "../recheck";
import { mayKnow, showAccess, showGrant, showRequest } from "../views";
import { askOf, changeBody, decisionBody, emptyBody, grantBody, listQuery, read } from "./bodies";
import { grantsFor, requestsFor } from "./lists";

type WithId = { Params: { readonly id: string } };

/**
 * The REST API. Each route only reads what it is given, and hands it to an action. Who asks is known before a body is looked at: nobody
 * else is told what a body may be.
 */
export function addApi(app: FastifyInstance, context: PortalContext, authentication: Authentication): void {
    const { required } = authentication;
    app.get("/api/v1/me", async (request, reply) => {
        const caller = await required(request);
        if (caller.kind === "person" && caller.by === "cookie") {
            reply.header("x-csrf-token", authentication.csrfToken(caller));
        }
        return meOf(context, caller);
    });
    app.get("/api/v1/grants", async (request) => {
        const caller = await required(request);
        const state = await readState(context);
        const now = context.now();
        return {
            grants: grantsFor(context, state, caller, wantsAll(request)).map((each) =>
                showGrant(each, context.reports(), now),
            ),
        };
    });
    app.get("/api/v1/requests", async (request) => {
        const caller = await required(request);
        const state = await readState(context);
        const found = requestsFor(context, state, caller, wantsAll(request));
        return { requests: found.map((each) => showRequest(each, accessNamed(context, each.access), context.now())) };
    });
    addGrantCalls(app, context, authentication);
    app.post<WithId>("/api/v1/requests/:id", async (request, reply) => {
        const asked = await required(request);
        const body = read(decisionBody, request.body);
        const caller = body.decision === "withdraw" ? asked : await fresh(context, asked);
        return answer(reply, await decideRequest(context, caller, request.params.id, body, idempotencyKeyOf(request)));
    });
    app.post<WithId>("/api/v1/people/:id/revoke", async (request, reply) => {
        const asked = await required(request);
        read(emptyBody, request.body);
        const caller = await fresh(context, asked);
        return answer(reply, await revokePerson(context, caller, request.params.id, idempotencyKeyOf(request)));
    });
}

function addGrantCalls(app: FastifyInstance, context: PortalContext, { required }: Authentication): void {
    app.post("/api/v1/grants", async (request, reply) => {
        const asked = await required(request);
        const body = askOf(read(grantBody, request.body));
        const idempotencyKey = idempotencyKeyOf(request);
        const caller = await fresh(context, asked);
        return answer(reply, await requestGrant(context, caller, body, { idempotencyKey }));
    });
    app.patch<WithId>("/api/v1/grants/:id", async (request, reply) => {
        const asked = await required(request);
        const { duration } = read(changeBody, request.body);
        const idempotencyKey = idempotencyKeyOf(request);
        const caller = await fresh(context, asked);
        const { id } = request.params;
        const changed =
            duration === undefined
                ? await addAddress(context, caller, id)
                : await extendGrant(context, caller, id, parseDuration(duration) ?? 0, idempotencyKey);
        return answer(reply, changed);
    });
    app.delete<WithId>("/api/v1/grants/:id", async (request, reply) =>
        answer(reply, await revokeGrant(context, await required(request), request.params.id)),
    );
    app.post<WithId>("/api/v1/grants/:id/sign-off", async (request, reply) => {
        const asked = await required(request);
        read(emptyBody, request.body);
        const caller = await fresh(context, asked);
        return answer(reply, await signOff(context, caller, request.params.id, idempotencyKeyOf(request)));
    });
}

/** The caller with identity and groups that are new enough to grant by. A workload's token is new by itself. @throws a problem */
export async function fresh(context: PortalContext, caller: Caller): Promise<Caller> {
    if (caller.kind === "workload") return caller;
    const visitor = await recheckedVisitor(context, caller.visitor);
    const { person, session } = visitor;
    if (visitor !== caller.visitor) await completeRequests(context, person);
    return { ...caller, visitor, person, session, isAdmin: isEligible(context.settings.admins, person) };
}

export async function meOf(context: PortalContext, caller: Caller) {
    const { settings } = context;
    const lists = listsOf(context, await readState(context), caller);
    if (caller.kind === "workload") {
        const named = settings.accesses.filter(({ name }) => caller.workload.accesses.includes(name));
        const nobody = { groups: [], user: "" };
        const accesses = named.map((each) => ({ ...showAccess(each, nobody), mayRequest: true }));
        return {
            workload: caller.workload.name,
            run: caller.run,
            name: holderOf(caller).name,
            address: caller.address,
            accesses,
            ...lists,
        };
    }
    const { user, name, groups } = caller.person;
    const accesses = settings.accesses.filter((each) => mayKnow(each, caller.person));
    return {
        user,
        name,
        groups,
        address: caller.address,
        ...(caller.connection !== undefined && { connection: caller.connection }),
        isAdmin: caller.isAdmin,
        accesses: accesses.map((each) => showAccess(each, caller.person)),
        ...lists,
    };
}

/** The caller's own grants and requests, as they are shown. */
export function listsOf(context: PortalContext, state: PortalState, caller: Caller) {
    const { now, reports } = context;
    return {
        grants: grantsFor(context, state, caller, false).map((each) => showGrant(each, reports(), now())),
        requests: requestsFor(context, state, caller, false).map((each) =>
            showRequest(each, accessNamed(context, each.access), now()),
        ),
    };
}

export function readState({ store }: PortalContext) {
    return store.read(AbortSignal.timeout(10_000));
}

function answer(reply: FastifyReply, { status, body }: Answer): FastifyReply {
    return reply.code(status).send(body);
}

/** @throws a problem */
function wantsAll({ query }: FastifyRequest): boolean {
    return read(listQuery, query).all === "true";
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
    const key = headers["idempotency-key"];
    if (key === undefined) return undefined;
    if (typeof key === "string" && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
    return refuse(400, "portal-malformed", "Idempotency-Key is not 1 to 200 visible characters");
}
