import type { LoginSettings } from "../../core/portal/settings/portalSettings";
import type { Person } from "../../core/portal/types";
import { refuse } from "../problem";

/** The claims of an ID token, with those of userinfo. */
export interface Claims {
    readonly iss: string;
    readonly sub: string;
    readonly [claim: string]: unknown;
}

const [MOST_GROUPS, LONGEST] = [1000, 320];

/**
 * Who the claims describe.
 *
 *   userClaim   claims                                     user
 *   sub         { sub: "00u1" }                            00u1
 *   email       { email: "ana@example.com", email_verified: true }   ana@example.com
 *   email       the same, not verified                     refused: anybody could have named it
 *   login       no such claim, or no text                  refused
 *
 * Groups are texts; a single text is a list of one, and anything else is none.
 *
 * @throws a problem
 */
export function personIn(
    claims: Claims,
    login: Pick<LoginSettings, "groupsClaim" | "userClaim">,
    nowMs: number,
): Person {
    const user = claims[login.userClaim];
    if (typeof user !== "string" || user === "" || user.length > LONGEST) {
        return refuse(
            400,
            "portal-sign-in-failed",
            `the provider's token has no claim ${login.userClaim} to name you by`,
        );
    }
    if (login.userClaim === "email" && claims.email_verified !== true) {
        return refuse(400, "portal-sign-in-failed", "the provider has not verified your e-mail address");
    }
    const groups = [claims[login.groupsClaim] ?? []].flat().filter((group) => typeof group === "string");
    const aliases = [claims.preferred_username, claims.email_verified === true ? claims.email : undefined].filter(
        (text): text is string => typeof text === "string" && text !== "" && text.length <= LONGEST,
    );
    const shown = [claims.name, claims.preferred_username, claims.email, user];
    const name = shown.find((text): text is string => typeof text === "string" && text.trim() !== "") ?? user;
    return {
        iss: claims.iss,
        sub: claims.sub,
        user,
        ...(aliases.length > 0 && { aliases: [...new Set(aliases.map((text) => text.toLowerCase()))] }),
        name: name.slice(0, LONGEST),
        groups: groups.slice(0, MOST_GROUPS),
        checkedAtMs: nowMs,
    };
}
