import { codeNamed } from "../../core/errors/codes";

/** To whoever asks an agent that stands by for what only the one that leads can do. */
export const STANDBY = "this agent stands by: ask the one that leads";

export const NOT_LEADING = codeNamed("agent-not-leading").code;
