import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { githubSteps, gitlabSteps, type Step } from "./jobs";
import { type Call, openSandbox, type Sandbox } from "./sandbox";

const SECRET = "a-secret-of-the-pipeline";

/** Says what Pulumi says of a stack that was deployed from this commit, and saves plans. PENDING, STALE and FAILED break it. */
const PULUMI = `
case "$1 $2" in
"stack history")
    echo '[{"kind": "update", "result": "succeeded", "startTime": "2026-11-23T08:00:00.000Z",
        "environment": {"git.head": "'"\${DEPLOYED:-$(git rev-parse HEAD)}"'", "git.dirty": "false"}}]' ;;
*)
    echo "~ name: Staff"
    if [ -n "\${FAILED:-}" ]; then exit 255; fi
    previous=
    for word; do
        if [ "$previous" = --save-plan ]; then echo '{}' > "$word"; fi
        if [ "$word" = --expect-no-changes ] && [ -n "\${PENDING:-}" ]; then
            echo "error: no changes were expected for preview but changes were proposed" >&2
            exit 7
        fi
        if [ "$previous" = --plan ] && [ -n "\${STALE:-}" ]; then
            echo "error: resource x violates plan: properties changed: ~~name" >&2
            exit 1
        fi
        previous="$word"
    done ;;
esac`;

const FILES = {
    preview: stackOf("acme-preview", "oktapreview.com", "00oPreview"),
    production: stackOf("acme", "okta.com", "00oProduction"),
};

const PACK = "--policy-pack policies";
const EXCLUDE = "--exclude **ZoneMembership::*";
const PREVIEW = `preview --stack preview --non-interactive --diff --color never --suppress-progress ${PACK}`;
const HISTORY = "--json --page-size 20";
const CHECK = [
    `pulumi stack history --stack preview ${HISTORY}`,
    `pulumi preview --stack preview --expect-no-changes ${EXCLUDE} --non-interactive`,
];
const PLAN = [
    `pulumi stack history --stack production ${HISTORY}`,
    `pulumi preview --stack production --diff --save-plan {work}/.zonekeeper/promotion/plan.json ${PACK} --non-interactive`,
];
const APPLY = [
    `pulumi stack history --stack production ${HISTORY}`,
    `pulumi up --stack production --yes --plan {work}/.zonekeeper/promotion/plan.json ${PACK} --non-interactive`,
];
const DRIFT = "--non-interactive --refresh --diff --suppress-progress --expect-no-changes";

/** Each job that touches a stack, in the order in which they come, and every call of a tool that it makes. */
const JOBS: readonly [system: string, job: string, steps: (values?: Values) => Step[], calls: readonly string[]][] = [
    ["GitHub", "test", github("check.yml", "test"), ["npm ci", "npm test"]],
    ["GitHub", "preview of a pull request", github("check.yml", "preview"), ["npm ci", `pulumi ${PREVIEW}`]],
    [
        "GitHub",
        "comment",
        github("check.yml", "comment"),
        ["gh pr comment 7 --repo acme/access --body-file comment/comment.md --edit-last --create-if-none"],
    ],
    [
        "GitHub",
        "preview",
        github("deploy.yml", "preview"),
        ["npm ci", `pulumi up --stack preview --yes --non-interactive ${PACK}`, "npm run promote -- check", ...CHECK],
    ],
    ["GitHub", "plan", github("deploy.yml", "plan"), ["npm ci", "npm run promote -- plan", ...PLAN]],
    ["GitHub", "production", github("deploy.yml", "production"), ["npm ci", "npm run promote -- apply", ...APPLY]],
    [
        "GitHub",
        "drift",
        github("drift.yml", "drift"),
        ["npm ci", `pulumi preview --stack production ${DRIFT} ${EXCLUDE}`],
    ],
    ["GitLab", "test", gitlab("test"), ["npm ci", "npm test"]],
    ["GitLab", "preview of a merge request", gitlab("preview_of_merge_request"), ["npm ci", `pulumi ${PREVIEW}`]],
    [
        "GitLab",
        "comment",
        gitlab("comment"),
        [
            "curl --config - --fail --silent --show-error --max-time 60 --output /dev/null --data-urlencode " +
                "body@.zonekeeper/comment.md https://gitlab.example.com/api/v4/projects/5/merge_requests/7/notes",
        ],
    ],
    [
        "GitLab",
        "preview",
        gitlab("preview"),
        ["npm ci", `pulumi up --stack preview --yes --non-interactive ${PACK}`, "npm run promote -- check", ...CHECK],
    ],
    ["GitLab", "plan", gitlab("plan"), ["npm ci", "npm run promote -- plan", ...PLAN]],
    ["GitLab", "production", gitlab("production"), ["npm ci", "npm run promote -- apply", ...APPLY]],
    ["GitLab", "drift", gitlab("drift"), ["npm ci", `pulumi preview --stack production ${DRIFT} ${EXCLUDE}`]],
];

