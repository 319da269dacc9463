import type { Facts } from "../facts";

/**
 * Whether a process, or one before it of the same agent, was started while the clock was wrong. An agent that stands by asks
 * Okta nothing, so that such a clock is all that it has to tell which of the grants that it knows have ended.
 */
export function mayMistakeTime({ trace, lifeOf, timesOf }: Facts, process: number): boolean {
    const { agent, fromMs } = lifeOf(process);
    return trace.processes.some(
        (life) => life.agent === agent && life.fromMs <= fromMs && timesOf(life.id, life.fromMs).length > 1,
    );
}
