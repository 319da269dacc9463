import type { Span } from "../addresses/ip";
import { coversSpan } from "../addresses/spans";
import { type Grant, isActive } from "../grants/grants";
import { userKey } from "../membership/denials";
import type { NamedUser } from "./users";

/** The part of a decision that the group needs. */
export interface Decided {
    /** The grants in effect, including those that the removal brake holds; active or not. */
    readonly grants: readonly Grant[];
    /** The desired content of the zones, sorted and disjoint; undefined if every active grant has room. */
    readonly inside: readonly Span[] | undefined;
    readonly atMs: number;
}

export interface WantedUsers {
    /** The grants of each desired member, by the user's id. */
    readonly wanted: ReadonlyMap<string, readonly Grant[]>;
    /** See GroupPlanInput. */
    readonly staying: ReadonlySet<string>;
    /** The id of each user with an active grant in effect, as far as it is known, by userKey: to be remembered. */
    readonly names: ReadonlyMap<string, string>;
    /** The users who are wanted by the id that is remembered, as Okta does not find them under their name. */
    readonly kept: readonly KeptMember[];
    /** Whether an active grant in effect has a user whose id is not known: any member may be that user. */
    readonly isUnidentified: boolean;
    /** When time alone next ends one of the grants; Infinity if it never does. */
    readonly untilMs: number;
}

/** A member whom Okta does not find under the name that grants have. */
export interface KeptMember {
    readonly id: string;
    readonly why: string;
    /** The last end of the grants; Infinity if one never ends. */
    readonly untilMs: number;
}

/**
 *   an active grant in effect                       its user
 *   has an address that is to be in a zone          is wanted
 *   has none: the zones have no room for it         is not added for it
 *   has a user who is not looked up yet             stays, if a member
 *   has a user who may not sign in                  stays, if a member
 *   has a user whose name Okta does not find        is wanted by the id that is remembered
 *   any more, or has for another user
 */
export function wantedUsers(
    { grants, inside, atMs }: Decided,
    userOf: (key: string) => NamedUser,
    nowMs: number,
): WantedUsers {
    const wanted = new Map<string, Grant[]>();
    const staying = new Set<string>();
    const [names, kept] = [new Map<string, string>(), new Map<string, KeptMember>()];
    let [untilMs, isUnidentified] = [Infinity, false];
    for (const grant of grants) {
        const { user, spans, expiresAtMs = Infinity } = grant;
        // A grant that starts after the decision waits for the next one, which knows whether there is room.
        if (user === undefined || !isActive(grant, nowMs) || !isActive(grant, Math.min(atMs, nowMs))) continue;
        if (inside !== undefined && !spans.some((span) => coversSpan(inside, span))) continue;
        untilMs = Math.min(untilMs, expiresAtMs);
        const key = userKey(user);
        const named = userOf(key);
        if (named.id === undefined) isUnidentified = true;
        else names.set(key, named.id);
        if (named.state === "kept") {
            const endMs = Math.max(expiresAtMs, kept.get(key)?.untilMs ?? 0);
            kept.set(key, { id: named.id, why: named.why, untilMs: endMs });
        }
        if (named.state === "found" || named.state === "kept") {
            const own = wanted.get(named.id) ?? [];
            own.push(grant);
            wanted.set(named.id, own);
        } else {
            staying.add(key);
            if (named.id !== undefined) staying.add(named.id);
        }
    }
    return { wanted, staying, names, kept: [...kept.values()], isUnidentified, untilMs };
}
