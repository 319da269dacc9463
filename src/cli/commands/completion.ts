import { Argument, type Command } from "commander";

import { completionScript, SHELLS, type Shell } from "../completion/script";
import type { Run } from "../run";
import { STATUS } from "../terminal/terminal";

export function completionCommand(program: Command, run: Run): void {
    const print = run<{ readonly shell: Shell }>(async ({ shell }, { out }) => {
        out(completionScript(program, shell));
        return STATUS.done;
    });
    program
        .command("completion")
        .description("A script that completes commands and options in a shell.")
        .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
        .action((shell: Shell) => print({ shell }));
}
