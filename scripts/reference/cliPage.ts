import { HELP } from "../../src/cli/arguments/helpText";
import { main } from "../../src/cli/main";

/** The help of every command, as it prints it itself: `docs/reference/cli.md`. */
export async function cliPage(): Promise<string> {
    const sections: string[] = [];
    for (const name of Object.keys(HELP)) {
        sections.push(`## zonekeeper ${name}\n\n\`\`\`text\n${await helpOf(name.split(" "))}\n\`\`\`\n`);
    }
    return `# Command line\n\n${NOTE}\n\n${sections.join("\n")}`;
}

const NOTE =
    "The help of each command, as `zonekeeper COMMAND --help` prints it. [Commands](commands.md) explains them.\n" +
    "`npm run reference` writes this page.";

async function helpOf(command: readonly string[]): Promise<string> {
    const lines: string[] = [];
    const out = (text: string) => void lines.push(text.trimEnd());
    await main([...command, "--help"], { env: {}, directory: ".", width: 100, out, err: out });
    return lines.join("\n");
}
