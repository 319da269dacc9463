import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** A command with what can follow it. */
interface Completed {
    /** Such as `ledger tail`; "" is the program. */
    readonly name: string;
    readonly words: readonly { readonly word: string; readonly about: string; readonly isFlag: boolean }[];
}

/** A script for a shell that completes the commands and options of the program, as they are declared. */
export function completionScript(program: Command, shell: Shell): string {
    const all = completed(program, "");
    return { bash, zsh, fish }[shell](all);
}

function completed(command: Command, name: string): Completed[] {
    const below = command.commands.map((each) => ({
        word: each.name(),
        about: firstSentence(each.description()),
        isFlag: false,
    }));
    const flags = command.options.flatMap(({ long, description }) =>
        long ? [{ word: long, about: firstSentence(description), isFlag: true }] : [],
    );
    const help = { word: "--help", about: "display help for command", isFlag: true };
    const rest = command.commands.flatMap((each) => completed(each, `${name} ${each.name()}`.trim()));
    return [{ name, words: [...below, ...flags, help] }, ...rest];
}

/** Without what a shell would take for its own. */
function firstSentence(text: string): string {
    return (text.split(/[.:;(]/)[0] ?? "").replace(/[^\w ,/=-]/g, "").trim();
}

/** The commands as a pattern of `case`: an argument of a command is none of them. */
function known(all: readonly Completed[]): string {
    return all.flatMap(({ name }) => (name === "" ? [] : `"${name}"`)).join("|");
}

function bash(all: readonly Completed[]): string {
    const cases = all.map(({ name, words }) => {
        return `        "${name}") words="${words.map(({ word }) => word).join(" ")}" ;;`;
    });
    return [
        "# bash completion of zonekeeper: source <(zonekeeper completion bash)",
        "_zonekeeper() {",
        `    local current="\${COMP_WORDS[COMP_CWORD]}" command="" words="" word`,
        `    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
        `        case "\${command:+$command }$word" in`,
        `            ${known(all)}) command="\${command:+$command }$word" ;;`,
        "            *) break ;;",
        "        esac",
        "    done",
        '    case "$command" in',
        ...cases,
        "    esac",
        '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
        `    if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi`,
        "}",
        "complete -F _zonekeeper zonekeeper",
    ].join("\n");
}

function zsh(all: readonly Completed[]): string {
    const cases = all.map(({ name, words }) => {
        const described = words.map(({ word, about }) => `'${word}:${about}'`).join(" ");
        return `        "${name}") words_=(${described}) ;;`;
    });
    return [
        "#compdef zonekeeper",
        "# zsh completion of zonekeeper: source <(zonekeeper completion zsh)",
        "_zonekeeper() {",
        '    local command="" word',
        "    local -a words_",
        `    for word in "\${(@)words[2,CURRENT-1]}"; do`,
        `        case "\${command:+$command }$word" in`,
        `            ${known(all)}) command="\${command:+$command }$word" ;;`,
        "            *) break ;;",
        "        esac",
        "    done",
        '    case "$command" in',
        ...cases,
        "    esac",
        "    _describe 'zonekeeper' words_ || _files",
        "}",
        "compdef _zonekeeper zonekeeper",
    ].join("\n");
}

function fish(all: readonly Completed[]): string {
    const lines = all.flatMap(({ name, words }) => {
        const [, parent = ""] = /^(?:.* )?(\S+)$/.exec(name) ?? [];
        const when = name === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${parent}`;
        return words.map(({ word, about, isFlag }) => {
            const what = isFlag ? `-l ${word.slice(2)}` : `-f -a ${word}`;
            return `complete -c zonekeeper -n "${when}" ${what} -d '${about}'`;
        });
    });
    return ["# fish completion of zonekeeper: zonekeeper completion fish | source", ...lines].join("\n");
}
