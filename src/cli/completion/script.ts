import type { Command } from "commander";

import { bash } from "./bash";
import { completed } from "./completed";
import { fish } from "./fish";
import { zsh } from "./zsh";

export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** A script for a shell that completes the commands and options of the program, as they are declared. */
export function completionScript(program: Command, shell: Shell): string {
    return { bash, zsh, fish }[shell](completed(program));
}
