import { grantState } from "../../core/portal/agentReport";
import { isOwn } from "../../core/portal/decideApproval";
import { rowsWhere } from "../../core/portal/rowsWhere";
import { type AccessSettings, isEligible } from "../../core/portal/settings/portalSettings";
import type { PortalState } from "../../core/portal/state";
import {
    type Holder,
    identityKey,
    isLive,
    isSame,
    isWaiting,
    type PortalGrant,
    type PortalRequest,
} from "../../core/portal/types";
import type { PersonCaller } from "../callers";
import type { PortalContext } from "../context";
import type { PageQuery } from "./slice";

/** All that the page shows to one visitor. */
export interface HomeView {
    readonly context: PortalContext;
    readonly caller: PersonCaller;
    readonly csrf: string;
    readonly nowMs: number;
    /** What the address of the page says about its lists. */
    readonly query: PageQuery;
    readonly addressProblem: string | undefined;
    /** The caller's grants that have not ended, those that end first in front. */
    readonly grants: readonly PortalGrant[];
    /** The caller's grants that have ended and that Okta still has, by a live agent. */
    readonly leaving: readonly PortalGrant[];
    readonly past: readonly PortalGrant[];
    /** The caller's requests that are not decided yet. */
    readonly waiting: readonly PortalRequest[];
    readonly decided: readonly PortalRequest[];
    /** What the caller may approve, in the order of the settings. */
    readonly approves: readonly AccessSettings[];
    /** Requests about which the caller may decide. */
    readonly forApproval: readonly PortalRequest[];
    /** Break-glass grants that the caller may sign off. */
    readonly forReview: readonly PortalGrant[];
    /** What the caller may request, in the order of the settings. */
    readonly mine: readonly AccessSettings[];
    /** By what other people know a holder: their login or address where it is known, else the user of their grants. */
    readonly knownAs: (holder: Holder) => string | undefined;
    /** Waiting requests of others that the caller may see and has no decision about: for approvers of their accesses, for admins all. */
    readonly askedByOthers: readonly PortalRequest[];
    /** For approvers who are no admins: grants of others that have not ended, of the accesses that they approve. */
    readonly given: readonly PortalGrant[];
    /** For admins: every grant that has not ended. */
    readonly everybody: readonly PortalGrant[];
}

const HISTORY = 20;

export function homeView(
    context: PortalContext,
    state: PortalState,
    caller: PersonCaller,
    { csrf, query }: Pick<HomeView, "csrf" | "query">,
): HomeView {
    const { settings, now } = context;
    const nowMs = now();
    const { person, isAdmin } = caller;
    const own = <T extends PortalGrant | PortalRequest>(rows: Iterable<T>) =>
        rowsWhere(rows, ({ holder }) => isSame(holder, person));
    const grants = own(state.grants.values());
    const requests = own(state.requests.values());
    const approved = settings.accesses.filter(
        ({ approval }) => approval !== undefined && isEligible(approval.approvers, person),
    );
    const approves = new Set(approved.map(({ name }) => name));
    const live = grants.filter((grant) => isLive(grant, nowMs));
    const reports = context.reports();
    const isLeaving = (grant: PortalGrant) => {
        const { state, doubt } = grantState(grant, reports, nowMs);
        return state === "leaving" && doubt === undefined;
    };
    const ended = newest(grants.filter((grant) => !isLive(grant, nowMs)));
    return {
        context,
        caller,
        csrf,
        nowMs,
        query,
        addressProblem: caller.addressProblem,
        grants: live.sort((a, b) => a.expiresAtMs - b.expiresAtMs),
        leaving: ended.filter(isLeaving),
        past: ended.filter((grant) => !isLeaving(grant)).slice(0, HISTORY),
        waiting: newest(requests.filter((request) => isWaiting(request, nowMs))),
        decided: newest(requests.filter((request) => !isWaiting(request, nowMs))).slice(0, HISTORY),
        approves: approved,
        forReview: newest(
            rowsWhere(
                state.grants.values(),
                (grant) =>
                    grant.isBreakGlass === true &&
                    grant.signedOffBy === undefined &&
                    (isAdmin || approves.has(grant.access)) &&
                    !isSame(grant.holder, person),
            ),
        ),
        mine: settings.accesses.filter(
            ({ eligible, breakGlass }) =>
                isEligible(eligible, person) || (breakGlass !== undefined && isEligible(breakGlass.eligible, person)),
        ),
        knownAs: (holder) => state.people.get(identityKey(holder))?.aliases?.[0] ?? holder.user,
        ...ofOthers(state, caller, approves, nowMs),
    };
}

type OfOthers = Pick<HomeView, "forApproval" | "askedByOthers" | "given" | "everybody">;

/** What the caller sees of others: by the accesses that they approve, or as an admin. */
function ofOthers(
    { grants, requests }: PortalState,
    { person, isAdmin }: PersonCaller,
    approves: ReadonlySet<string>,
    nowMs: number,
): OfOthers {
    const waiting = rowsWhere(requests.values(), (each) => isWaiting(each, nowMs));
    waiting.sort((a, b) => a.decideByMs - b.decideByMs);
    const mayDecide = (each: PortalRequest) =>
        approves.has(each.access) &&
        !isOwn(each, person) &&
        !each.approvals.some((approval) => isSame(approval, person));
    const isSeen = ({ holder, access }: PortalGrant | PortalRequest) =>
        !isSame(holder, person) && (isAdmin || approves.has(access));
    const live = newest(rowsWhere(grants.values(), (grant) => isLive(grant, nowMs) && (isAdmin || isSeen(grant))));
    return {
        forApproval: waiting.filter(mayDecide),
        askedByOthers: waiting.filter((each) => isSeen(each) && !mayDecide(each)),
        given: isAdmin ? [] : live,
        everybody: isAdmin ? live : [],
    };
}

function newest<T extends { readonly createdAtMs: number }>(rows: readonly T[]): T[] {
    return [...rows].sort((a, b) => b.createdAtMs - a.createdAtMs);
}
