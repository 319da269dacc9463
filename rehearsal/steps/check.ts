import { fail } from "../../src/core/errors/errors";
import type { Failure, Provider } from "../provider";
import type { Resource } from "../state/state";
import { failByPolicies } from "../values/reason";
import { type Properties, remarked, shown, unmarked } from "../values/values";
import type { Deployment } from "./deployment";
import type { Goal } from "./goal";
import { ignoring } from "./ignored";

/**
 * The inputs that the provider accepts, with secrets marked: the program's, the
 * old ones in place of what `ignoreChanges` names, completed by the provider.
 *
 * @throws `bad-input` for inputs that the provider or a policy refuses
 */
export async function inputsOf(
    goal: Goal,
    old: Resource | undefined,
    provider: Provider,
    { onChecked }: Deployment,
): Promise<Properties> {
    const wanted = old === undefined ? goal.inputs : ignoring(goal.ignoreChanges, goal.inputs, old.inputs);
    const checked = await provider.check(goal, unmarked(old?.inputs ?? {}), unmarked(wanted));
    if (checked.failures.length > 0) {
        fail("bad-input", checked.failures.map((failure) => sentence(failure, wanted)).join("; "));
    }
    const { urn, type, name, protect, ignoreChanges, parent, aliases } = goal;
    const shared = { urn, type, name, protect, ignoreChanges, parent, aliases };
    const violations = await onChecked({ ...shared, inputs: checked.inputs });
    if (violations.length > 0) failByPolicies(violations);
    return remarked(checked.inputs, wanted);
}

/** A property that is not named has a value that is not shown. */
function sentence({ property, reason }: Failure, inputs: Properties): string {
    if (property === "") return reason;
    const value = inputs[property];
    if (value === undefined) return `property ${property} has a problem: ${reason}`;
    return `property ${property} value ${JSON.stringify(shown(value))} has a problem: ${reason}`;
}
