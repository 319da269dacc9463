import { fieldsOf, numberOf, textOf, textsOf } from "../exchange/fields";

/** The claims of an access token. They are not verified here: only Okta can do that. */
export interface TokenClaims {
    readonly scopes: readonly string[] | undefined;
    readonly endsAtMs: number | undefined;
    /** The OAuth app that it was made for. */
    readonly clientId: string | undefined;
}

/** Reads the claims of an access token that is a JWT, as Okta's are; empty for any other. */
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
