import type { AgentView, GrantView, MembershipView, SourceView } from "./view";

/**
 * The combined view of all memberships of an agent.
 *
 *   field                                      of several memberships
 *   zones, grants                              all, each with its membership
 *   held, holds, refused, clearings, statics   all
 *   unusable                                   all, those of a shared source once
 *   notReady                                   each reason with its membership
 *   source                                     healthy where each is; read when the first of them was read last
 *   okta                                       the org with the smallest part of its limit left
 *   lastError                                  the latest
 *   lastSuccessAt                              the earliest; absent while one has none
 *
 * @param form `one`: the view of the only membership, unchanged.
 */
export function combinedView(views: readonly MembershipView[], form: "one" | "several"): AgentView {
    const [first] = views;
    if (first === undefined) throw new Error("an agent has at least one membership");
    if (form === "one") return first;
    const lastError = views.flatMap((view) => view.lastError ?? []).sort((a, b) => b.at.localeCompare(a.at))[0];
    const heldBecause = views.flatMap((view) => withName(view, view.heldBecause)).join("; ");
    const successes = views.map(({ lastSuccessAt }) => lastSuccessAt);
    const { isLeading, lockState, clock } = first;
    return {
        zones: views.flatMap(({ name, zones }) => zones.map((zone) => ({ membership: name, ...zone }))),
        get grants() {
            return [...grantsOfEach(views)];
        },
        *eachState() {
            for (const view of views) yield* view.eachState();
        },
        eachGrant: () => grantsOfEach(views),
        source: combinedSource(views),
        okta: scarcest(views),
        ...(lastError !== undefined && { lastError }),
        ...(clock !== undefined && { clock }),
        isLeading,
        ...(lockState !== undefined && { lockState }),
        held: [...new Set(views.flatMap(({ held }) => held))],
        holds: views.flatMap(({ holds }) => holds),
        ...(heldBecause !== "" && { heldBecause }),
        staticGateways: [...new Set(views.flatMap(({ staticGateways }) => staticGateways))],
        refused: views.flatMap(({ refused }) => refused),
        unusable: distinctBy(views.flatMap(({ unusable }) => unusable)),
        clearings: views.flatMap(({ clearings }) => clearings),
        notReady: isLeading
            ? views.flatMap((view) => view.notReady.flatMap((why) => withName(view, why)))
            : first.notReady,
        ...(successes.every((at) => at !== undefined) && { lastSuccessAt: successes.sort()[0] ?? "" }),
    };
}

/** The grants of several memberships, each with the name of its own. */
export function* grantsOfEach(views: readonly MembershipView[]): Generator<GrantView> {
    for (const view of views) {
        for (const grant of view.eachGrant()) yield { membership: view.name, ...grant };
    }
}

function withName({ name }: MembershipView, text: string | undefined): string[] {
    return text === undefined ? [] : [`${name}: ${text}`];
}

function combinedSource(views: readonly MembershipView[]): SourceView {
    const sources = views.map(({ source }) => source);
    const reads = sources.map(({ lastReadAt }) => lastReadAt);
    const problems = [...new Set(sources.flatMap(({ problem }) => problem ?? []))];
    return {
        type: [...new Set(sources.map(({ type }) => type))].join(", "),
        healthy: sources.every(({ healthy }) => healthy),
        ...(reads.every((at) => at !== undefined) && { lastReadAt: reads.sort()[0] ?? "" }),
        ...(problems.length > 0 && { problem: problems.join("; ") }),
    };
}

function scarcest(views: readonly MembershipView[]): AgentView["okta"] {
    const left = ({ okta: { rateLimit } }: MembershipView) =>
        rateLimit === undefined ? Infinity : rateLimit.remaining / Math.max(1, rateLimit.limit);
    return views.reduce((least, view) => (left(view) < left(least) ? view : least)).okta;
}

function distinctBy<Item>(items: readonly Item[]): readonly Item[] {
    return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
