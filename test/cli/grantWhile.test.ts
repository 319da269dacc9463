import { strict as assert } from "node:assert";

import { extend, grant, revoke } from "../../src/cli/access";
import { BIN, ROOT, start } from "../support/run";
import { MINUTE, openFakePortal } from "./fakePortal";

function terminalOf(env: Readonly<Record<string, string>>) {
    const said: string[] = [];
    return {
        env,
        directory: ROOT,
        out: (text: string) => said.push(text),
        err: (text: string) => said.push(text),
        said,
    };
}

type Run = (portal: string, terminal: ReturnType<typeof terminalOf>) => Promise<number>;

const grantOnce: Run = (portal, terminal) => grant({ access: "payroll", portal, command: [] }, terminal);
const extendOnce: Run = (portal, terminal) => extend({ portal, id: "g-1", duration: "2h" }, terminal);

const ENDS: Readonly<Record<string, readonly [command: readonly string[], status: number]>> = {
    succeeds: [["sh", "-c", "exit 0"], 0],
    "fails with a status of its own": [["sh", "-c", "exit 7"], 7],
    "is ended by SIGTERM": [["sh", "-c", "kill -TERM $$"], 143],
    "is ended by SIGKILL": [["sh", "-c", "kill -KILL $$"], 137],
};

describe("zonekeeper grant ACCESS -- COMMAND", () => {
    for (const [how, [command, expected]] of Object.entries(ENDS)) {
        it(`passes the status on and revokes where the command ${how}`, async () => {
            await using portal = await openFakePortal();
            const status = await grant({ access: "payroll", portal: portal.url, command }, terminalOf(portal.env));
            assert.equal(status, expected);
            assert.deepEqual(portal.calls(), [
                "POST /api/v1/grants",
                "GET /api/v1/grants",
                "DELETE /api/v1/grants/g-1",
            ]);
        });
    }

    it("revokes where the command cannot be started, and reports it", async () => {
        await using portal = await openFakePortal();
        const flags = { access: "payroll", portal: portal.url, command: ["no-such-program-here"] };
        await assert.rejects(grant(flags, terminalOf(portal.env)), {
            code: "bad-input",
            message: "cannot run no-such-program-here: there is no such program",
        });
        assert.equal(portal.calls().at(-1), "DELETE /api/v1/grants/g-1");
    });

    it("revokes with a token of now, and again where the portal fails once", async () => {
        await using portal = await openFakePortal({ failures: 1 });
        await grant({ access: "payroll", portal: portal.url, command: ["true"] }, terminalOf(portal.env));
        const bearers = portal.asked.map(({ bearer }) => bearer);
        assert.deepEqual(bearers, ["job-0", "job-1", "job-2", "job-3"]);
        assert.deepEqual(portal.calls().slice(-2), ["DELETE /api/v1/grants/g-1", "DELETE /api/v1/grants/g-1"]);
    });

    it("asks again with the same key where an answer is lost, for grant and extend", async () => {
        for (const run of [grantOnce, extendOnce]) {
            await using portal = await openFakePortal({ lost: 1 });
            assert.equal(await run(portal.url, terminalOf(portal.env)), 0);
            const keys = portal.asked.filter(({ method }) => method !== "GET").map(({ key }) => key);
            assert.equal(keys.length, 2);
            assert.match(keys[0] ?? "", /^[0-9a-f-]{36}$/);
            assert.equal(keys[0], keys[1]);
        }
    });

    it("runs nothing where the agent refuses the grant, and gives it back", async () => {
        await using portal = await openFakePortal({ state: "refused" });
        const flags = { access: "payroll", portal: portal.url, command: ["false"] };
        await assert.rejects(
            grant(flags, terminalOf(portal.env)),
            /the agent refused the grant: the command was not run/,
        );
        assert.equal(portal.calls().at(-1), "DELETE /api/v1/grants/g-1");
    });

    it("runs nothing where an approval is needed, and withdraws the request", async () => {
        await using portal = await openFakePortal({ status: 202 });
        const flags = { access: "payroll", portal: portal.url, command: ["false"] };
        await assert.rejects(grant(flags, terminalOf(portal.env)), /needs an approval: the request was withdrawn/);
        assert.deepEqual(portal.calls(), ["POST /api/v1/grants", "POST /api/v1/requests/g-1"]);
    });

    it("gives the grant back where a signal comes while Okta is waited for, and where it comes later", async () => {
        for (const state of ["pending", "accepted"]) {
            await using portal = await openFakePortal({ state });
            const looked = portal.until(({ method }) => method === "GET");
            const args = [BIN, "grant", "payroll", "--portal", portal.url, "--"];
            const sleeping = start([...args, "sh", "-c", "echo started; exec sleep 100"], { env: portal.env });
            await (state === "pending" ? looked : sleeping.firstLine);
            sleeping.child.kill("SIGTERM");
            const { status } = await sleeping.ended;
            assert.equal(status, 143);
            assert.equal(portal.calls().at(-1), "DELETE /api/v1/grants/g-1");
        }
    });
});

