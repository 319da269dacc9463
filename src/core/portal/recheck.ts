import { type AccessSettings, isEligible } from "./settings/portalSettings";
import { type Identity, isLive, isSame, type Person, type PortalGrant, type PortalRequest } from "./types";

/**
 * The grants of a person that end, as the provider says now that they are no longer eligible: those of an access that the settings have
 * and that is not for them. One that an admin granted them stays, as their groups were not what it rested on.
 *
 * @param areGroupsKnown Whether the provider said which groups they are in; where not, nothing ends that groups give.
 */
export function endedByRecheck(
    person: Person,
    grants: Iterable<PortalGrant>,
    accesses: readonly AccessSettings[],
    nowMs: number,
    areGroupsKnown: boolean,
): PortalGrant[] {
    const byName = new Map(accesses.map((access) => [access.name, access]));
    const isLost = (grant: PortalGrant) => {
        const access = byName.get(grant.access);
        if (access === undefined || grant.grantedBy !== undefined) return false;
        const eligible = grant.isBreakGlass === true ? access.breakGlass?.eligible : access.eligible;
        if (eligible === undefined) return true;
        return !isEligible(eligible, person) && (areGroupsKnown || eligible.groups.length === 0);
    };
    return [...grants]
        .filter((grant) => isSame(grant.holder, person) && isLive(grant, nowMs) && isLost(grant))
        .map((grant) => ended(grant, "no longer eligible", nowMs));
}

/** The grants that a login granted, and that end with its session. */
export function endedBySession(
    session: string,
    grants: Iterable<PortalGrant>,
    because: string,
    nowMs: number,
): PortalGrant[] {
    return [...grants]
        .filter((grant) => grant.session === session && isLive(grant, nowMs))
        .map((grant) => ended(grant, because, nowMs));
}

export function ended(grant: PortalGrant, because: string, nowMs: number): PortalGrant {
    return { ...grant, endedAtMs: nowMs, endedBecause: because };
}

/** What is known of a person whom the provider refused to confirm. Their names stay, so that an admin can still end their access. */
export function refusedPerson({ groups: _, ...person }: Person, nowMs: number): Person {
    return { ...person, groups: [], checkedAtMs: 0, refusedAtMs: nowMs };
}

/** The requests that a person made, for themselves or for others, and that are withdrawn as the provider refused to confirm them. */
export function withdrawnByRefusal(
    person: Identity & { readonly name: string },
    requests: Iterable<PortalRequest>,
): PortalRequest[] {
    return [...requests]
        .filter(({ state, holder, requestedBy }) => state === "waiting" && isSame(requestedBy ?? holder, person))
        .map((request) => ({ ...request, state: "withdrawn", note: REFUSED(person.name) }));
}

const REFUSED = (name: string) =>
    `the identity provider no longer confirms ${name}: they have to sign in and request it again`;
