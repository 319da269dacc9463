import { strict as assert } from "node:assert";

import { openScene } from "./scene";

const HOUR = 3_600_000;
const [A, B] = ["203.0.113.7/32", "203.0.113.8/32"];
const READ = "GET /api/v1/zones/nzo1 200";

/** A grant for A that ends in so long, by this machine's clock, and one for B that does not end. */
function grantsFor(leftMs: number): string {
    const expiresAt = new Date(Date.now() + leftMs).toISOString();
    return JSON.stringify({
        grants: [
            { id: "g1", ip: A, expiresAt },
            { id: "g2", ip: B, permanent: true },
        ],
    });
}

describe("zonekeeper sync, and a clock that is wrong", () => {
    it("ends a grant by Okta's time where this machine's clock is behind, and warns", async () => {
        await using scene = await openScene({ nzo1: [A, B] }, grantsFor(HOUR / 2), {}, () => Date.now() + HOUR);
        const { status, err } = await scene.sync(["--json"]);
        assert.deepEqual([status, scene.states("nzo1").at(-1)], [0, [B]]);
        assert.equal(err.length, 1);
        assert.match(
            err[0] ?? "",
            /^warning: this machine's clock is 3(599|600|601) s behind Okta's: grants start and end by Okta's time .* \[ZK114\]$/,
        );
        assert.deepEqual(scene.asked(), [READ, READ, "PUT /api/v1/zones/nzo1 200", READ]);
    });

    it("evicts nobody by a clock that is ahead of Okta's", async () => {
        await using scene = await openScene({ nzo1: [A, B] }, grantsFor(-HOUR / 2), {}, () => Date.now() - HOUR);
        const { status, err } = await scene.sync(["--json"]);
        assert.deepEqual([status, scene.states("nzo1")], [0, [[A, B]]]);
        assert.match(err.join(), /ahead of Okta's/);
    });

    it("goes by its own clock where one answer has a wrong Date", async () => {
        await using scene = await openScene({ nzo1: [A, B] }, grantsFor(HOUR / 2));
        scene.okta.inject({ do: { dateSkewMs: HOUR } });
        const { status, err } = await scene.sync(["--json"]);
        assert.deepEqual([status, err, scene.states("nzo1")], [0, [], [[A, B]]]);
        assert.deepEqual(scene.asked(), [READ, READ]);
    });

    it("goes by its own clock where no answer has a Date", async () => {
        await using scene = await openScene({ nzo1: [A, B] }, grantsFor(HOUR / 2));
        scene.okta.inject({ times: 100, do: { headers: { date: null } } });
        const { status, err } = await scene.sync(["--json"]);
        assert.deepEqual([status, err, scene.states("nzo1")], [0, [], [[A, B]]]);
    });
});
