import { formatMoment } from "./moment";

/** Okta sessions by id, including ended ones, for as long as they would have granted an address. */
export type Logins = ReadonlyMap<string, Login>;

export interface Login {
    readonly userId: string;
    /** As Okta shows it, mostly the login. */
    readonly user: string;
    /** Where Okta saw the user come from. */
    readonly ip: string;
    readonly startedMs: number;
    readonly isEnded: boolean;
}

/** The events of Okta's System Log that applyLogEvents knows. */
export const LOG_EVENTS = ["user.session.start", "user.session.end", "user.session.clear"] as const;

/**
 * The sessions after some events. An event that is delivered twice or late changes nothing.
 *
 *   event                about                               effect
 *   user.session.start   a session that was not known        it grants, if its outcome is SUCCESS
 *   user.session.end     the session of its id               it no longer grants, also if its start comes later
 *                        no id: the user's from this address these no longer grant
 *   user.session.clear   every session of the targets        these no longer grant
 *
 * The address is `client.ipAddress`, which Okta took for the client's among the hops
 * of the request, and not the first hop, which the client may have made up. It is
 * what the gateways of a zone are compared with, where the zone has the same proxies.
 */
export function applyLogEvents(logins: Logins, events: readonly unknown[]): Logins {
    const after = new Map(logins);
    for (const event of events) {
        const { eventType } = fieldsOf(event);
        if (eventType === "user.session.start") start(after, event);
        else if (eventType === "user.session.end") end(after, event);
        else if (eventType === "user.session.clear") clear(after, event);
    }
    return after;
}

/** The sessions that may still grant an address: those that began since then. */
export function loginsSince(logins: Logins, sinceMs: number): Logins {
    return new Map([...logins].filter(([, { startedMs }]) => startedMs > sinceMs));
}

/** A grants document with one grant for each user and address, which ends so long after the latest log-in. */
export function loginsDocument(logins: Logins, lastsMs: number): { readonly grants: readonly object[] } {
    const latest = new Map<string, Login>();
    for (const login of logins.values()) {
        const key = `${login.userId} from ${login.ip}`;
        if (!login.isEnded && login.startedMs > (latest.get(key)?.startedMs ?? -Infinity)) latest.set(key, login);
    }
    return {
        grants: [...latest].map(([id, { user, ip, startedMs }]) => ({
            id,
            user,
            ip,
            expiresAt: formatMoment(startedMs + lastsMs),
            reason: "signed in to Okta",
        })),
    };
}

function start(logins: Map<string, Login>, event: unknown): void {
    const { uuid, outcome, actor, client } = fieldsOf(event);
    const startedMs = publishedMs(event);
    const key = sessionOf(event) ?? textOf(uuid);
    if (key === undefined || startedMs === undefined || logins.has(key)) return;
    if (fieldsOf(outcome).result !== "SUCCESS") return;
    const userId = textOf(fieldsOf(actor).id);
    if (userId === undefined) return;
    const user = textOf(fieldsOf(actor).alternateId) ?? userId;
    logins.set(key, { userId, user, ip: textOf(fieldsOf(client).ipAddress) ?? "", startedMs, isEnded: false });
}

function end(logins: Map<string, Login>, event: unknown): void {
    const { actor, client } = fieldsOf(event);
    const endedMs = publishedMs(event);
    const userId = textOf(fieldsOf(actor).id);
    if (endedMs === undefined || userId === undefined) return;
    const session = sessionOf(event);
    const ip = textOf(fieldsOf(client).ipAddress) ?? "";
    if (session === undefined) {
        endAll(logins, (login) => login.userId === userId && login.ip === ip && login.startedMs <= endedMs);
        return;
    }
    const known = logins.get(session) ?? { userId, user: userId, ip, startedMs: endedMs };
    logins.set(session, { ...known, isEnded: true });
}

function clear(logins: Map<string, Login>, event: unknown): void {
    const { target } = fieldsOf(event);
    const endedMs = publishedMs(event);
    const targets = Array.isArray(target) ? target.map((each) => fieldsOf(each).id) : [];
    if (endedMs === undefined) return;
    endAll(logins, ({ userId, startedMs }) => targets.includes(userId) && startedMs <= endedMs);
}

function endAll(logins: Map<string, Login>, isMeant: (login: Login) => boolean): void {
    for (const [key, login] of logins) if (isMeant(login)) logins.set(key, { ...login, isEnded: true });
}

/** The id that the events of one session share; Okta writes "unknown" where there is none. */
function sessionOf(event: unknown): string | undefined {
    const session = textOf(fieldsOf(fieldsOf(event).authenticationContext).externalSessionId);
    return session === "unknown" ? undefined : session;
}

function publishedMs(event: unknown): number | undefined {
    const ms = Date.parse(textOf(fieldsOf(event).published) ?? "");
    return Number.isNaN(ms) ? undefined : ms;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" && value.length <= 320 ? value : undefined;
}
