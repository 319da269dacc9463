import type { Terminal } from "./terminal/terminal";

/** The function of a command. It returns the exit status; an error is reported as a failure. */
export type Work<Flags> = (flags: Flags, terminal: Terminal) => Promise<number>;

/** What commander calls with the flags of a command: does the work, and keeps the exit status. */
export type Run = <Flags extends object>(work: Work<Flags>) => (flags: Flags) => Promise<void>;
