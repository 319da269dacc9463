import type { WhyOfOkta } from "../../agent/main";
import { openCheckedClock } from "../../checkedClock";
import { systemClock } from "../../clock";
import { fail } from "../../core/errors/errors";
import { THIS_AGENT } from "../../core/why/agentLines";
import { readSubject } from "../../core/why/subject";
import { why } from "../../core/why/why";
import { oktaHttp } from "../../okta/http";
import { fetchForOkta } from "../../outgoing/outgoingFetch";
import type { Terminal } from "../terminal/terminal";
import { gatherWhy } from "./gatherWhy";
import { setupOf } from "./setup";

/** Answers as `zonekeeper why --config` does, for an agent that is asked over HTTP: its own view stands for source and memory. */
export function whyOfOkta(oktaUrl: string | undefined, terminal: Pick<Terminal, "env" | "directory">): WhyOfOkta {
    return async ({ subject, membership, settings, view, signal }) => {
        const asked = readSubject(subject);
        if (asked.kind === "event file")
            return fail("bad-input", "give a login, an address, a chain or the id of an event");
        const setup = setupOf(membership, settings, oktaUrl === undefined ? {} : { okta: oktaUrl }, terminal);
        const time = openCheckedClock(systemClock);
        const http = oktaHttp({
            connection: setup.connection,
            ...time,
            fetch: time.hearing(fetchForOkta(setup.connection, terminal.env)),
            // The agent needs what is left of the rate limit.
            maxThrottleWaitMs: 0,
        });
        const { isLeading, notReady, source, grants, holds, heldBecause } = view;
        const isKnown = source.lastReadAt !== undefined || grants.length > 0;
        const sourceProblem = source.healthy ? undefined : (source.problem ?? "its source cannot be read");
        const status = { isLeading, notReady, sourceProblem, membership: { grants, holds, heldBecause, isKnown } };
        const facts = await gatherWhy(asked, {
            ...setup,
            policyId: undefined,
            credential: setup.connection.credential,
            http,
            source: undefined,
            memory: undefined,
            denials: [],
            askAgent: async () => ({ at: THIS_AGENT, status }),
            isSparing: true,
            clock: time,
            signal,
        });
        return why({ ...facts, unusable: view.unusable });
    };
}
