/** What the portal did and refused, for its ledger and its log. Moments are RFC 3339 in UTC. */
export interface PortalEvent {
    readonly type:
        | "portal.started"
        | "portal.stopped"
        /** An operator took a restored or lost store as it is. */
        | "portal.store-accepted"
        | "portal.signed-in"
        | "portal.sign-in-refused"
        | "portal.signed-out"
        | "portal.session-ended"
        | "portal.requested"
        | "portal.approved"
        | "portal.approval-noted"
        | "portal.denied"
        | "portal.withdrawn"
        | "portal.voided"
        | "portal.granted"
        | "portal.changed"
        | "portal.revoked"
        | "portal.person-revoked"
        | "portal.ended"
        | "portal.signed-off"
        | "portal.refused"
        | "portal.device-allowed";
    /** Names the request from here to Okta's answer. */
    readonly request?: string;
    /** Who did it: `iss` and `sub`, and the name that people are shown. */
    readonly by?: { readonly iss: string; readonly sub: string; readonly name: string };
    readonly address?: string;
    /** The first letters of the session's key, which say nothing of its cookie. */
    readonly session?: string;
    readonly access?: string;
    readonly grant?: string;
    readonly user?: string;
    /** The name of the holder of the grant, where that is not `by`. */
    readonly holder?: string;
    /** Of `portal.signed-in`: what the person types to sign in, where the provider says it. */
    readonly login?: string;
    readonly until?: string;
    readonly reason?: string;
    readonly ticket?: string;
    readonly why?: string;
    readonly isBreakGlass?: boolean;
}
