import { isDeepStrictEqual } from "node:util";

import type { Provider } from "../provider";
import type { Resource } from "../state/state";
import { type Properties, unmarked } from "../values/values";
import { differences } from "./diff";
import { type Goal, providerUrn } from "./goal";

export type Decision = "same" | "update" | "replace" | "delete-then-replace";

/**
 * What is to be done with a resource that exists.
 *
 *   provider says      and                                   decision
 *   no change          nothing else                          same
 *   no change          the last create or update was partial update
 *   it does not know   the inputs are equal                  same
 *   it does not know   they differ                           update
 *   change                                                   update
 *   change             of a property that needs replacement  replace, or delete-then-replace
 *   anything           another provider is in charge now     replace, or delete-then-replace
 *   anything           replaceOnChanges names what differs   replace, or delete-then-replace
 */
export async function decide(goal: Goal, old: Resource, inputs: Properties, provider: Provider): Promise<Decision> {
    const [olds, news] = [unmarked(old.inputs), unmarked(inputs)];
    const known = { id: old.id, inputs: olds, outputs: unmarked(old.outputs) };
    const { changes, replaces, deleteBeforeReplace } = await provider.diff(goal, known, news);
    const isMoved = old.provider !== providerUrn(goal.provider);
    const changed = differences(old.inputs, inputs).map(({ path }) => path);
    const isForced = goal.replaceOnChanges.some((path) => changed.some((change) => isWithin(change, path)));
    if (isMoved || isForced || (changes !== false && replaces.length > 0)) {
        return (goal.deleteBeforeReplace ?? deleteBeforeReplace) ? "delete-then-replace" : "replace";
    }
    const differs = changes ?? !isDeepStrictEqual(olds, news);
    return differs || old.problems.length > 0 ? "update" : "same";
}

function isWithin(change: string, path: string): boolean {
    return path === "*" || change === path || change.startsWith(`${path}.`) || change.startsWith(`${path}[`);
}
