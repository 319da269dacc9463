// Grants access in the step, waits until Okta has it, and revokes it in the post step. Node runs it; it needs no package.
const { spawnSync } = require("node:child_process");
const { appendFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");

const { env } = process;
const [LOOK_MS, MOST_LOOKS] = [1_000, 120];

/** Runs zonekeeper without a shell, so that no input can be taken for a command. */
function zonekeeper(...args) {
    const [program, ...before] = (env.INPUT_ZONEKEEPER || "npx --yes zonekeeper@0.1").split(/\s+/);
    const all = [...before, ...args, "--portal", env.INPUT_PORTAL || env.STATE_portal || ""];
    const { status, stdout, error } = spawnSync(program, all, {
        stdio: ["ignore", "pipe", "inherit"],
        encoding: "utf8",
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`zonekeeper ${args[0]} ended with status ${status}; its message is above`);
    return JSON.parse(stdout);
}

/** A line of one of GitHub's files; a line break would be the next one. */
function note(file, name, value) {
    if (file) appendFileSync(file, `${name}=${String(value).replace(/[\r\n]/g, " ")}\n`);
}

async function begin() {
    const flags = ["duration", "reason", "ticket"].flatMap((name) => {
        const value = env[`INPUT_${name.toUpperCase()}`];
        return value ? [`--${name}`, value] : [];
    });
    const grant = zonekeeper("grant", env.INPUT_ACCESS || "", ...flags, "--json");
    if (grant.state === "waiting" && grant.approvals)
        throw new Error("the access needs an approval, which no job can wait for");
    // Before anything else may fail: the post step revokes what is noted here.
    note(env.GITHUB_STATE, "grant", grant.id);
    note(env.GITHUB_STATE, "portal", env.INPUT_PORTAL);
    note(env.GITHUB_OUTPUT, "grant", grant.id);
    note(env.GITHUB_OUTPUT, "expires-at", grant.expiresAt);
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
        const found = zonekeeper("grants", "--json").grants.find(({ id }) => id === grant.id);
        if (found && ["accepted", "effective"].includes(found.state)) {
            console.log(`${found.access} from ${found.addresses.join(", ")} until ${found.expiresAt}`);
            return;
        }
        if (!found || ["ended", "refused"].includes(found.state))
            throw new Error(`the grant is ${found?.state ?? "gone"}`);
        await sleep(LOOK_MS);
    }
    throw new Error("Okta was not told of the grant within two minutes");
}

/** What cannot be revoked ends by itself: that fails no job whose work is done. */
function end() {
    try {
        zonekeeper("revoke", env.STATE_grant, "--json");
        console.log(`revoked ${env.STATE_grant}`);
    } catch (error) {
        console.log(`::warning::the grant ${env.STATE_grant} was not revoked and ends by itself: ${error.message}`);
    }
}

if (env.STATE_grant) end();
else if (!env.STATE_isPost) {
    note(env.GITHUB_STATE, "isPost", true);
    begin().catch((error) => {
        console.log(`::error::${error.message}`);
        process.exitCode = 1;
    });
}
