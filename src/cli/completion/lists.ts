import type { Completed } from "./completed";

/** The commands as a pattern of `case` in bash and zsh: an argument of a command is none of them. */
export function knownCommands(all: readonly Completed[]): string {
    return all.flatMap(({ name }) => (name === "" ? [] : `"${name}"`)).join("|");
}

/** The options of a command that take a value, whatever it is. */
export function optionsWithAnyValue({ words }: Completed): readonly string[] {
    return words.flatMap(({ word, takes }) => (takes === "any" ? [word] : []));
}

/** What an option may be followed by, by the command and the option: `init --template`. */
export function listedValues(all: readonly Completed[]): readonly (readonly [after: string, values: string])[] {
    return all.flatMap(({ name, words }) =>
        words.flatMap(({ word, takes }) =>
            Array.isArray(takes) ? [[`${name} ${word}`, takes.join(" ")] as const] : [],
        ),
    );
}
