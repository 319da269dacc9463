import type { PortalEvent } from "../core/portal/events";
import { isEligible, type WorkloadSettings } from "../core/portal/settings/portalSettings";
import type { PortalSession } from "../core/portal/types";
import { type Holder, type Identity, identityKey, type Person } from "../core/portal/types";
import type { Addressed } from "./addressing";
import type { PortalContext } from "./context";
import type { Visitor } from "./sessions";

/** A person, a device or a workload that asks the portal for something. */
export type Caller = PersonCaller | WorkloadCaller;

export interface PersonCaller {
    readonly kind: "person";
    readonly visitor: Visitor;
    readonly person: Person;
    readonly session: PortalSession;
    readonly isAdmin: boolean;
    /** How they proved who they are. */
    readonly by: "cookie" | "token";
    readonly address: string;
    /** Why the address cannot be granted; undefined where it can. */
    readonly addressProblem: string | undefined;
    /** The address that connects, where Okta saw another one. */
    readonly connection?: string;
}

export interface WorkloadCaller {
    readonly kind: "workload";
    readonly workload: WorkloadSettings;
    readonly identity: Identity;
    readonly run: string;
    /** Names the token: what it creates, it creates once. */
    readonly jti: string;
    readonly expiresAtMs: number;
    readonly address: string;
}

export function personCaller(
    { settings }: Pick<PortalContext, "settings">,
    visitor: Visitor,
    by: PersonCaller["by"],
    { address, problem, connection }: Addressed,
): PersonCaller {
    const { person, session } = visitor;
    const isAdmin = isEligible(settings.admins, person);
    const addressed = { address, addressProblem: problem, ...(connection !== undefined && { connection }) };
    return { kind: "person", visitor, person, session, by, ...addressed, isAdmin };
}

/** How the caller holds grants. */
export function holderOf(caller: Caller): Holder {
    if (caller.kind === "person") {
        const { iss, sub, user, name } = caller.person;
        return { iss, sub, user, name };
    }
    const { iss, sub } = workloadIdentity(caller);
    const { name } = caller.workload;
    return { iss, sub, name: `${name} (run ${caller.run})`, workload: name, run: caller.run };
}

/** A workload's grants belong to its run: another run of the same job has none of them. */
export function workloadIdentity({ identity, run }: WorkloadCaller): Identity {
    return { iss: identity.iss, sub: JSON.stringify([identity.sub, run]) };
}

export function callerKey(caller: Caller): string {
    return identityKey(caller.kind === "person" ? caller.person : workloadIdentity(caller));
}

/** Who did something, from where and in which session, for the ledger. */
export function toldOf(caller: Caller): Pick<PortalEvent, "by" | "address" | "session"> {
    const session = caller.kind === "person" ? { session: caller.visitor.key.slice(0, 8) } : {};
    return { by: actorOf(caller), address: caller.address, ...session };
}

/** For whom somebody did something, for the ledger. */
export function forHolder(
    { user, name, sub }: Holder,
    by: { readonly sub: string; readonly name: string } | undefined,
): Pick<PortalEvent, "user" | "holder"> {
    const isOther = by !== undefined && by.sub !== sub && by.name !== name;
    return { ...(user !== undefined && { user }), ...(isOther && { holder: name }) };
}

/** Who did something. */
export function actorOf(caller: Caller): { readonly iss: string; readonly sub: string; readonly name: string } {
    if (caller.kind === "person") return { iss: caller.person.iss, sub: caller.person.sub, name: caller.person.name };
    return { ...caller.identity, name: holderOf(caller).name };
}
