import type { FastifyInstance, FastifyRequest } from "fastify";

import type { Markup } from "../../agent/page/markup";
import { clientAddress } from "../../core/portal/clientAddress";
import type { PortalSettings } from "../../core/portal/settings/portalSettings";
import type { Caller } from "../callers";
import { refuse } from "../problem";

/** What a route says of itself. */
declare module "fastify" {
    interface FastifyRequest {
        /** Who asks, once that is known. */
        caller?: Caller;
        /** The form that could not be done, to be sent again; it is shown on the page that says why. */
        again?: Markup;
    }
    interface FastifyContextConfig {
        /** Whether it answers every caller, under every host name: probes, and what the provider calls. @default false */
        readonly isOpen?: boolean;
        /** Whether a cookie counts without a CSRF token although something changes: the route sees to that itself. @default false */
        readonly isUnprotected?: boolean;
    }
}

/** The longest body that is read. */
export const MOST_BODY_BYTES = 65_536;

/** Where the request comes from. @throws a problem where that cannot be told */
export function addressOf(request: FastifyRequest, { trustedProxies }: Pick<PortalSettings, "trustedProxies">): string {
    const { address, problem } = clientAddress({
        peer: request.socket.remoteAddress,
        headers: request.headers,
        trustedProxies,
    });
    return address ?? refuse(409, "portal-address", problem);
}

/**
 * The origin by which the visitor knows the portal; requests for other hosts are refused, so that nobody's name can be made to
 * point here.
 *
 * @throws a problem
 */
export function originOf(
    { headers, raw }: FastifyRequest,
    { url, ipv4Url }: Pick<PortalSettings, "url" | "ipv4Url">,
): string {
    // A proxy may have looked at the other one.
    if (raw.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length > 1) {
        refuse(400, "portal-malformed", "the header Host is there twice");
    }
    const host = (headers.host ?? "").toLowerCase();
    const found = [url, ipv4Url].find((origin) => origin !== undefined && new URL(origin).host === host);
    if (found !== undefined) return found;
    const remedy = "a proxy in front of it has to pass the header Host on";
    return refuse(421, "portal-malformed", `this portal answers to ${new URL(url).host} only; ${remedy}`);
}

/** JSON and forms; anything else is a 415. */
export function addBodies(app: FastifyInstance): void {
    app.removeContentTypeParser("text/plain");
    // Some programs name the type of a body that they do not send.
    const parseJson = app.getDefaultJsonParser("error", "error");
    app.removeContentTypeParser("application/json");
    app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
        if (body === "") done(null, undefined);
        else void parseJson(request, String(body), done);
    });
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
        const form = new URLSearchParams(String(body));
        const twice = [...form.keys()].find((name) => form.getAll(name).length > 1);
        if (twice === undefined) return done(null, Object.fromEntries(form));
        return done(Object.assign(new Error("a field is there twice"), { statusCode: 400 }), undefined);
    });
}

/** A body is fields, or nothing. @throws a problem */
export function requireFields(body: unknown): void {
    const isFields = typeof body === "object" && body !== null && !Array.isArray(body);
    if (body !== undefined && !isFields) refuse(400, "portal-malformed", "the body is no object");
}

/** The fields of a body that are texts; others are as if they were not there. */
export function textIn(body: unknown, name: string): string | undefined {
    const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
    return typeof value === "string" ? value : undefined;
}
