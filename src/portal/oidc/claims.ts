import { groupsOfRules, type LoginSettings, type PortalSettings } from "../../core/portal/settings/portalSettings";
import type { Person } from "../../core/portal/types";
import { refuse } from "../problem";

/** The claims of an ID token, with those of userinfo. */
export interface Claims {
    readonly iss: string;
    readonly sub: string;
    readonly [claim: string]: unknown;
}

/** So many groups of a person are kept: a list that a provider sends may be of any length. */
const MOST_GROUPS = 1000;

const LONGEST = 320;

/**
 * The groups that a claim names; undefined where it does not say.
 *
 *   ["Staff"]                          ["Staff"]
 *   "Staff"                            ["Staff"]
 *   []                                 []
 *   missing, null, "", 7, {}, [7]      undefined: providers leave the claim out, among others for people in very many groups
 */
export function groupsIn(claim: unknown): readonly string[] | undefined {
    if (typeof claim === "string" && claim !== "") return [claim];
    return Array.isArray(claim) && claim.every((group) => typeof group === "string") ? claim : undefined;
}

/** Whether claims say by what name a person is known; `email` counts with `email_verified` alone. */
export function isNamed(claims: Readonly<Record<string, unknown>>, { userClaim }: Pick<LoginSettings, "userClaim">) {
    const isTold = claims[userClaim] !== undefined && claims[userClaim] !== null;
    return isTold && (userClaim !== "email" || typeof claims.email_verified === "boolean");
}

/** A person as the provider describes them. */
export interface Described {
    readonly person: Person;
    /** Whether the provider said which groups they are in. */
    readonly areGroupsKnown: boolean;
    /** Whether identity and groups count as checked now; otherwise `person` has those of before, with their time. */
    readonly isChecked: boolean;
}

/**
 * Who the claims describe. What they do not say stays as it was known, for as long as a session may last: not known is not empty.
 *
 *   userClaim   claims                                     user
 *   sub         { sub: "00u1" }                            00u1
 *   email       { email: "ana@example.com", email_verified: true }   ana@example.com
 *   email       the same, not verified                     refused: anybody could have named it
 *   login       no such claim                              the one that was known, or refused
 *   login       no text                                    refused
 *
 * @param known What was known of this `iss` and `sub`.
 * @throws a problem
 */
export function describedBy(
    claims: Claims,
    settings: {
        readonly login: Pick<LoginSettings, "groupsClaim" | "userClaim">;
        readonly rules: Pick<PortalSettings, "accesses" | "admins">;
        readonly keptMs: number;
    },
    nowMs: number,
    known?: Person,
): Described {
    const { login, rules, keptMs } = settings;
    const before = known !== undefined && nowMs - known.checkedAtMs <= keptMs ? known : undefined;
    const groups = groupsIn(claims[login.groupsClaim]);
    const isSame = before !== undefined && !isNamed(claims, login);
    const named = isSame ? before : nameIn(claims, login);
    const isKept = groups === undefined && before !== undefined && before.groups.length > 0;
    const isChecked = !isSame && !isKept;
    const { user, name, aliases } = named;
    return {
        person: {
            iss: claims.iss,
            sub: claims.sub,
            user,
            ...(aliases !== undefined && { aliases }),
            name,
            groups: isKept ? before.groups : bounded(groups ?? [], rules),
            checkedAtMs: isChecked ? nowMs : (before?.checkedAtMs ?? nowMs),
        },
        areGroupsKnown: groups !== undefined,
        isChecked,
    };
}

/** Of a person in very many groups, those that the rules name come first: no rule may miss one that it names. */
function bounded(groups: readonly string[], rules: Pick<PortalSettings, "accesses" | "admins">): readonly string[] {
    if (groups.length <= MOST_GROUPS) return groups;
    const ofRules = new Set(groupsOfRules(rules));
    const [counting, others] = [
        groups.filter((group) => ofRules.has(group)),
        groups.filter((group) => !ofRules.has(group)),
    ];
    return [...counting, ...others.slice(0, Math.max(0, MOST_GROUPS - counting.length))];
}

/** @throws a problem */
function nameIn(
    claims: Claims,
    { userClaim }: Pick<LoginSettings, "userClaim">,
): Pick<Person, "user" | "name" | "aliases"> {
    const user = claims[userClaim];
    if (typeof user !== "string" || user === "" || user.length > LONGEST) {
        return refuse(400, "portal-sign-in-failed", `the provider's token has no claim ${userClaim} to name you by`);
    }
    if (userClaim === "email" && claims.email_verified !== true) {
        return refuse(400, "portal-sign-in-failed", "the provider has not verified your e-mail address");
    }
    const aliases = [claims.preferred_username, claims.email_verified === true ? claims.email : undefined].filter(
        (text): text is string => typeof text === "string" && text !== "" && text.length <= LONGEST,
    );
    const shown = [claims.name, claims.preferred_username, claims.email, user];
    const name = shown.find((text): text is string => typeof text === "string" && text.trim() !== "") ?? user;
    return {
        user,
        ...(aliases.length > 0 && { aliases: [...new Set(aliases.map((text) => text.toLowerCase()))] }),
        name: name.slice(0, LONGEST),
    };
}
