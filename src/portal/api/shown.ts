import { isEligible, type PortalSettings } from "../../core/portal/settings/portalSettings";
import { type Caller, callerKey } from "../callers";
import type { Digest } from "./digest";

/**
 * What one caller is shown, as a short text: while it is the same, so is the page. Approvers and admins are shown what is others' as well.
 * A page says it of itself, and the stream of events of each event, so that a change between the two is not missed.
 */
export function shownTo(settings: PortalSettings, caller: Caller, { ofHolder, ofAccess, all }: Digest): string {
    const own = ofHolder.get(callerKey(caller)) ?? 0;
    if (caller.kind !== "person") return String(own);
    if (caller.isAdmin) return `all ${all}`;
    const others = settings.accesses
        .filter(({ approval }) => approval !== undefined && isEligible(approval.approvers, caller.person))
        .map(({ name }) => ofAccess.get(name) ?? 0);
    return [own, ...others].join(" ");
}
