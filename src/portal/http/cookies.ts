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
}

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
    return {
        session: get(session),
        setSession: set(session),
        clearSession: clear(session),
        login: get(login),
        setLogin: set(login),
        clearLogin: clear(login),
    };
}
