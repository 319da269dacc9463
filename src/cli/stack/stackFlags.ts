import { fail } from "../../core/errors/errors";
import { stackOutputs } from "../../stackOutputs";
import type { Terminal } from "../terminal/terminal";

/** The flags that say what a stack says, too. */
export interface MembershipFlags {
    readonly stack?: string;
    readonly zone?: readonly string[];
    readonly source?: string;
    readonly selector?: readonly string[];
    readonly static?: readonly string[];
    readonly deny?: readonly string[];
    readonly widestPrefix?: string;
    readonly allowUnroutable?: boolean;
    readonly maxRemovals?: string;
}

const IN_STACK = [
    ["zone", "--zone"],
    ["selector", "--selector"],
    ["static", "--static"],
    ["deny", "--deny"],
    ["widestPrefix", "--widest-prefix"],
    ["allowUnroutable", "--allow-unroutable"],
    ["maxRemovals", "--max-removals"],
] as const;

/**
 * The flags, with what the stack says where one is named: `up`, `sync` and an agent then go by the same settings.
 *
 * @throws `bad-input` for what is said twice, and for a stack that cannot be read
 */
export async function withStack<Flags extends MembershipFlags>(flags: Flags, terminal: Terminal): Promise<Flags> {
    const { stack } = flags;
    if (stack === undefined) return flags;
    const twice = IN_STACK.find(([key]) => flags[key] !== undefined);
    if (twice !== undefined) {
        fail("bad-input", `${twice[1]} is a setting of the stack already: leave it out with --stack, and set it there`);
    }
    const { zoneIds, settings } = await stackOutputs(stack, terminal);
    if (flags.source !== undefined && settings.source !== undefined) {
        fail("bad-input", "--source is a setting of the stack already: leave it out with --stack, and set it there");
    }
    const { source, selector, staticGateways, deny, widestPrefix, allowUnroutable, maxRemovals } = settings;
    return {
        ...flags,
        zone: zoneIds,
        ...(source && { source: JSON.stringify(source) }),
        ...(selector && { selector: Object.entries(selector).map(([key, value]) => `${key}=${value}`) }),
        ...(staticGateways && { static: staticGateways }),
        ...(deny && { deny }),
        ...(widestPrefix !== undefined && { widestPrefix: String(widestPrefix) }),
        ...(allowUnroutable !== undefined && { allowUnroutable }),
        ...(maxRemovals !== undefined && { maxRemovals }),
    };
}
