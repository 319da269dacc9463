import { eventRefusal } from "../chain/eventRefusal";
import { fieldsOf, MOST_ADDRESSES } from "../chain/ipChain";

/** A sign-in attempt, from an event of Okta's System Log. */
export interface SignIn {
    readonly eventType: string;
    /** When, by Okta's clock. */
    readonly atMs: number;
    /** `SUCCESS`, `FAILURE`, `DENY` and the like; undefined where it does not say. */
    readonly result: string | undefined;
    /** The login or id of the person; undefined if Okta did not know them. */
    readonly user: string | undefined;
    /** The addresses that Okta saw, the one that connects to Okta last. */
    readonly chain: readonly string[];
    /** The refusal before any policy, if there was one: see eventRefusal. */
    readonly refusal: string | undefined;
}

/** The events in which Okta evaluates the client's address. Changes by an administrator are not among them. */
const ABOUT_SIGN_IN =
    /^(user\.session\.(start|context\.change)|user\.authentication\.|policy\.evaluate_sign_on|user\.mfa\.|app\.oauth2\.|security\.)/;

/**
 * Reads an event. Without `request.ipChain` it is `client.ipAddress` that Okta saw.
 *
 * @returns undefined for an event of another kind, and for one without a moment or an address
 */
export function readSignIn(event: unknown, which: "sign-ins" | "any" = "sign-ins"): SignIn | undefined {
    const { eventType, published, outcome, actor, request, client } = fieldsOf(event);
    const atMs = Date.parse(String(published));
    if (typeof eventType !== "string" || Number.isNaN(atMs)) return undefined;
    if (which === "sign-ins" && !ABOUT_SIGN_IN.test(eventType)) return undefined;
    const hops = fieldsOf(request).ipChain;
    const chain = (Array.isArray(hops) ? hops : []).slice(0, MOST_ADDRESSES).flatMap((hop) => textIn(hop, "ip") ?? []);
    const seen = textIn(client, "ipAddress");
    const addresses = chain.length > 0 ? chain : seen === undefined ? [] : [seen];
    if (addresses.length === 0) return undefined;
    const login = textIn(actor, "alternateId");
    return {
        eventType,
        atMs,
        result: textIn(outcome, "result"),
        user: login === "unknown" ? undefined : (login ?? textIn(actor, "id")),
        chain: addresses,
        refusal: eventRefusal(event),
    };
}

/** Okta writes what it does not know as null, as the text `"null"`, or not at all. */
function textIn(value: unknown, key: string): string | undefined {
    const text = fieldsOf(value)[key];
    return typeof text === "string" && !/^(null)?$/i.test(text.trim()) ? text.trim() : undefined;
}
