import { isAbout } from "../../core/why/aboutSubject";
import { openSlices } from "../../sources/slices";
import { grantsOfEach } from "./combinedView";
import type { AgentView, GrantView, MembershipView } from "./view";
import { withFields } from "./withFields";

/** Grants between two looks at the time that they took. */
const AT_ONCE = 100;

/** What a grant costs to judge and to write as text, in microseconds. */
const GRANT_COST = 5;

/** The grants of a view in pieces, between which timers and requests run. */
export async function* grantPieces(view: Pick<AgentView, "eachGrant">): AsyncGenerator<readonly GrantView[]> {
    const slices = openSlices();
    let piece: GrantView[] = [];
    for (const grant of view.eachGrant()) {
        piece.push(grant);
        if (piece.length < AT_ONCE) continue;
        yield piece;
        const turn = slices.spend(piece.length * GRANT_COST);
        if (turn !== undefined) await turn;
        piece = [];
    }
    if (piece.length > 0) yield piece;
}

/** The same view, with its list of grants made in pieces. */
export async function gathered<View extends AgentView>(view: View): Promise<View> {
    const grants: GrantView[] = [];
    for await (const piece of grantPieces(view)) grants.push(...piece);
    return withFields(view, { grants }) as View;
}

/** What it costs to see whether a grant is about a subject, in microseconds. */
const LOOK_COST = 0.5;

/** A gathered view with the grants that a question is about, found in slices; what is known otherwise stays. */
export async function viewAbout<View extends AgentView>(view: View, text: string): Promise<View> {
    const slices = openSlices();
    const isMeant = isAbout(text);
    const grants: GrantView[] = [];
    for (const grant of view.grants) {
        if (isMeant(grant)) grants.push(grant);
        const turn = slices.spend(LOOK_COST);
        if (turn !== undefined) await turn;
    }
    const isKnown = view.source.lastReadAt !== undefined || view.grants.length > 0;
    return withFields(view, { grants, isKnown });
}

/** The view of all memberships, and each of them where there are several, with their grants made in pieces. */
export async function gatheredViews(view: AgentView, memberships: readonly MembershipView[] | undefined) {
    if (memberships === undefined) return { view: await gathered(view), several: undefined };
    const several: MembershipView[] = [];
    for (const membership of memberships) several.push(await gathered(membership));
    return { view: await gathered(withFields(view, { eachGrant: () => grantsOfEach(several) })), several };
}
