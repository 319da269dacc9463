import { DOUBT_TEXT, type ShownState } from "./agentReport";
import { isLive, type PortalGrant, type PortalRequest } from "./types";

/** What the page says after a form: texts, and moments that the page writes as clock times. */
export type Told = readonly (string | { readonly atMs: number })[];

export interface GrantOutcome {
    /** `granted`: made, or confirmed at its start; `extended`: its end was moved; `moved`: an address was added. */
    readonly done: "granted" | "extended" | "moved" | "revoked" | "signed-off";
    /** The grant as the store has it now, its state, and the title of its access. */
    readonly grant: PortalGrant;
    readonly shown: ShownState;
    readonly title: string;
    readonly isOwn: boolean;
    /** When another grant of the same holder for the same access and address ends; undefined where there is none. */
    readonly otherUntilMs?: number | undefined;
    readonly nowMs: number;
}

/**
 * What is true of a grant after an action of a visitor; undefined where it is not as they left it, so that an address
 * that was made up says nothing.
 *
 *   done         the grant now                         says
 *   granted      starts later                          when it starts, and that the address is confirmed then
 *   granted      no agent confirms it                  that nobody may be in yet, and why
 *   granted      pending, accepted or effective        how far it has come
 *   granted      waiting or refused                    that it does not let anybody in, and why
 *   extended     live                                  its end
 *   moved        live                                  the new address, then as granted
 *   revoked      ended                                 whether it is out of Okta, and which grant goes on
 *   signed-off   signed off                            that it is
 */
export function grantOutcome(outcome: GrantOutcome): Told | undefined {
    const { done, grant, title, nowMs } = outcome;
    if (done === "signed-off") {
        return grant.signedOffBy === undefined
            ? undefined
            : [`The break-glass grant of ${grant.holder.name} is signed off.`];
    }
    if (done === "revoked") return isLive(grant, nowMs) ? undefined : revoked(outcome);
    if (!isLive(grant, nowMs)) return undefined;
    if (done === "extended") {
        return [`${whose(outcome)} ${title} now ends `, { atMs: grant.expiresAtMs }, `.${unconfirmed(outcome)}`];
    }
    const [, ...added] = grant.addresses;
    if (done === "moved" && added.length > 0) {
        return [`${title} is also for ${added.at(-1)} now. ${progress(outcome)}`];
    }
    return granted(outcome);
}

function granted(outcome: GrantOutcome): Told {
    const { grant, title, isOwn, nowMs } = outcome;
    const what = isOwn
        ? `${title} is granted`
        : `${title} is granted to ${grant.holder.name} from ${grant.addresses[0]}`;
    if (nowMs < grant.startsAtMs) {
        const then = !isOwn || grant.isUnconfirmed !== true ? "" : " Come back here then, and confirm your address.";
        return [`${what}, and starts `, { atMs: grant.startsAtMs }, `.${then}`];
    }
    if (grant.isUnconfirmed === true) return [`${what}. Confirm your address to begin.`];
    return [`${what}. ${progress(outcome)}`];
}

function progress({ shown: { state, doubt, why }, isOwn }: GrantOutcome): string {
    const nobody = isOwn ? "You may not get in yet" : "They may not get in yet";
    if (doubt !== undefined && doubt !== "new") return `${nobody}: ${DOUBT_TEXT[doubt]}.`;
    if (state === "waiting" || state === "refused") {
        return `${isOwn ? "You do" : "They do"} not get in with it${why === undefined ? "" : `: ${why}`}.`;
    }
    if (state === "effective") return isOwn ? "Okta lets you in." : "Okta lets them in.";
    if (state === "accepted") return "Okta has it, and needs about a minute to spread it to all its servers.";
    return "Okta hears of it within seconds, and needs about a minute to spread it to all its servers.";
}

function revoked(outcome: GrantOutcome): Told {
    const { title, shown, otherUntilMs } = outcome;
    if (otherUntilMs !== undefined) {
        return [`This grant for ${title} has ended. Another one goes on until `, { atMs: otherUntilMs }, "."];
    }
    const rest =
        shown.doubt !== undefined
            ? ` Whether it is out of Okta is not confirmed: ${DOUBT_TEXT[shown.doubt]}.`
            : shown.state === "leaving"
              ? " Okta hears of it within seconds."
              : "";
    return [`${whose(outcome)} ${title} has ended.${rest}`];
}

function unconfirmed({ shown: { doubt } }: GrantOutcome): string {
    return doubt === undefined || doubt === "new" ? "" : ` That is not confirmed: ${DOUBT_TEXT[doubt]}.`;
}

function whose({ isOwn, grant }: GrantOutcome): string {
    return isOwn ? "Your" : `${grant.holder.name}'s`;
}

export interface RequestOutcome {
    readonly done: "requested" | "approved" | "noted" | "denied" | "withdrawn";
    readonly request: PortalRequest;
    readonly title: string;
    /** Whether the reader holds the request. */
    readonly isOwn: boolean;
    /** How many approvals it takes. */
    readonly needed: number;
}

/** The same for a request. */
export function requestOutcome({ done, request, title, isOwn, needed }: RequestOutcome): Told | undefined {
    const { state, approvals, holder } = request;
    const whose = isOwn ? "Your request" : `${holder.name}'s request`;
    const missing = needed - approvals.length;
    switch (done) {
        case "requested":
            return state === "waiting" ? [`${whose} for ${title} waits for an approver.`] : undefined;
        case "noted":
            return state === "waiting" && approvals.length > 0
                ? [`You approved ${whose.replace("Your", "your")} for ${title}. ${count(missing)} needed.`]
                : undefined;
        case "approved":
            return state === "approved" ? [`${whose} for ${title} is approved.`] : undefined;
        default:
            return state === done ? [`${whose} for ${title} is ${done}.`] : undefined;
    }
}

function count(missing: number): string {
    return missing === 1 ? "One more approval is" : `${missing} more approvals are`;
}
