import type { Asking } from "../../../src/core/portal/decideGrant";
import type { AccessSettings } from "../../../src/core/portal/settings/portalSettings";
import type { Person } from "../../../src/core/portal/types";

const HOUR = 3_600_000;

/** An access that needs nobody. */
export const ACCESS: AccessSettings = {
    name: "payroll",
    title: "Payroll",
    eligible: { groups: ["Staff"], users: [] },
    duration: { usualMs: 4 * HOUR, maxMs: 8 * HOUR, isExtendable: true },
    reason: "optional",
    ticket: undefined,
    isGrantedOnLogin: false,
    isProduction: undefined,
    approval: undefined,
    breakGlass: undefined,
    labels: { access: "payroll" },
};

/** One that two approvers have to agree to. */
export const APPROVED: AccessSettings = {
    ...ACCESS,
    approval: { approvers: { groups: ["Leads"], users: [] }, count: 2, requestTimeoutMs: HOUR },
    breakGlass: { eligible: { groups: ["SRE"], users: [] }, durationMs: HOUR },
};

export function person(rest: Partial<Person>): Person {
    return { iss: "https://idp", sub: "s", user: "u", name: "A Person", groups: [], checkedAtMs: 0, ...rest };
}

export const PERSON = person({ sub: "ana", user: "ana", name: "Ana", groups: ["Staff"], address: "203.0.113.7" });

/** A request of PERSON for ACCESS. */
export function asking(rest: Partial<Asking>): Asking {
    const { iss, sub, user, name, groups } = PERSON;
    return {
        access: ACCESS,
        ask: {},
        holder: { iss, sub, user, name },
        groups,
        address: "203.0.113.7",
        addressProblem: undefined,
        grants: [],
        requests: [],
        maxAddresses: 3,
        nowMs: 0,
        id: "g1",
        requestId: "r1",
        ...rest,
    };
}