/** What a job is told that has no token. */
const JOBS: Readonly<Record<string, readonly [env: Readonly<Record<string, string>>, message: RegExp]>> = {
    "in GitHub Actions": [
        { GITHUB_ACTIONS: "true" },
        /the job has no token: give it permissions: \{ id-token: write \}/,
    ],
    "in GitLab CI": [{ GITLAB_CI: "true" }, /id_tokens: \{ ZONEKEEPER_ID_TOKEN: \{ aud: https:\/\/a\.example \} \}/],
    "in GitHub Actions, with empty variables": [
        { GITHUB_ACTIONS: "true", ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" },
        /the job has no token: give it permissions: \{ id-token: write \}/,
    ],
    "in GitLab CI, with an empty token": [
        { GITLAB_CI: "true", ZONEKEEPER_ID_TOKEN: "" },
        /the job has no token: give it id_tokens/,
    ],
    elsewhere: [{}, /run zonekeeper login/],
};

describe("a job without a token", () => {
    for (const [where, [env, message]] of Object.entries(JOBS)) {
        it(`gets a remedy ${where}`, async () => {
            const terminal = terminalOf({ HOME: "/nonexistent", ...env });
            await assert.rejects(grant({ access: "x", portal: "https://a.example", command: [] }, terminal), message);
        });
    }
});

/** A grant of so many minutes that started so many minutes ago, and the new duration; the usual one is an hour, the longest two. */
const EXTENSIONS: readonly (readonly [agoMin: number, lastsMin: number, duration: string | undefined])[] = [
    [29.5, 60, "1h30m"],
    [80, 90, "2h"],
    [10, 120, undefined],
];

describe("zonekeeper extend ID", () => {
    for (const [agoMin, lastsMin, duration] of EXTENSIONS) {
        const what = duration === undefined ? "changes nothing of" : `sets to ${duration}`;
        it(`${what} a grant of ${lastsMin} min that started ${agoMin} min ago`, async () => {
            await using portal = await openFakePortal({ agoMs: agoMin * MINUTE, lastsMs: lastsMin * MINUTE });
            const extended = extend({ portal: portal.url, id: "g-1" }, terminalOf(portal.env));
            if (duration === undefined) await assert.rejects(extended, /2h from its start is the most/);
            else assert.equal(await extended, 0);
            const patches = portal.asked.filter(({ method }) => method === "PATCH").map(({ body }) => JSON.parse(body));
            assert.deepEqual(patches, duration === undefined ? [] : [{ duration }]);
        });
    }
});

describe("zonekeeper revoke", () => {
    it("says when a grant ended, and not until when it would have lasted", async () => {
        await using portal = await openFakePortal();
        const terminal = terminalOf(portal.env);
        await revoke({ portal: portal.url }, terminal);
        assert.match(terminal.said.join("\n"), /^payroll {2}ended {2}from 203\.0\.113\.7 {2}ended at \S+Z {2}\(g-1\)$/);
    });

    it("ends the others where one of all cannot be ended, and fails", async () => {
        await using portal = await openFakePortal({ ids: ["g-1", "g-2", "g-3"], failures: 1 });
        const terminal = terminalOf(portal.env);
        await assert.rejects(revoke({ portal: portal.url }, terminal), { code: "portal-unavailable" });
        assert.deepEqual(
            portal.calls().slice(1),
            ["g-1", "g-2", "g-3"].map((id) => `DELETE /api/v1/grants/${id}`),
        );
        assert.match(terminal.said.join("\n"), /\(g-2\)\n.*\(g-3\)$/);
    });
});
