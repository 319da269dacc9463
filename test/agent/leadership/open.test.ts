import { strict as assert } from "node:assert";

import { type OpenLeadershipOptions, openLeadership } from "../../../src/agent/leadership/open";
import { systemClock } from "../../../src/clock";
import type { LeaderSettings } from "../../../src/core/agentSettings";

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
        [{ type: "file" }, "lock file /agent/zonekeeper-state/leader.lock"],
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
            message: "the environment variable NOWHERE, which should hold a secret, is not set",
        });
    });

    it("knows that it is in no pod", () => {
        assert.throws(() => openLeadership({ type: "kubernetes", name: "zk" }, options), { code: "bad-input" });
    });
});
