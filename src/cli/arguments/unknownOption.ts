import type { Command } from "commander";

import { nearest } from "../../core/errors/nearest";

/**
 * The first option of a call that its command does not know, in a sentence with what was meant; undefined where all are
 * known. commander looks for what is missing first, and then tells of --zone being missing where --zoen was written.
 *
 * @param args Without the program's own name.
 */
export function unknownOption(program: Command, args: readonly string[]): string | undefined {
    const command = commandIn(program, args);
    const known = command.options.flatMap(({ long, short }) => [long ?? [], short ?? []].flat());
    const flags = ["--help", "-h", ...(command === program ? ["--version"] : []), ...known];
    for (const arg of args) {
        if (arg === "--") return undefined;
        const [, flag] = /^(--?[a-zA-Z][\w-]*)/.exec(arg) ?? [];
        if (
            flag === undefined ||
            flags.includes(flag) ||
            (!flag.startsWith("--") && flags.includes(flag.slice(0, 2)))
        ) {
            continue;
        }
        const meant = nearest(flag, flags);
        return `unknown option '${flag}'${meant === undefined ? "" : ` (Did you mean ${meant}?)`}`;
    }
    return undefined;
}

/** The command that the words at the beginning name. */
function commandIn(program: Command, args: readonly string[]): Command {
    let command = program;
    for (const arg of args) {
        const next = command.commands.find((each) => each.name() === arg);
        if (next === undefined) return command;
        command = next;
    }
    return command;
}
