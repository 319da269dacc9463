import type { Completed } from "./completed";
import { knownCommands, listedValues, optionsWithAnyValue } from "./lists";

/** Works where it is sourced, also before compinit, and as the file `_zonekeeper` in a folder of fpath. */
export function zsh(all: readonly Completed[]): string {
    const cases = all.map((each) => {
        const described = each.words.map(({ word, about }) => quoted(`${word}:${about}`)).join(" ");
        return `        "${each.name}") found=(${described}); valued=(${optionsWithAnyValue(each).join(" ")}) ;;`;
    });
    const values = listedValues(all).map(([after, list]) => `        "${after}") compadd -- ${list}; return ;;`);
    return [
        "#compdef zonekeeper",
        "# zsh completion of zonekeeper: source <(zonekeeper completion zsh)",
        "_zonekeeper() {",
        `    local command="" word previous="\${words[CURRENT-1]}"`,
        "    local -a found valued",
        `    for word in "\${(@)words[2,CURRENT-1]}"; do`,
        `        case "\${command:+$command }$word" in`,
        `            ${knownCommands(all)}) command="\${command:+$command }$word" ;;`,
        "            *) break ;;",
        "        esac",
        "    done",
        '    case "$command $previous" in',
        ...values,
        "    esac",
        '    case "$command" in',
        ...cases,
        "    esac",
        `    if (( \${valued[(Ie)$previous]} )); then _files; return; fi`,
        "    _describe 'zonekeeper' found || _files",
        "}",
        `if [[ "\${funcstack[1]}" == _zonekeeper ]]; then`,
        '    _zonekeeper "$@"',
        "else",
        "    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }",
        "    compdef _zonekeeper zonekeeper",
        "fi",
    ].join("\n");
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", "'\\''")}'`;
}
