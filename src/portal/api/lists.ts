import { rowsWhere } from "../../core/portal/rowsWhere";
import { isEligible } from "../../core/portal/settings/portalSettings";
import type { PortalState } from "../../core/portal/state";
import { isSame, type PortalGrant, type PortalRequest } from "../../core/portal/types";
import { type Caller, holderOf } from "../callers";
import type { PortalContext } from "../context";

/** Newest first, and no more than this. */
const MOST = 1000;

/** The caller's own grants; with `all`, those that they may see: approvers those of their accesses, admins all. */
export function grantsFor(context: PortalContext, state: PortalState, caller: Caller, all: boolean): PortalGrant[] {
    const may = visibleTo(context, caller, all);
    return newestFirst(rowsWhere(state.grants.values(), may));
}

/** The same for requests. */
export function requestsFor(context: PortalContext, state: PortalState, caller: Caller, all: boolean): PortalRequest[] {
    const may = visibleTo(context, caller, all);
    return newestFirst(rowsWhere(state.requests.values(), may));
}

function visibleTo({ settings }: PortalContext, caller: Caller, all: boolean) {
    const own = holderOf(caller);
    const isOwn = ({ holder }: PortalGrant | PortalRequest) => isSame(holder, own);
    if (!all || caller.kind !== "person") return isOwn;
    if (caller.isAdmin) return () => true;
    const approves = new Set(
        settings.accesses
            .filter(({ approval }) => approval !== undefined && isEligible(approval.approvers, caller.person))
            .map(({ name }) => name),
    );
    return (each: PortalGrant | PortalRequest) => isOwn(each) || approves.has(each.access);
}

function newestFirst<T extends { readonly createdAtMs: number }>(rows: readonly T[]): T[] {
    return [...rows].sort((a, b) => b.createdAtMs - a.createdAtMs).slice(0, MOST);
}