describe("the shell of the pipelines", () => {
    let sandbox: Sandbox;

    before(async function () {
        if (process.platform === "win32") this.skip();
        sandbox = await openSandbox(FILES, PULUMI);
        await sandbox.commit();
    });
    after(async () => sandbox?.[Symbol.asyncDispose]());

    for (const [system, job, steps, expected] of JOBS) {
        it(`${system}, ${job}: calls the tools in this order, with no secret in an argument`, async () => {
            const { status, output, calls } = await sandbox.job(steps(), env(sandbox));
            assert.equal(status, 0, output);
            assert.deepEqual(calls.map(words), expected);
            assert.ok(!calls.map(words).join("\n").includes(SECRET));
            assert.ok(!output.includes(SECRET));
        });
    }

    for (const system of ["GitHub", "GitLab"]) {
        const job = (name: string) => JOBS.find(([one, two]) => one === system && two === name)?.[2]() ?? [];

        it(`${system}: goes no further when preview has changes pending`, async () => {
            const { status, output } = await sandbox.job(job("preview"), { ...env(sandbox), PENDING: "yes" });
            assert.match(output, /^refused: preview has changes pending: deploy it, or see who changed its org$/m);
            assert.equal(status, 3);
        });

        it(`${system}: goes no further when preview runs another commit`, async () => {
            const { status, output, calls } = await sandbox.job(job("preview"), { ...env(sandbox), DEPLOYED: "c0" });
            assert.match(output, /^refused: preview runs c0, and not [0-9a-f]{40}$/m);
            assert.equal(status, 3);
            assert.equal(calls.length, 4);
        });

        it(`${system}: calls a stale plan by its name`, async () => {
            const { status, output } = await sandbox.job(job("production"), { ...env(sandbox), STALE: "yes" });
            assert.match(
                output,
                /^refused: the plan is stale: production or its org changed since; make and review a/m,
            );
            assert.equal(status, 3);
        });
    }

    it("deploys no plan of another commit", async () => {
        const plan = JOBS.find(([, name]) => name === "plan")?.[2]() ?? [];
        const production = JOBS.find(([, name]) => name === "production")?.[2]() ?? [];
        const planned = await sandbox.git("rev-parse", "HEAD");
        assert.equal((await sandbox.job(plan, env(sandbox))).status, 0);
        const now = await sandbox.commit();
        const { status, output, calls } = await sandbox.job(production, env(sandbox));
        assert.ok(output.includes(`refused: the plan was made from ${planned}, and this is ${now}\n`));
        assert.equal(status, 3);
        assert.deepEqual(calls.map(words), ["npm ci", "npm run promote -- apply", APPLY[0]]);
    });

    for (const system of ["GitHub", "GitLab"]) {
        it(`${system}: shows a preview that failed, and fails with it`, async () => {
            const [, name, steps] = JOBS.find(([one, two]) => one === system && two.startsWith("preview of")) ?? [];
            const { status } = await sandbox.job(steps?.() ?? [], { ...env(sandbox), FAILED: "yes" });
            assert.equal(status, 255);
            const folder = system === "GitHub" ? "comment" : `preview_of_${name?.split(" ").slice(-2).join("_")}`;
            assert.equal(
                await readFile(join(sandbox.scratch, "artifacts", folder, "comment.md"), "utf8"),
                "### pulumi preview --stack preview: exit status 255\n````diff\n~ name: Staff\n\n````\n",
            );
        });
    }

    it("shows the plan on the page of the run", async () => {
        const summary = await readFile(join(sandbox.scratch, "summary"), "utf8");
        assert.match(summary, /^### The plan of production\n````diff\n~ name: Staff\nthe plan of production from /);
    });
});

type Values = Readonly<Record<string, string>>;

function github(file: string, job: string) {
    return (values: Values = {}) =>
        githubSteps(file, job, {
            ...Object.fromEntries(["OKTA_API_TOKEN", "OKTA_API_PRIVATE_KEY"].map((key) => [`secrets.${key}`, SECRET])),
            ...Object.fromEntries(
                ["PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"].map((key) => [`secrets.${key}`, SECRET]),
            ),
            "vars.PULUMI_BACKEND_URL": "file:///nowhere",
            "github.token": SECRET,
            "github.event.pull_request.number": "7",
            "matrix.stack": "production",
            ...values,
        });
}

function gitlab(job: string) {
    return (values: Values = {}) =>
        gitlabSteps(job, {
            OKTA_API_TOKEN: SECRET,
            PULUMI_CONFIG_PASSPHRASE: SECRET,
            GITLAB_COMMENT_TOKEN: SECRET,
            CI_API_V4_URL: "https://gitlab.example.com/api/v4",
            CI_PROJECT_ID: "5",
            CI_MERGE_REQUEST_IID: "7",
            STACK: "production",
            ...values,
        });
}

function env({ scratch }: Sandbox): Values {
    return { HOME: scratch, GITHUB_REPOSITORY: "acme/access", GITHUB_STEP_SUMMARY: join(scratch, "summary") };
}

/** A call as somebody would type it, wherever the clone is. */
function words({ tool, args }: Call): string {
    return [tool, ...args].join(" ").replace(/\/\S*\/job-\d+\//g, "{work}/");
}

function stackOf(orgName: string, baseUrl: string, orgId: string) {
    return {
        "okta:orgName": orgName,
        "okta:baseUrl": baseUrl,
        "zonekeeper:orgId": orgId,
        "zonekeeper:membership": "agent",
    };
}
