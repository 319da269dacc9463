import type { Facts } from "./facts";
import { listed, ok, type Verdict, warn } from "./verdict";

/** Checks that the agent of the given configuration leads, by its own status. */
export function agentLeads({ agent }: Facts): Verdict | undefined {
    if (agent === undefined) return undefined;
    if (agent.problem !== undefined) {
        return warn(
            `no agent could be asked at ${agent.at}: ${agent.problem}`,
            "Run the doctor where the agent listens, with its token, or start the agent: until one leads, nobody new gets in.",
        );
    }
    if (!agent.isLeading) return warn(`the agent at ${agent.at} does not lead: ${listed(agent.notReady)}`);
    if (agent.notReady.length === 0) return ok(`the agent at ${agent.at} leads, and all is in force`);
    return warn(
        `the agent at ${agent.at} leads, and not all is in force: ${listed(agent.notReady)}`,
        "See what the agent says, and lastError in its /api/status.",
    );
}
