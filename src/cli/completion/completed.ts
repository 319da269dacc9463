import type { Command } from "commander";

/** A command with what can follow it. */
export interface Completed {
    /** Such as `ledger tail`; "" is the program. */
    readonly name: string;
    readonly words: readonly Word[];
}

export interface Word {
    readonly word: string;
    readonly about: string;
    readonly kind: "command" | "option" | "value";
    /** The values of an option: a list, or any text, such as a file. @default it takes none */
    readonly takes?: readonly string[] | "any";
}

/** The commands, as they are declared, each with its subcommands after it. */
export function completed(command: Command, name = ""): readonly Completed[] {
    const below = command.commands.map((each) => wordOf(each.name(), each.description(), "command"));
    const values = command.registeredArguments.flatMap(({ argChoices = [], description }) =>
        argChoices.map((choice) => wordOf(choice, description, "value")),
    );
    const options = command.options.flatMap(({ long, description, required, optional, argChoices }): Word[] => {
        if (!long) return [];
        const takes = required || optional ? { takes: argChoices ?? ("any" as const) } : {};
        return [{ ...wordOf(long, description, "option"), ...takes }];
    });
    const help = wordOf("--help", "display help for command", "option");
    const words = [...below, ...helpCommand(command), ...values, ...options, help];
    return [{ name, words }, ...command.commands.flatMap((each) => completed(each, `${name} ${each.name()}`.trim()))];
}

/** `help` is declared by commander itself, for whatever has subcommands. */
function helpCommand({ commands }: Command): Word[] {
    return commands.length === 0 ? [] : [wordOf("help", "display help for command", "command")];
}

function wordOf(word: string, description: string, kind: Word["kind"]): Word {
    return { word, about: firstPart(description), kind };
}

/** The first part of a sentence: a dot within a word, as in `access.grants`, ends none. */
function firstPart(text: string): string {
    const [first = ""] = text.split(/\s*(?:[.:;](?=\s|$)|\()/);
    return first.trim();
}
