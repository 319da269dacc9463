import { codeNamed } from "../../../core/errors/codes";

/** The answer of a standby to a request that only the leader can serve. */
export const STANDBY = "this agent stands by: ask the one that leads";

export const NOT_LEADING = codeNamed("agent-not-leading").code;
