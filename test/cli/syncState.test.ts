import { strict as assert } from "node:assert";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { tryHostLock } from "../../src/hostLock";
import { call, grantsOf, openScene } from "./scene";

const [A, B, C] = ["203.0.113.1/32", "203.0.113.3/32", "203.0.113.5/32"];
const THREE = { a: "203.0.113.1", b: "203.0.113.3", c: "203.0.113.5" };
const STATE = ["--state", "state", "--json"];

const FAR = "2099-01-01T00:00:00Z";

/** The three grants, with something else said of each. */
function three(more: object): string {
    return JSON.stringify({ grants: Object.entries(THREE).map(([id, ip]) => ({ id, ip, ...more })) });
}

describe("zonekeeper sync --state", () => {
    it("removes at an end that was known, and holds one that was moved into the past", async () => {
        await using scene = await openScene({ nzo1: [A, B, C] }, three({ expiresAt: FAR }));
        assert.equal((await scene.sync(STATE)).status, 0);
        await scene.write("grants.yaml", three({ expiresAt: "2020-01-01T00:00:00Z" }));
        const called = await scene.sync(STATE);
        assert.equal(called.status, 3);
        assert.match(JSON.parse(called.out).refused[0].reason, /^held by maxRemovals: all 3 known active grants/);
        assert.deepEqual(scene.states("nzo1"), [[A, B, C]]);
    });

    it("counts the removals of several runs", async () => {
        const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`g${index}`, `11.0.0.${2 * index}`]));
        const without = (count: number) => grantsOf(Object.fromEntries(Object.entries(many).slice(count)));
        await using scene = await openScene({ nzo1: ["192.0.2.0/32"] }, grantsOf(many));
        assert.equal((await scene.sync(STATE)).status, 0);
        for (const [count, status] of [
            [2, 0],
            [4, 0],
            [5, 3],
        ] as const) {
            await scene.write("grants.yaml", without(count));
            assert.equal((await scene.sync(STATE)).status, status, `${count} of 8 are gone`);
        }
    });

    it("removes at once what another writer put in, and does not count it", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ a: "203.0.113.1" }));
        assert.equal((await scene.sync(STATE)).status, 0);
        scene.okta.inject({
            on: { path: "/api/v1/zones/nzo1" },
            do: { foreignWrite: { gateways: [B, C].map((value) => ({ type: "CIDR", value })) }, zoneId: "nzo1" },
        });
        await scene.sync(STATE);
        await scene.sync(STATE);
        assert.deepEqual(scene.states("nzo1").at(-1), [A]);
    });

    it("applies the denials of an agent with the same folder, and doctor reports them", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ a: "203.0.113.1", b: "203.0.113.3" }));
        await mkdir(join(scene.directory, "state"));
        const denial = { id: "d1", grant: "b", reason: "INC-7", by: "mia", at: "2026-11-01T00:00:00Z" };
        await scene.write("state/deny.json", JSON.stringify({ denials: [denial] }));
        const called = await scene.sync(STATE);
        const reason = "denied by mia (INC-7); lift the denial with DELETE /api/deny/d1";
        assert.deepEqual([called.status, JSON.parse(called.out).refused], [3, [{ id: "b", reason }]]);
        assert.deepEqual(scene.states("nzo1"), [[A]]);
        const flags = ["--okta", scene.okta.url, "--zone", "nzo1", "--source", "grants.yaml", ...STATE];
        const doctor = await call(["doctor", ...flags], { directory: scene.directory });
        const checks: { name: string; status: string; detail: string }[] = JSON.parse(doctor.out).checks;
        const found = (name: string) => checks.find((check) => check.name === name);
        assert.deepEqual(
            ["grants-not-inside", "grants-refused"].map((name) => found(name)?.status),
            ["ok", "warn"],
        );
        assert.equal(found("grants-refused")?.detail, `b: ${reason}`);
    });

    it("writes nothing while an agent has the same folder, and says what it would do", async () => {
        await using scene = await openScene({ nzo1: [A, B] }, grantsOf({ a: "203.0.113.1" }));
        const path = join(scene.directory, "state", "leader.lock");
        await mkdir(join(scene.directory, "state"));
        const lock = tryHostLock(path);
        const called = await scene.sync([...STATE, "--confirm-removals"]);
        assert.equal(called.status, 2);
        assert.match(called.err.join("\n"), /an agent keeps the folder state and its zones: confirm with POST/);
        assert.equal((await scene.sync([...STATE, "--dry-run"])).status, 3);
        lock?.release();
        assert.equal((await scene.sync([...STATE, "--confirm-removals"])).status, 0);
        assert.deepEqual(scene.states("nzo1").at(-1), [A]);
    });

    it("refuses a folder that remembers other zones", async () => {
        await using scene = await openScene({ nzo1: [A], nzo2: [C] }, grantsOf({ a: "203.0.113.1" }));
        assert.equal((await scene.sync(STATE)).status, 0);
        await scene.write("grants.yaml", grantsOf({ c: "203.0.113.5" }));
        const called = await scene.sync([...STATE, "--zone", "nzo2"]);
        assert.equal(called.status, 2);
        assert.match(
            called.err.join("\n"),
            /remembers the grants of other zones \(nzo1\); give each membership its own/,
        );
        assert.deepEqual(scene.states("nzo2"), [[C]]);
    });

    it("does not go on with a list of denials that it cannot read", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ a: "203.0.113.1" }));
        await mkdir(join(scene.directory, "state"));
        await scene.write("state/deny.json", "{");
        const called = await scene.sync(STATE);
        assert.equal(called.status, 2);
        assert.match(called.err.join("\n"), /deny\.json does not say who is denied: it is not the JSON/);
    });
});
