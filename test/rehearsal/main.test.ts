import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { main } from "../../rehearsal/main";
import { openTrial, TOKEN, type Trial } from "./trial";

describe("rehearse", () => {
    let trial: Trial;
    before(async () => {
        trial = await openTrial("awkward");
    });
    after(() => trial[Symbol.asyncDispose]());

    async function run(...args: readonly string[]) {
        const [out, err]: [string[], string[]] = [[], []];
        const { env = {} } = trial.options();
        const status = await main(args, {
            directory: "test/fixtures/projects",
            env: { ...env, OKTA_API_TOKEN: TOKEN },
            out: (text) => out.push(text),
            err: (text) => err.push(text),
            signal: new AbortController().signal,
        });
        return { status, out: out.join("\n"), err: err.join("\n") };
    }

    const stack = () => ["--stack", "dev", "--directory", "awkward", "--state", trial.statePath];
    const okta = () => ["--config", `okta:httpProxy=${trial.okta.url}`];

    it("deploys with configuration from a file, from the call and from the environment, and says that it is a rehearsal", async () => {
        const file = join(dirname(trial.statePath), "config.yaml");
        await writeFile(file, "config: { awkward:case: secret }");
        const result = await run(
            "up",
            ...stack(),
            ...okta(),
            "--config-file",
            file,
            "--config",
            "case=renamed",
            "--secret",
            "okta:apiToken=env:OKTA_API_TOKEN",
        );
        assert.equal(result.err, "A rehearsal of pulumi up: an engine of our own stands in for the Pulumi CLI.");
        assert.match(result.out, /^Rehearsal of up, awkward\/dev \(no Pulumi CLI takes part\)\n/);
        assert.match(result.out, /\nDone: 3 created$/);
        assert.equal(result.status, 0);
    });

    it("prints one document for programs", async () => {
        const result = await run("destroy", ...stack(), ...okta(), "--json");
        assert.deepEqual([result.status, result.err, JSON.parse(result.out).ok], [0, "", true]);
        assert.deepEqual(
            JSON.parse(result.out).steps.map(({ op }: { op: string }) => op),
            ["delete", "delete", "delete"],
        );
    });

    it("fails with the program, without a stack", async () => {
        const result = await run("preview", ...stack(), ...okta(), "--config", "case=runError");
        assert.equal(result.status, 1);
        assert.match(result.out, /\nerror: set zonekeeper:source\n\nFailed: 1 to create$/);
        assert.doesNotMatch(result.out + result.err, /^\s+at /m);
    });

    const wrong: [because: string, args: string[], err: RegExp][] = [
        ["no operation", ["deploy"], /unknown command 'deploy'/],
        ["no stack", ["up"], /required option '--stack <name>' not specified/],
        ["no project", ["up", "--stack", "dev"], /^rehearse: cannot read .*projects\/Pulumi\.yaml: ENOENT/],
        [
            "a value without a key",
            ["up", "--stack", "dev", "--directory", "awkward", "--secret", "hush"],
            /^rehearse: "a value" has no key: write key=value \[ZK002\]$/,
        ],
        [
            "a variable that is not set",
            ["up", "--stack", "dev", "--directory", "awkward", "--secret", "a=env:NONE"],
            /^rehearse: the environment has no variable NONE \[ZK002\]$/,
        ],
    ];
    for (const [because, args, err] of wrong) {
        it(`refuses a call with ${because}`, async () => {
            const result = await run(...args);
            assert.deepEqual([result.status, result.out], [2, ""]);
            assert.match(result.err, err);
            assert.doesNotMatch(result.err, /hush/);
        });
    }
});
