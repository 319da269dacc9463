import type { Completed, Word } from "./completed";

export function fish(all: readonly Completed[]): string {
    const names = all.flatMap(({ name }) => (name === "" ? [] : quoted(` ${name}`)));
    return [
        "# fish completion of zonekeeper: zonekeeper completion fish | source",
        "function __zonekeeper_command",
        "    set -l command",
        "    for word in (commandline -opc)[2..-1]",
        `        if not contains -- "$command $word" ${names.join(" ")}`,
        "            break",
        "        end",
        '        set command "$command $word"',
        "    end",
        '    test "$command" = "$argv[1]"',
        "end",
        ...all.flatMap(({ name, words }) => words.map((word) => completion(name, word))),
    ].join("\n");
}

/** The names of commands begin with a space, as those that the function puts together. */
function completion(name: string, { word, about, kind, takes }: Word): string {
    const when = `__zonekeeper_command ${quoted(name === "" ? "" : ` ${name}`)}`;
    const what = kind === "option" ? `-l ${word.slice(2)}${valuesAfter(takes)}` : `-f -a ${word}`;
    return `complete -c zonekeeper -n ${quoted(when)} ${what} -d ${quoted(about)}`;
}

/** fish completes the value of an option as a file, unless it is told otherwise. */
function valuesAfter(takes: Word["takes"]): string {
    if (takes === undefined) return "";
    return takes === "any" ? " -r" : ` -x -a ${quoted(takes.join(" "))}`;
}

function quoted(text: string): string {
    return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
