import { timingSafeEqual } from "node:crypto";

import type { FastifyRequest } from "fastify";

import { type Caller, type PersonCaller, personCaller } from "../callers";
import type { PortalContext } from "../context";
import { refuse } from "../problem";
import { hashOf, noteVisit, type Visitor, visitorIn } from "../sessions";
import type { WorkloadUse, WorkloadVerifier } from "../workloads";
import type { Cookies } from "./cookies";
import type { KnownCallers } from "./limits";
import { addressOf, originOf, textIn } from "./request";

export interface Authentication {
    /** Who asks, checked for what the method does; undefined for a caller without cookie and token. @throws a problem */
    caller(request: FastifyRequest): Promise<Caller | undefined>;
    /** The same, where the caller has to be signed in. @throws a problem */
    required(request: FastifyRequest): Promise<Caller>;
    /** A caller with the portal's cookie. @throws a problem */
    person(request: FastifyRequest): Promise<PersonCaller>;
    /** What a form of the page has to bring. */
    csrfToken(caller: PersonCaller): string;
    /** Refuses a form that another site's page sent. @throws a problem */
    checkOrigin(request: FastifyRequest): void;
}

/** Tokens of the device flow begin so, and so do no JWTs. */
export const TOKEN_PREFIX = "zkp_";

const SAFE = ["GET", "HEAD", "OPTIONS"];

export interface AuthenticationOptions {
    readonly cookies: Cookies;
    readonly workloads: WorkloadVerifier;
    /** Hears which cookies and tokens were believed. */
    readonly known: Pick<KnownCallers, "note">;
}

export function openAuthentication(
    context: PortalContext,
    { cookies, workloads, known }: AuthenticationOptions,
): Authentication {
    const { settings, seal } = context;
    const tokenOf = (key: string) => seal.mark("csrf", key);
    const checkOrigin = (request: FastifyRequest) => requireOwnOrigin(request, settings);

    const note = (request: FastifyRequest, found: Caller): Caller => {
        request.caller = found;
        return found;
    };

    async function byCookie(request: FastifyRequest, cookie: string): Promise<Caller | undefined> {
        const key = hashOf(cookie);
        const found = await visitorOf(context, key);
        if (found === undefined || found.session.isDevice === true) return undefined;
        if (!SAFE.includes(request.method)) {
            checkOrigin(request);
            const sent = request.headers["x-csrf-token"] ?? textIn(request.body, "_csrf");
            if (!isEqual(sent, tokenOf(key))) {
                refuse(403, "portal-foreign-form", "the form lacks the token of this session: load the page again");
            }
        }
        known.note(cookie);
        return note(request, await seen(context, found, "cookie", addressOf(request, settings)));
    }

    const caller: Authentication["caller"] = async (request) => {
        const { authorization } = request.headers;
        const cookie = cookies.session(request);
        if (authorization === undefined) return cookie === undefined ? undefined : byCookie(request, cookie);
        if (cookie !== undefined) {
            refuse(400, "portal-foreign-form", "a cookie and a token came together: send one of them");
        }
        const [, token] = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(authorization) ?? [];
        if (token === undefined) return noToken("the header Authorization is not Bearer and a token");
        const verify = (jwt: string, address: string) => workloads.verify(jwt, address, useOf(request));
        const found = await byToken(context, verify, token, addressOf(request, settings));
        known.note(authorization);
        return note(request, found);
    };
    const required: Authentication["required"] = async (request) =>
        (await caller(request)) ??
        refuse(401, "portal-sign-in", "sign in first", { "www-authenticate": 'Bearer realm="zonekeeper portal"' });
    return {
        caller,
        required,
        async person(request) {
            const found = await required(request);
            if (found.kind === "person" && found.by === "cookie") return found;
            return refuse(403, "portal-not-allowed", "this is for people at the portal's own page");
        },
        csrfToken: ({ visitor: { key } }) => tokenOf(key),
        checkOrigin,
    };
}

function useOf({ method }: FastifyRequest): WorkloadUse {
    return SAFE.includes(method) || method === "DELETE" ? "end" : "grant";
}

async function visitorOf({ store, settings, now }: PortalContext, key: string): Promise<Visitor | undefined> {
    return visitorIn(await store.read(AbortSignal.timeout(10_000)), key, settings.session, now());
}

async function byToken(
    context: PortalContext,
    verify: (jwt: string, address: string) => Promise<Caller>,
    token: string,
    address: string,
): Promise<Caller> {
    if (!token.startsWith(TOKEN_PREFIX)) return verify(token, address);
    const found = await visitorOf(context, hashOf(token));
    if (found?.session.isDevice !== true) return noToken("the token is unknown, was revoked, or has expired");
    return seen(context, found, "token", address);
}

/** A caller whom the portal knows, at the address that they can be granted now. */
async function seen(
    context: PortalContext,
    visitor: Visitor,
    by: PersonCaller["by"],
    connection: string,
): Promise<PersonCaller> {
    const addressed = await context.addressing(visitor.session, visitor.key, connection);
    return personCaller(context, await noteVisit(context, visitor, addressed.address), by, addressed);
}

function requireOwnOrigin(request: FastifyRequest, settings: PortalContext["settings"]): void {
    const { origin, "sec-fetch-site": site } = request.headers;
    if (origin === originOf(request, settings) && (site === undefined || site === "same-origin")) return;
    refuse(403, "portal-foreign-form", "the request was not sent by a page of this portal");
}

export function noToken(sentence: string): never {
    const challenge = 'Bearer realm="zonekeeper portal", error="invalid_token"';
    return refuse(401, "portal-sign-in", sentence, { "www-authenticate": challenge });
}

function isEqual(sent: unknown, expected: string): boolean {
    if (typeof sent !== "string" || sent.length !== expected.length) return false;
    return timingSafeEqual(Buffer.from(sent), Buffer.from(expected));
}
