import { beside, until } from "./beside";
import type { Leadership } from "./leadership/leadership";
import { whileLeading } from "./leading";
import { createMembership, type Membership, type MembershipOptions } from "./membership";
import type { Record } from "./telling/events";

export interface AgentOptions extends MembershipOptions {
    readonly leadership: Leadership;
    readonly record: Record;
    /** What else is done while this agent leads, until the signal aborts. @default nothing */
    readonly besides?: readonly ((signal: AbortSignal) => Promise<void>)[];
}

/** One membership, kept around the clock by whichever of several agents leads. */
export interface Agent extends Pick<Membership, "view" | "confirm" | "wake"> {
    /**
     * Until `stop` aborts.
     *
     * @throws what makes going on senseless, see Keeper
     */
    run(stop: AbortSignal): Promise<void>;
}

export function createAgent(options: AgentOptions): Agent {
    const { view, confirm, wake, run, standBy } = createMembership(options);
    const leading = { ...options, standBy };
    const lead = (stop: AbortSignal) => (lost: AbortSignal) =>
        beside(until(lost, options.besides ?? []), () => run(stop, lost));
    return { view, confirm, wake, run: (stop) => whileLeading(leading, stop, lead(stop)) };
}
