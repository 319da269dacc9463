import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const ROOT = join(__dirname, "../..");

/** What a job does, in the words that both systems share. */
export type Step =
    | { readonly kind: "run"; readonly script: string; readonly env: Readonly<Record<string, string>> }
    | { readonly kind: "save"; readonly name: string; readonly path: string; readonly always: boolean }
    | { readonly kind: "load"; readonly name: string; readonly path: string };

export type Values = Readonly<Record<string, string>>;

interface GithubStep {
    readonly run?: string;
    readonly uses?: string;
    readonly if?: string;
    readonly env?: Values;
    readonly with?: Readonly<Record<string, unknown>>;
}

interface GithubFile {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly GithubStep[] }>>;
}

/**
 * The steps of a job of a GitHub workflow.
 *
 * @param values Of its expressions: `{"secrets.OKTA_API_TOKEN": "…"}`. One that is missing is an error.
 */
export function githubSteps(file: string, job: string, values: Values): Step[] {
    const { jobs } = parse(readFileSync(join(ROOT, ".github/workflows", file), "utf8")) as GithubFile;
    const filled = (text: string) =>
        text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, name: string) => values[name] ?? missing(name));
    return (jobs[job] ?? missing(job)).steps.flatMap((step): Step[] => {
        const env = Object.entries(step.env ?? {}).map(([key, text]) => [key, filled(text)]);
        if (step.run !== undefined) return [{ kind: "run", script: step.run, env: Object.fromEntries(env) }];
        return artifact(step);
    });
}

function artifact({ uses = "", if: when, with: options = {} }: GithubStep): Step[] {
    const [name, path] = [String(options.name), String(options.path)];
    if (uses.startsWith("actions/download-artifact@")) return [{ kind: "load", name, path }];
    if (!uses.startsWith("actions/upload-artifact@")) return [];
    // GitHub leaves out files and folders that begin with a dot, unless told otherwise.
    if (options["include-hidden-files"] !== true) missing("include-hidden-files");
    return [{ kind: "save", name, path, always: when === "always()" }];
}

interface GitlabJob {
    readonly before_script?: readonly string[];
    readonly script: readonly string[];
    readonly needs?: readonly string[];
    readonly artifacts?: { readonly paths: readonly string[]; readonly when?: string };
}

/** The steps of a job of GitLab; `env` is what its variables are. */
export function gitlabSteps(job: string, env: Values): Step[] {
    const reference = { tag: "!reference", collection: "seq", resolve: (seq: unknown) => seq } as const;
    const file = parse(readFileSync(join(ROOT, ".gitlab-ci.yml"), "utf8"), { customTags: [reference] });
    const { before_script = file.default.before_script, script, needs = [], artifacts } = file[job] as GitlabJob;
    const saved = (name: string) => ((file[name] as GitlabJob).artifacts?.paths ?? []).map((path) => ({ name, path }));
    return [
        // GitLab puts each artifact back where it was.
        ...needs.flatMap((from) =>
            saved(from).map(({ name, path }) => ({ kind: "load", name, path: path.replace(/[^/]+$/, "") }) as const),
        ),
        { kind: "run", script: [...before_script, ...script].join("\n"), env },
        ...saved(job).map((to) => ({ kind: "save", ...to, always: artifacts?.when === "always" }) as const),
    ];
}

function missing(what: string): never {
    throw new Error(`there is no ${what}`);
}
