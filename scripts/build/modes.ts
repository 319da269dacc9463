import { chmodSync, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What npm puts into every package, whatever `files` says. */
const ALWAYS = ["package.json", "README.md", "LICENSE"];

/** Gives all that is packed the modes that git gives, so that the same commit is packed to the same bytes everywhere. */
export function normaliseModes(root: string, files: readonly string[]): void {
    for (const path of [...ALWAYS, ...files].flatMap((name) => filesIn(root, name))) {
        const isProgram = (statSync(path).mode & 0o100) !== 0;
        chmodSync(path, isProgram ? 0o755 : 0o644);
    }
}

function filesIn(root: string, name: string): string[] {
    const path = join(root, name);
    // Where an image is built, there is only what it needs.
    if (!existsSync(path)) return [];
    if (!statSync(path).isDirectory()) return [path];
    const below = readdirSync(path, { recursive: true, encoding: "utf8" }).map((file) => join(path, file));
    return below.filter((file) => statSync(file).isFile());
}
