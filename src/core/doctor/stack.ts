import { formatSpan } from "../addresses/ip";
import { parseRules, type Rules } from "../membership/rules";
import type { StackOutputs } from "../settings/stackOutputs";
import type { Facts } from "./facts";
import { bad, listed, ok, type Verdict } from "./verdict";

/** The zones and rules that an agent or a stack has in effect. */
export interface Followed {
    readonly zoneIds: readonly string[];
    readonly rules: Rules;
}

/**
 * Names of the settings, as the stack has them, in which an agent and its stack differ. Order means nothing, but for
 * zones.
 */
export function stackDifferences({ zoneIds, rules }: Followed, outputs: StackOutputs): string[] {
    const theirs = parseRules(outputs.settings);
    const texts = (spans: Rules["deny"]) => spans.map(formatSpan).sort();
    const of = (each: Rules) => ({
        staticGateways: texts(each.staticGateways),
        deny: texts(each.deny),
        selector: Object.entries(each.selector).sort(),
        widestPrefix: each.widestPrefix,
        allowUnroutable: each.allowUnroutable,
        maxRemovals: each.maxRemovals,
    });
    const [mine, stack] = [
        { zoneIds, ...of(rules) },
        { zoneIds: outputs.zoneIds, ...of(theirs) },
    ];
    const keys = Object.keys(mine) as (keyof typeof mine)[];
    return keys.filter((key) => JSON.stringify(mine[key]) !== JSON.stringify(stack[key]));
}

/**
 * Checks that an agent has the settings of its stack: otherwise `pulumi up`, `sync --stack` and the agent undo each
 * other's writes.
 */
export function settingsAreTheStacks({ stack }: Facts): Verdict | undefined {
    if (stack === undefined) return undefined;
    const { name, differences } = stack;
    if (differences.length === 0) return ok(`the agent goes by the settings of the stack ${name}`);
    return bad(
        `the agent and the stack ${name} differ in ${listed(differences)}`,
        `Write stack: ${name} in the agent's configuration in place of these, and set them in the stack.`,
    );
}
