import { randomInt } from "node:crypto";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { html } from "../../agent/page/markup";
import { DEVICE_GRANT } from "../../core/portal/deviceGrant";
import type { PortalDevice, PortalSession } from "../../core/portal/types";
import type { PersonCaller } from "../callers";
import type { PortalContext } from "../context";
import { form } from "../page/forms";
import { layout, sendPage } from "../page/layout";
import { refuse } from "../problem";
import { hashOf } from "../sessions";
import { type Authentication, TOKEN_PREFIX } from "./authenticate";
import { networkOf } from "./network";
import { addressOf, originOf, requireFields, textIn } from "./request";

/** How long a code is good for, how often a device may ask, and how many may wait at a time. */
const [LIFE_MS, INTERVAL_S, MOST_WAITING] = [10 * 60_000, 5, 10_000];

/** How many of one address may wait, so that nobody takes the places of all others. */
const MOST_OF_ONE = 100;

/** Letters and digits that nobody takes for one another. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** The device flow (RFC 8628), by the portal itself: its tokens are opaque, kept as hashes, and last as long as a session. */
export function addDeviceFlow(app: FastifyInstance, context: PortalContext, authentication: Authentication): void {
    const { settings } = context;
    const config = { isUnprotected: true };
    app.post("/device_authorization", { config }, async (request) => {
        requireFields(request.body);
        const { code, userCode } = await beginDevice(context, addressOf(request, settings));
        const origin = originOf(request, settings);
        return {
            device_code: code,
            user_code: userCode,
            verification_uri: `${origin}/device`,
            verification_uri_complete: `${origin}/device?user_code=${userCode}`,
            expires_in: LIFE_MS / 1000,
            interval: INTERVAL_S,
        };
    });
    app.post("/token", { config }, async (request, reply) => {
        requireFields(request.body);
        if (textIn(request.body, "grant_type") !== DEVICE_GRANT) return oauthError(reply, "unsupported_grant_type");
        const code = textIn(request.body, "device_code") ?? "";
        const answer = await redeem(context, code, addressOf(request, settings));
        return typeof answer === "string" ? oauthError(reply, answer) : answer;
    });
    app.get("/device", async (request, reply) => devicePage(context, authentication, request, reply));
    app.post("/device", async (request, reply) => {
        const caller = await authentication.person(request);
        const decision = textIn(request.body, "decision") === "allow" ? "allowed" : "denied";
        await decide(context, caller, (textIn(request.body, "user_code") ?? "").toUpperCase(), decision);
        const words = decision === "allowed" ? "The device is signed in" : "The device was refused";
        return page(context, reply, html`<h1>${words}</h1><p class="lead">You may close this page.</p>`);
    });
}

