import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { parseDuration } from "../../core/portal/duration";
import { addAddress, extendGrant, revokeGrant, signOff } from "../actions/changeGrant";
import { decideRequest } from "../actions/decideRequest";
import { revokePerson } from "../actions/people";
import { requestGrant } from "../actions/requestGrant";
import { askOf, decisionBody, grantBody, read } from "../api/bodies";
import { fresh, readState } from "../api/routes";
import type { PersonCaller } from "../callers";
import type { PortalContext } from "../context";
import type { Authentication } from "../http/authenticate";
import type { Cookies } from "../http/cookies";
import { textIn } from "../http/request";
import { problemOf, refuse } from "../problem";
import type { Done } from "./done";
import { readOnce } from "./once";
import { addressOfQuery, readQuery } from "./slice";
import { typedForm, typedIn } from "./typed";
import { keepTyped, keptTyped } from "./typedCookie";

export interface DeedOptions {
    readonly authentication: Authentication;
    readonly cookies: Cookies;
}

type WithId = { Params: { readonly id: string } };

interface Sent {
    readonly caller: PersonCaller;
    /** The fields of the form. */
    readonly fields: unknown;
    /** Of the grant or request in the path. */
    readonly id: string;
    /** The form's own key: what comes again with it is done once, and leads to the same page. */
    readonly key: string | undefined;
}

/** What one of the page's forms does; the page says afterwards what is true of it. */
type Deed = (sent: Sent) => Promise<Done>;

/** The forms of the page: each does what a call of the API does, and leads back to the page, to the same place of its lists. */
export function addDeeds(app: FastifyInstance, context: PortalContext, options: DeedOptions): void {
    const { authentication } = options;
    const deed = (path: string, freshness: "fresh" | "any", work: Deed) => {
        app.post(path, async (request, reply) => {
            try {
                const caller = await authentication.person(request);
                const checked = freshness === "fresh" ? ((await fresh(context, caller)) as PersonCaller) : caller;
                const { fields, key } = readOnce(pathOf(request), request.body);
                const done = await work({ caller: checked, fields, id: idOf(request), key });
                await forgetTyped(context, options, request, reply, checked);
                return reply.redirect(addressOfQuery(placeOf(request), { ...done }), 303);
            } catch (error) {
                await keepWhatWasTyped(context, options, request, reply, error);
                throw error;
            }
        });
    };
    addGrantDeeds(context, deed);
    deed("/do/requests/:id", "fresh", async ({ caller, fields, id, key }) => {
        const body = read(decisionBody, fields);
        const { body: answer } = await decideRequest(context, caller, id, body, key);
        const { state } = answer as { readonly state: "waiting" | "approved" | "denied" | "withdrawn" };
        return { done: state === "waiting" ? "noted" : state, id };
    });
    deed("/do/people/revoke", "fresh", async ({ caller, fields, key }) => {
        const user = textIn(fields, "user") ?? refuse(422, "portal-rules", "user is missing");
        const { body: answer } = await revokePerson(context, caller, user, key);
        return { done: "revoked-person", id: (answer as { readonly user: string }).user };
    });
    app.post("/do/typed/discard", async (request, reply) => {
        await authentication.person(request);
        options.cookies.clearTyped(request, reply);
        return reply.redirect("/", 303);
    });
}

function addGrantDeeds(
    context: PortalContext,
    deed: (path: string, freshness: "fresh" | "any", work: Deed) => void,
): void {
    deed("/do/grants", "fresh", async ({ caller, fields, key }) => {
        const ask = askOf(read(grantBody, asProgramsWrite(fields)));
        const { status, body: answer } = await requestGrant(context, caller, ask, { idempotencyKey: key });
        return { done: status === 201 ? "granted" : "requested", id: (answer as { readonly id: string }).id };
    });
    deed("/do/grants/:id/extend", "fresh", async ({ caller, fields, id, key }) => {
        const durationMs = parseDuration(textIn(fields, "duration"));
        if (durationMs === undefined) return refuse(422, "portal-rules", "duration is not a time such as 4h");
        const { status, body } = await extendGrant(context, caller, id, durationMs, key);
        return { done: status === 200 ? "extended" : "requested", id: (body as { readonly id: string }).id };
    });
    deed("/do/grants/:id/address", "fresh", async ({ caller, id }) => {
        await addAddress(context, caller, id);
        return { done: "moved", id };
    });
    deed("/do/grants/:id/revoke", "any", async ({ caller, id }) => {
        await revokeGrant(context, caller, id);
        return { done: "revoked", id };
    });
    deed("/do/grants/:id/sign-off", "fresh", async ({ caller, id, key }) => {
        await signOff(context, caller, id, key);
        return { done: "signed-off", id };
    });
}

/** Empty for a path without one. */
function idOf({ params }: FastifyRequest): string {
    return (params as Partial<WithId["Params"]>).id ?? "";
}

function pathOf({ url }: FastifyRequest): string {
    return url.split("?")[0] ?? "";
}

/**
 * What people type, as programs write it. A start comes from the field of a browser without a time zone: it is UTC then, as the label
 * says. A duration may be spelled as the page spells it, `1 h 30 min`.
 */
function asProgramsWrite(body: unknown): unknown {
    const startsAt = textIn(body, "startsAt");
    const duration = textIn(body, "duration");
    if (duration !== undefined && parseDuration(duration) === undefined) {
        const short = duration.replace(/\s+/g, "").replace(/days?/, "d").replace("min", "m");
        if (parseDuration(short) !== undefined) return asProgramsWrite({ ...(body as object), duration: short });
    }
    const isLocal = startsAt !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(startsAt);
    return isLocal ? { ...(body as object), startsAt: `${startsAt}${startsAt.length === 16 ? ":00" : ""}Z` } : body;
}

/** Where in its lists the page was that sent the form. */
function placeOf({ headers }: FastifyRequest) {
    const { referer = "" } = headers;
    return readQuery(URL.canParse(referer) ? Object.fromEntries(new URL(referer).searchParams) : {});
}

/**
 * Whatever was typed is not lost where it could not be done: it is on the page that says why, or, where that is a new sign-in, on
 * the page that follows it.
 */
async function keepWhatWasTyped(
    context: PortalContext,
    { authentication, cookies }: DeedOptions,
    request: FastifyRequest,
    reply: FastifyReply,
    error: unknown,
): Promise<void> {
    const status = problemOf(error)?.status;
    const typed = typedIn(pathOf(request), request.body);
    if (status === undefined || typed === undefined) return;
    const { caller } = request;
    if (status === 401) {
        if (!isOurs(authentication, request)) return;
        await keepTyped(context, cookies, request, reply, typed);
        request.again = typedForm(context, undefined, "", typed);
    } else if (caller?.kind === "person") {
        const state = await readState(context).catch(() => undefined);
        request.again = typedForm(context, state, authentication.csrfToken(caller), typed);
    }
}

/** Whether a page of ours sent it; of others nothing is kept. */
function isOurs({ checkOrigin }: Authentication, request: FastifyRequest): boolean {
    try {
        checkOrigin(request);
        return true;
    } catch {
        return false;
    }
}

/** What was typed before a sign-in and has been done now is not shown again. */
async function forgetTyped(
    context: PortalContext,
    { cookies }: DeedOptions,
    request: FastifyRequest,
    reply: FastifyReply,
    { person }: PersonCaller,
): Promise<void> {
    const kept = await keptTyped(context, cookies, request, person);
    if (kept !== undefined && kept.path === pathOf(request)) cookies.clearTyped(request, reply);
}
