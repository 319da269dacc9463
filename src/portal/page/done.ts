import { html, type Markup } from "../../agent/page/markup";
import { DOUBT_TEXT, grantState, isSilent } from "../../core/portal/agentReport";
import {
    type GrantOutcome,
    grantOutcome,
    type RequestOutcome,
    requestOutcome,
    type Told,
} from "../../core/portal/outcome";
import type { PortalState } from "../../core/portal/state";
import { isCalled, isLive, isSame, type PortalGrant } from "../../core/portal/types";
import { accessNamed, mayKnowRequest } from "../actions/decideRequest";
import type { PersonCaller } from "../callers";
import type { PortalContext } from "../context";
import { textIn } from "../http/request";
import { clockText } from "./forms";

/** What a form did, and to what: the page says what is true of it by then. */
export interface Done {
    readonly done: GrantOutcome["done"] | RequestOutcome["done"] | "revoked-person";
    /** Of the grant or the request; for `revoked-person`, the user. */
    readonly id: string;
}

const OF_GRANTS: readonly string[] = ["granted", "extended", "moved", "revoked", "signed-off"];
const OF_REQUESTS: readonly string[] = ["requested", "approved", "noted", "denied", "withdrawn"];

/** The line that the page shows after a form; nothing where it would not be true, or about what the visitor may not see. */
export function doneLine(context: PortalContext, state: PortalState, caller: PersonCaller, query: unknown): Markup {
    const [done, id] = [textIn(query, "done") ?? "", textIn(query, "id") ?? ""];
    const told = toldOf(context, state, caller, { done, id });
    if (told === undefined) return html``;
    const nowMs = context.now();
    const text = told.map((part) => (typeof part === "string" ? part : clockText(part.atMs, nowMs)));
    return html`<p class="done" role="status">${text}</p>`;
}

function toldOf(
    context: PortalContext,
    state: PortalState,
    caller: PersonCaller,
    { done, id }: { readonly done: string; readonly id: string },
): Told | undefined {
    if (done === "revoked-person" && caller.isAdmin) return personTold(context, state, id);
    if (OF_REQUESTS.includes(done)) {
        const request = state.requests.get(id);
        if (request === undefined) return undefined;
        const asked = request.requestedBy !== undefined && isSame(request.requestedBy, caller.person);
        if (!asked && !mayKnowRequest(context, caller, request)) return undefined;
        const access = accessNamed(context, request.access);
        return requestOutcome({
            done: done as RequestOutcome["done"],
            request,
            title: access?.title ?? request.access,
            isOwn: isSame(request.holder, caller.person),
            needed: access?.approval?.count ?? 1,
        });
    }
    const grant = OF_GRANTS.includes(done) ? state.grants.get(id) : undefined;
    if (grant === undefined) return undefined;
    const isOwn = isSame(grant.holder, caller.person);
    if (!isOwn && !caller.isAdmin && done !== "signed-off") return undefined;
    const nowMs = context.now();
    return grantOutcome({
        done: done as GrantOutcome["done"],
        grant,
        shown: grantState(grant, context.reports(), nowMs),
        title: accessNamed(context, grant.access)?.title ?? grant.access,
        isOwn,
        otherUntilMs: otherUntil(state, grant, nowMs),
        nowMs,
    });
}

/** When the last of the holder's other grants ends that let them in to the same from the same address. */
function otherUntil({ grants }: PortalState, grant: PortalGrant, nowMs: number): number | undefined {
    const ends = [...grants.values()]
        .filter((each) => each.id !== grant.id && each.access === grant.access && isSame(each.holder, grant.holder))
        .filter((each) => isLive(each, nowMs) && each.startsAtMs <= nowMs && each.isUnconfirmed !== true)
        .filter(({ addresses }) => addresses.some((address) => grant.addresses.includes(address)))
        .map(({ expiresAtMs }) => expiresAtMs);
    return ends.length === 0 ? undefined : Math.max(...ends);
}

function personTold(
    { reports, now }: PortalContext,
    { grants, revocations }: PortalState,
    user: string,
): Told | undefined {
    const nowMs = now();
    if (![...revocations.values()].some((each) => each.user === user)) return undefined;
    const theirs = [...grants.values()].filter(
        ({ holder }) => holder.user !== undefined && isCalled({ user: holder.user }, user),
    );
    if (theirs.some((grant) => isLive(grant, nowMs))) return undefined;
    const isNobodyHeard = reports().every((report) => isSilent(report, nowMs));
    const rest = isNobodyHeard
        ? ` Whether it is out of Okta is not confirmed: ${DOUBT_TEXT["no-agent"]}.`
        : " The agent takes it out of Okta, and ends their sessions there.";
    return [`All access of ${user} has ended here.${rest}`];
}
