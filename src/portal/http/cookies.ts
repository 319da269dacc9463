import type {} from "@fastify/cookie";
import type { FastifyReply, FastifyRequest } from "fastify";

/** The cookies of the portal. On https their names begin with `__Host-`, so that no other host of the domain can set them. */
export interface Cookies {
    session(request: FastifyRequest): string | undefined;
    setSession(reply: FastifyReply, text: string, lifeMs: number): void;
    clearSession(reply: FastifyReply): void;
    login(request: FastifyRequest): string | undefined;
    setLogin(reply: FastifyReply, text: string, lifeMs: number): void;
    clearLogin(reply: FastifyReply): void;
    /** What was typed into a form that needs a new sign-in first; too long for one cookie. */
    typed(request: FastifyRequest): string | undefined;
    setTyped(request: FastifyRequest, reply: FastifyReply, text: string, lifeMs: number): void;
    clearTyped(request: FastifyRequest, reply: FastifyReply): void;
}

/** Browsers keep cookies of 4 kB with their names; this many hold the longest form. */
const [PART_LENGTH, MOST_PARTS] = [3_500, 4];

export function openCookies(url: string): Cookies {
    const secure = url.startsWith("https:");
    const [session, login] = [`${secure ? "__Host-" : ""}zonekeeper`, `${secure ? "__Host-" : ""}zonekeeper-login`];
    const options = { path: "/", httpOnly: true, secure, sameSite: "lax" } as const;
    const set = (name: string) => (reply: FastifyReply, text: string, lifeMs: number) => {
        reply.setCookie(name, text, { ...options, maxAge: Math.floor(lifeMs / 1000) });
    };
    const clear = (name: string) => (reply: FastifyReply) => {
        reply.clearCookie(name, options);
    };
    const get = (name: string) => (request: FastifyRequest) => request.cookies[name] || undefined;
    const parts = Array.from({ length: MOST_PARTS }, (_, at) => `${secure ? "__Host-" : ""}zonekeeper-typed-${at}`);
    const clearFrom = (request: FastifyRequest, reply: FastifyReply, from: number) => {
        for (const name of parts.slice(from)) if (get(name)(request) !== undefined) clear(name)(reply);
    };
    return {
        session: get(session),
        setSession: set(session),
        clearSession: clear(session),
        login: get(login),
        setLogin: set(login),
        clearLogin: clear(login),
        typed: (request) => parts.map((name) => get(name)(request) ?? "").join("") || undefined,
        setTyped(request, reply, text, lifeMs) {
            const count = Math.ceil(text.length / PART_LENGTH);
            if (count > MOST_PARTS) return;
            for (const [at, name] of parts.slice(0, count).entries()) {
                set(name)(reply, text.slice(at * PART_LENGTH, (at + 1) * PART_LENGTH), lifeMs);
            }
            clearFrom(request, reply, count);
        },
        clearTyped: (request, reply) => clearFrom(request, reply, 0),
    };
}
