import type { Completed } from "./completed";
import { knownCommands, listedValues, optionsWithAnyValue } from "./lists";

/** What is none of ours is completed as bash does by default, as a file. */
export function bash(all: readonly Completed[]): string {
    const cases = all.map((each) => {
        const words = each.words.map(({ word }) => word).join(" ");
        return `        "${each.name}") words="${words}" valued=" ${optionsWithAnyValue(each).join(" ")} " ;;`;
    });
    const values = listedValues(all).map(([after, list]) => `        "${after}") words="${list}" ;;`);
    return [
        "# bash completion of zonekeeper: source <(zonekeeper completion bash)",
        "_zonekeeper() {",
        `    local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"`,
        '    local command="" words="" valued="" word',
        "    COMPREPLY=()",
        `    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
        `        case "\${command:+$command }$word" in`,
        `            ${knownCommands(all)}) command="\${command:+$command }$word" ;;`,
        "            *) break ;;",
        "        esac",
        "    done",
        '    case "$command" in',
        ...cases,
        "    esac",
        '    case "$command $previous" in',
        ...values,
        "    esac",
        '    case "$valued" in *" $previous "*) return ;; esac',
        '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
        "}",
        "complete -o default -F _zonekeeper zonekeeper",
    ].join("\n");
}
