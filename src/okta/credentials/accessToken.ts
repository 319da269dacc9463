import { fieldsOf, numberOf, textOf, textsOf } from "../exchange/fields";

/** What an access token says of itself. It is not verified: only Okta can, and does. */
export interface TokenClaims {
    readonly scopes: readonly string[] | undefined;
    readonly endsAtMs: number | undefined;
    /** The OAuth app that it was made for. */
    readonly clientId: string | undefined;
}

/** Reads the claims of an access token that is a JWT, as Okta's are; of any other nothing is known. */
export function claimsOf(token: string): TokenClaims {
    const [, payload = ""] = token.split(".");
    const { scp, exp, cid } = fieldsOf(jsonIn(payload));
    const endS = numberOf(exp);
    return {
        scopes: Array.isArray(scp) ? textsOf(scp) : undefined,
        endsAtMs: endS === undefined ? undefined : endS * 1000,
        clientId: textOf(cid),
    };
}

function jsonIn(payload: string): unknown {
    try {
        return JSON.parse(Buffer.from(payload, "base64url").toString());
    } catch {
        return undefined;
    }
}