async function beginDevice({ store, now, newSecret }: PortalContext, address: string) {
    const from = networkOf(address);
    const code = newSecret();
    const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`;
    const device: PortalDevice = { userCode, createdAtMs: now(), expiresAtMs: now() + LIFE_MS, from };
    await store.transact((state) => {
        const waiting = [...state.devices.values()].filter(({ expiresAtMs }) => expiresAtMs > now());
        if (waiting.filter((each) => each.from === from).length >= MOST_OF_ONE) {
            return refuse(429, "portal-busy", "too many devices of your address wait already: come back in 10 minutes");
        }
        if (waiting.length >= MOST_WAITING) return refuse(503, "portal-busy", "too many devices wait already");
        return { changes: [["devices", hashOf(code), device]], result: undefined };
    });
    return { code, userCode };
}

/** The device's token, or RFC 8628's word for why there is none yet. */
async function redeem(context: PortalContext, code: string, address: string) {
    const { store, settings, now, newSecret } = context;
    const token = `${TOKEN_PREFIX}${newSecret()}`;
    const key = hashOf(code);
    const made = await store.transact<string | PortalSession>((state) => {
        const device = state.devices.get(key);
        if (device === undefined) return { changes: [], result: "invalid_grant" };
        if (device.expiresAtMs <= now()) return { changes: [["devices", key, null]], result: "expired_token" };
        if (device.decision === "denied") return { changes: [["devices", key, null]], result: "access_denied" };
        const session = device.session === undefined ? undefined : state.sessions.get(device.session);
        if (device.decision === undefined) {
            const isSoon = now() - (device.polledAtMs ?? 0) < INTERVAL_S * 1000 - 500;
            const polled = { ...device, polledAtMs: now() };
            return { changes: [["devices", key, polled]], result: isSoon ? "slow_down" : "authorization_pending" };
        }
        if (session === undefined) return { changes: [["devices", key, null]], result: "access_denied" };
        // A refresh token is good once, so that it stays with one session.
        const { refresh: _, idToken: __, ...rest } = session;
        const own: PortalSession = { ...rest, startedAtMs: now(), seenAtMs: now(), address, isDevice: true };
        return {
            changes: [
                ["devices", key, null],
                ["sessions", hashOf(token), own],
            ],
            result: own,
        };
    });
    if (typeof made === "string") return made;
    const by = { iss: made.iss, sub: made.sub, name: made.sub };
    await context.audit({ type: "portal.device-allowed", by, address, session: hashOf(token).slice(0, 8) });
    return { access_token: token, token_type: "Bearer", expires_in: settings.session.durationMs / 1000 };
}

async function decide(
    { store, now }: PortalContext,
    caller: PersonCaller,
    userCode: string,
    decision: "allowed" | "denied",
): Promise<void> {
    await store.transact((state) => {
        const found = [...state.devices].find(([, device]) => device.userCode === userCode);
        const [key, device] = found ?? [];
        if (key === undefined || device === undefined || device.expiresAtMs <= now() || device.decision !== undefined) {
            return refuse(
                404,
                "portal-missing",
                "this code is unknown, was used, or has expired: begin again at the device",
            );
        }
        return { changes: [["devices", key, { ...device, decision, session: caller.visitor.key }]], result: undefined };
    });
}

/** Shows the code, so that the person compares it with the one at their device before they let it in. */
async function devicePage(
    context: PortalContext,
    authentication: Authentication,
    request: FastifyRequest,
    reply: FastifyReply,
): Promise<FastifyReply> {
    const caller = await authentication.caller(request);
    const given = textIn(request.query, "user_code")?.toUpperCase() ?? "";
    const userCode = /^[A-Z0-9-]{1,20}$/.test(given) ? given : "";
    if (caller === undefined || caller.kind !== "person") {
        const back = userCode === "" ? "/device" : `/device?user_code=${userCode}`;
        const main = html`<h1>Sign in a device</h1><p class="lead">A terminal or another device asks to act for you. Sign in here first; then compare its code.</p>
<form method="post" action="/login"><input type="hidden" name="return" value="${back}"><button class="primary">Sign in</button></form>`;
        return page(context, reply, main);
    }
    const csrf = authentication.csrfToken(caller);
    if (userCode === "") {
        return page(
            context,
            reply,
            html`<h1>Sign in a device</h1><form method="get" action="/device"><div class="fields"><label>The code that the device shows
<input name="user_code" required maxlength="20" autocomplete="off" spellcheck="false"></label></div><p><button class="primary">Go on</button></p></form>`,
        );
    }
    const buttons = html`<input type="hidden" name="user_code" value="${userCode}">
<button class="primary" name="decision" value="allow">It is my device</button> <button class="quiet" name="decision" value="deny">Refuse it</button>`;
    const main = html`<h1>Does your device show this code?</h1><p class="usercode">${userCode}</p>
<p class="lead">It will be able to do what you can do here, as ${caller.person.name}. Refuse it if you did not begin this yourself, or if another person sent you the link.</p>
${form(csrf, "/device", buttons)}`;
    return page(context, reply, main);
}

function page(
    { now, version, provider }: PortalContext,
    reply: FastifyReply,
    main: ReturnType<typeof html>,
): FastifyReply {
    const text = layout({
        title: "Sign in a device",
        nowMs: now(),
        version,
        main: html`<section class="message">${main}</section>`,
    });
    return sendPage(reply, text, provider.origins());
}

function oauthError(reply: FastifyReply, error: string): FastifyReply {
    return reply.code(400).send({ error });
}
