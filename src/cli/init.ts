import { existsSync } from "node:fs";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";

import { version } from "../../package.json";
import { fail } from "../core/errors/errors";
import { makeFolder } from "../folder";
import { fileProblem } from "../sources/file/fileProblem";
import { shellWord } from "./terminal/shellWord";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface InitFlags {
    readonly directory: string;
    readonly template: "pulumi" | "agent" | "portal";
    readonly json?: boolean;
}

/** npm packs no file of this name. The one of the Pulumi template is for `pulumi new`, which takes a template from Git. */
const IGNORED = {
    pulumi: "node_modules/\n",
    agent: "node_modules/\nzonekeeper-state/\n",
    portal: "node_modules/\nzonekeeper-state/\nzonekeeper-portal/\nportal.jsonl*\n",
};

const DESCRIPTION = "Okta network zones whose gateways are the grants that are active now";

/** As other tools make folders: an image that is built of the project may run as another user. */
const FOR_ALL = 0o777;

/** Writes a project from a template, into a folder that has nothing in it yet. */
export async function init({ directory, template, json }: InitFlags, terminal: Terminal): Promise<number> {
    const target = resolve(terminal.directory, directory);
    const source = templateFolder(template);
    const files = await filesIn(source);
    await checkEmpty(target);
    const cannot = (cause: unknown): never =>
        fail("bad-input", `cannot write to ${target}: ${fileProblem(cause) ?? String(cause)}`);
    await makeFolder(target, FOR_ALL).catch(cannot);
    for (const file of files) await write(join(source, file), join(target, file), nameOf(target)).catch(cannot);
    await writeFile(join(target, ".gitignore"), IGNORED[template]).catch(cannot);
    const written = [...files, ".gitignore"].sort();
    terminal.out(
        json ? JSON.stringify({ directory: target, files: written }) : nextSteps(target, template, written, terminal),
    );
    return STATUS.done;
}

/** Next to this file's folder in the package, and one level higher in a checkout. */
function templateFolder(template: string): string {
    const places = ["../templates", "../../templates"].map((place) => join(__dirname, place, template));
    return (
        places.find((place) => existsSync(place)) ??
        fail("bad-input", "the templates are not part of this installation")
    );
}

async function filesIn(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const paths = files.map(({ name, parentPath }) => relative(folder, join(parentPath, name)));
    return paths.filter((path) => path !== ".gitignore").sort();
}

/** A repository that has nothing but its .git is empty enough. */
async function checkEmpty(target: string): Promise<void> {
    const names = await readdir(target).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return [];
        if (cause.code === "ENOTDIR") return fail("bad-input", `${target} is a file, or below one: name a folder`);
        return fail("bad-input", `cannot use the folder ${target}: ${fileProblem(cause) ?? cause.message}`);
    });
    const found = names.filter((name) => name !== ".git").sort();
    if (found.length === 0) return;
    const some = found.slice(0, 3).join(", ");
    fail("bad-input", `the folder ${target} is not empty (${some}${found.length > 3 ? ", …" : ""}): name another one`);
}

/** What `pulumi new` puts in for these words, too. */
async function write(from: string, to: string, name: string): Promise<void> {
    await makeFolder(dirname(to), FOR_ALL);
    if (!/\.(json|ya?ml|ts|mjs)$/.test(from)) return cp(from, to);
    const text = await readFile(from, "utf8");
    const filled = text.replace(/\$\{PROJECT\}/g, name).replace(/\$\{DESCRIPTION\}/g, DESCRIPTION);
    const ours = filled.replace(/("zonekeeper": )"\^[^"]*"/, `$1"^${version}"`);
    // What pulumi new asks is not part of the project that it writes.
    await writeFile(to, basename(to) === "Pulumi.yaml" ? ours.replace(/^template:\n(?: .*\n)*/m, "") : ours);
}

/** What to do once the portal of the template runs. */
const PORTAL_PEOPLE = [
    "",
    "Then open http://127.0.0.1:9465 and sign in as one of these; the emulated Okta asks for no password:",
    "  ana@example.com    grants herself Payroll, and asks for Production",
    "  lea@example.com    approves requests for Production",
    "  adam@example.com   sees and revokes every grant",
];

/** A name that npm and Pulumi take, from that of the folder. */
function nameOf(target: string): string {
    const word = basename(target)
        .toLowerCase()
        .replace(/[^a-z0-9-]+/g, "-")
        .replace(/^[^a-z]+|-+$/g, "");
    return word === "" ? "zones" : word;
}

function nextSteps(
    target: string,
    template: InitFlags["template"],
    written: readonly string[],
    terminal: Terminal,
): string {
    const place = relative(terminal.directory, target);
    const own = {
        pulumi: ["npm run emulator &", "pulumi stack init dev", "OKTA_API_TOKEN=any pulumi up"],
        agent: ["npm run emulator &", "OKTA_API_TOKEN=any npm start"],
        portal: [
            "npm run emulator &",
            'export PORTAL_SESSION_SECRET="$(openssl rand -base64 32)"',
            "OKTA_API_TOKEN=any PORTAL_CLIENT_SECRET=only-for-the-emulator npm start",
        ],
    }[template];
    const steps = [...(place === "" ? [] : [`cd ${shellWord(place)}`]), "npm install", "npm test", ...own];
    const head = `Wrote ${written.length} files to ${target}: ${written.join(", ")}.`;
    const after = template === "portal" ? PORTAL_PEOPLE : [];
    return [head, "", "It runs against the emulator:", ...steps.map((step) => `  ${step}`), ...after].join("\n");
}
