import { strict as assert } from "node:assert";

import { type OpenLeadershipOptions, openLeadership } from "../../../src/agent/leadership/open";
import { systemClock } from "../../../src/clock";
import type { LeaderSettings } from "../../../src/core/settings/agentSettings";
import { sharedClock } from "../../support/sharedClock";

const options: OpenLeadershipOptions = {
    state: "zonekeeper-state",
    directory: "/agent",
    env: { DATABASE_URL: "postgres://zk:s3cr3t@db.example.com:5432/grants" },
    clock: systemClock,
    nonce: () => "n1",
    onTrouble: () => {},
};

describe("openLeadership", () => {
    const names: readonly (readonly [settings: LeaderSettings, name: string])[] = [
        [{ type: "file" }, "lock file zonekeeper-state/leader.lock"],
        [{ type: "file", path: "/run/zk.lock" }, "lock file /run/zk.lock"],
        [{ type: "postgres", url: "env:DATABASE_URL" }, "PostgreSQL lock 2064384911 of db.example.com:5432/grants"],
        [{ type: "postgres", url: "env:DATABASE_URL", key: 7 }, "PostgreSQL lock 7 of db.example.com:5432/grants"],
    ];
    for (const [settings, name] of names) {
        it(`opens the ${name}`, () => assert.equal(openLeadership(settings, options).name, name));
    }

    it("wants the secret to be where the setting says", () => {
        assert.throws(() => openLeadership({ type: "postgres", url: "env:NOWHERE" }, options), {
            code: "bad-input",
            message: "the environment variable NOWHERE is not set; env:NOWHERE reads a secret from it",
        });
    });

    it("wants the URL of a database, and does not repeat what it got", () => {
        const env = { DATABASE_URL: "host=db password=s3cr3t" };
        assert.throws(() => openLeadership({ type: "postgres", url: "env:DATABASE_URL" }, { ...options, env }), {
            code: "bad-input",
            message: "env:DATABASE_URL holds no URL such as postgres://user:password@host/database",
        });
    });

    it("knows that it is in no pod", () => {
        assert.throws(() => openLeadership({ type: "kubernetes", name: "zk" }, options), { code: "bad-input" });
    });

    it("reports a reason for waiting once, not at every try", async () => {
        const told: string[] = [];
        const clock = sharedClock();
        const env = { DATABASE_URL: "postgres://zk@127.0.0.1:1/grants" };
        const leadership = openLeadership(
            { type: "postgres", url: "env:DATABASE_URL" },
            { ...options, env, clock, onTrouble: (problem) => told.push(problem) },
        );
        const stop = new AbortController();
        const led = leadership.lead(stop.signal);
        for (let tries = 0; tries < 3; tries++) {
            await clock.asleep();
            await clock.until(clock.sleep(1_000, stop.signal));
        }
        stop.abort(new Error("enough"));
        await assert.rejects(led, { message: "enough" });
        assert.deepEqual(told, [
            "the database of the lock does not answer: 127.0.0.1:1 refused the connection; check the address, and that the server runs",
        ]);
    });
});
