import { listed } from "../doctor/verdict";
import { titleOf } from "../reasons/reason";
import type { Line, MembershipNow, WhyFacts } from "./whyFacts";

/** Lines about the source, and about the agent that writes the zones. */
export function sourceLines({ sourceProblem, agent, membership, clockProblem }: WhyFacts): Line[] {
    const lines: Line[] = [];
    if (sourceProblem !== undefined) {
        const known = membership?.value?.isKnown === true ? "; the grants that were read before stay in force" : "";
        const next = "Correct the source as the message says: until then nobody new gets in.";
        lines.push({ kind: "source", status: "bad", subject: "source", message: `${sourceProblem}${known}`, next });
    } else if (membership?.value !== undefined) {
        lines.push({ kind: "source", status: "ok", subject: "source", message: "the grants could be read" });
    }
    lines.push(...brakeLine(membership?.value));
    if (clockProblem !== undefined) {
        lines.push({ kind: "clock", status: "unknown", subject: "clock", message: clockProblem });
    }
    return agent === undefined ? lines : [...lines, agentLine(agent)];
}

/** The line about the removal brake. A held grant of the person has a line of its own. */
function brakeLine(membership: MembershipNow | undefined): Line[] {
    if (membership === undefined || !membership.isKnown) return [];
    const { holds, heldBecause } = membership;
    const make = (status: Line["status"], message: string): Line[] => {
        return [{ kind: "brake", status, subject: "removal brake", message }];
    };
    if (holds.length === 0) return make("ok", "the removal brake holds nothing");
    const some = listed(holds.map(({ address }) => address));
    return make(
        "unknown",
        `${some} would go, and stays until that is confirmed${heldBecause ? `: ${heldBecause}` : ""}`,
    );
}

function agentLine(agent: NonNullable<WhyFacts["agent"]>): Line {
    const make = (status: Line["status"], message: string): Line => {
        return { kind: "agent", status, subject: agent.at, message };
    };
    const who = agent.at === THIS_AGENT ? agent.at : `the agent at ${agent.at}`;
    if (agent.problem !== undefined) return make("unknown", `no agent could be asked at ${agent.at}: ${agent.problem}`);
    if (!agent.isLeading) return make("unknown", `${who} does not lead: ${agent.notReady.join("; ")}`);
    if (agent.notReady.length === 0) return make("ok", `${who} leads, and all is in force`);
    return make("unknown", `${who} says: ${agent.notReady.join("; ")}`);
}

/** In the place of an address, where an agent answers for itself. */
export const THIS_AGENT = "this agent";

const MOST_WRITERS = 3;

/** Lines about the writers of the zones in the last day; the agent may be one of them. */
export function writerLines({ changes, zones }: WhyFacts): Line[] {
    if (changes.unknown !== undefined) {
        const message = `who wrote the zones could not be read: ${changes.unknown.reason}`;
        return [{ kind: "writer", status: "unknown", subject: "System Log", message }];
    }
    const seen = new Set<string>();
    const latest = changes.value
        .filter(({ actorId }) => !seen.has(actorId) && seen.add(actorId))
        .slice(0, MOST_WRITERS);
    return latest.map(({ zoneId, actorId, actorName, atMs }) => {
        const zone = zones.value?.find(({ id }) => id === zoneId);
        const title = zone === undefined ? zoneId : titleOf(zone);
        const message = `${title} was written by ${actorName} (${actorId}), last at ${new Date(atMs).toISOString()}`;
        return { kind: "writer", status: "ok", subject: title, message };
    });
}
