import type { FastifyReply, FastifyRequest } from "fastify";

import { identityKey, type Person } from "../../core/portal/types";
import type { PortalContext } from "../context";
import type { Cookies } from "../http/cookies";
import { type Typed, typedIn } from "./typed";

/** What was typed waits for the sign-in so long. */
const KEPT_MS = 10 * 60_000;

const PURPOSE = "typed";

/**
 * Keeps what was typed in the browser that sent it, sealed, until its person has signed in. Only a form of our own page comes here: its
 * `Origin` was checked.
 */
export async function keepTyped(
    { seal }: PortalContext,
    cookies: Cookies,
    request: FastifyRequest,
    reply: FastifyReply,
    typed: Typed,
): Promise<void> {
    // The cookie of a session that is over still says whose it was.
    const person = cookies.session(request)?.split(".")[1];
    const value = { ...typed, ...(person !== undefined && { person }) };
    cookies.setTyped(request, reply, await seal.seal(PURPOSE, value, KEPT_MS), KEPT_MS);
}

/** What this browser's person had typed; undefined where there is nothing, or it was another person. */
export async function keptTyped(
    { seal }: PortalContext,
    cookies: Cookies,
    request: FastifyRequest,
    person: Person,
): Promise<Typed | undefined> {
    const kept = await seal.open(PURPOSE, cookies.typed(request));
    if (kept === undefined || typeof kept.path !== "string") return undefined;
    if (kept.person !== undefined && kept.person !== markOf({ seal }, person)) return undefined;
    return typedIn(kept.path, kept.fields);
}

/** What a session's cookie says of its person. It names nobody, and only a portal with the same secret can make it. */
export function markOf({ seal }: Pick<PortalContext, "seal">, person: Pick<Person, "iss" | "sub">): string {
    return seal.mark("person", identityKey(person));
}
