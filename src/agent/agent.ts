import { concurrently, until } from "./concurrently";
import type { RecordEvent } from "./events/events";
import type { Leadership } from "./leadership/leadership";
import { whileLeading } from "./leadership/whileLeading";
import { createMembership, type Membership, type MembershipOptions } from "./membership";

export interface AgentOptions extends MembershipOptions {
    readonly leadership: Leadership;
    readonly record: RecordEvent;
    /** Additional work while this agent leads, until the signal aborts. @default nothing */
    readonly besides?: readonly ((signal: AbortSignal) => Promise<void>)[];
}

/** An agent with one membership, one of several of which one leads. */
export interface Agent extends Pick<Membership, "view" | "confirm" | "wake"> {
    /**
     * Until `stop` aborts.
     *
     * @throws permanent errors, see Loop
     */
    run(stop: AbortSignal): Promise<void>;
}

export function createAgent(options: AgentOptions): Agent {
    const { view, confirm, wake, run, standBy } = createMembership(options);
    const leading = { ...options, standBy };
    const lead = (stop: AbortSignal) => (lost: AbortSignal) =>
        concurrently(until(lost, options.besides ?? []), () => run(stop, lost));
    return { view, confirm, wake, run: (stop) => whileLeading(leading, stop, lead(stop)) };
}
